import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { clearFaults, resetRequests, storeOf } from "../../harness/emulator.ts";
import { processesIn } from "../../harness/processes.ts";
import { pulumiYaml, UserProject } from "../../harness/user-project.ts";
import { pluginFolder } from "../../scripts/build-plugin.ts";
import { type TestEmulator, useEmulator } from "./emulator.ts";

// Programs in YAML, whose resources the plugin serves.

type Resources = Record<string, object>;

/** A program in YAML. */
export function program(resources: Resources, outputs: object = {}): string {
  return stringify({
    name: "labeling",
    runtime: "yaml",
    plugins: { providers: [{ name: "aidp", path: pluginFolder }] },
    resources,
    outputs,
  });
}

/** What another resource gives. */
export const ref = (output: string) => `\${${output}}`;
export const secret = (value: unknown) => ({ "fn::secret": value });
export const batch = (properties: object = {}) => ({
  type: "aidp:Batch",
  properties: { name: "signs", ...properties },
});
export const set = (items: object, more: object = {}, options: object = {}) => ({
  type: "aidp:WorkItemSet",
  properties: { batchId: ref("signs.id"), items, ...more },
  options,
});
export const asset = (name: string, more: object = {}) => ({
  assetUrl: `https://e.com/${name}`,
  ...more,
});

/** Many items, by key. */
export const manyAssets = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`item-${at}`, asset(`${at}`)]));

/** A step of a preview. */
export interface Step {
  op: string;
  detailedDiff?: Record<string, { kind: string; inputDiff: boolean }>;
}

/** For each spec of the describe block that calls this, a project in YAML with a stack, and an emulator for all of them. */
export function useYamlProject() {
  const test: TestEmulator = useEmulator();
  let current: UserProject | undefined;
  const project = () => {
    assert.ok(current, "the project is there within specs only");
    return current;
  };

  beforeEach(async () => {
    current = UserProject.linked({});
    project().write("Pulumi.yaml", program({}));
    await project().pulumi(test.emulator, "stack", "init", "test");
    await resetRequests(test.emulator);
  });
  afterEach(async () => {
    await project().run(test.emulator, "pulumi", ["destroy", "--yes", "--skip-preview"]);
    project().remove();
  });

  const up = async (resources?: Resources, outputs: object = {}): Promise<string> => {
    if (resources !== undefined) {
      project().write("Pulumi.yaml", program(resources, outputs));
    }
    return project().pulumi(test.emulator, "up", "--yes", "--skip-preview");
  };
  const asDynamic = (text: string) => {
    // The engine loads the plugin once more, to let it go.
    const plugins = `plugins:\n  providers:\n    - { name: aidp, path: ${pluginFolder} }\n`;
    project().write("Pulumi.yaml", pulumiYaml + plugins);
    project().write("index.ts", text);
    project().write("package.json", '{"type":"module","main":"index.ts"}');
  };
  const failedUp = async (resources: Resources) => {
    project().write("Pulumi.yaml", program(resources));
    const args = ["up", "--yes", "--skip-preview", "--non-interactive"];
    const { code, stdout, stderr } = await project().run(test.emulator, "pulumi", args);
    assert.notEqual(code, 0);
    return stdout + stderr;
  };
  /** The steps of a preview that do something, by the name of the resource. */
  const preview = async (): Promise<Record<string, Step>> => {
    const { steps = [] } = JSON.parse(
      await project().pulumi(test.emulator, "preview", "--json"),
    ) as {
      steps?: (Step & { urn: string })[];
    };
    const changes = steps.filter(({ op, urn }) => op !== "same" && !urn.includes("pulumi:Stack"));
    return Object.fromEntries(changes.map((step) => [step.urn.split("::").at(-1), step]));
  };
  const stateText = () =>
    readFileSync(join(project().folder, "state/.pulumi/stacks/labeling/test.json"), "utf8");
  const outputsOf = (name: string) => {
    const { checkpoint } = JSON.parse(stateText());
    const all: { urn: string; outputs: Record<string, unknown> }[] = checkpoint.latest.resources;
    return all.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs ?? {};
  };
  const live = async () =>
    (await storeOf(test.emulator)).workItems.filter(({ status }) => status !== "FAILED");
  /** Starts an update, and ends its processes with this word by a signal once there is a work item. */
  const interrupt = async (word: string, signal: NodeJS.Signals) => {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive"];
    const interrupted = project().run(test.emulator, "pulumi", args);
    await untilLive();
    for (const pid of processesIn(project().folder, word)) {
      process.kill(pid, signal);
    }
    const { code, stdout } = await interrupted;
    assert.notEqual(code, 0);
    await clearFaults(test.emulator);
    return stdout;
  };
  const untilLive = async () => {
    while ((await live()).length === 0) {
      await delay(20);
    }
  };

  return {
    test,
    /** The project of the spec that runs. */
    get project() {
      return project();
    },
    up,
    asDynamic,
    failedUp,
    preview,
    stateText,
    outputsOf,
    live,
    untilLive,
    interrupt,
  };
}
