import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import {
  addFault,
  annotate,
  clearFaults,
  clientOf,
  requests,
  resetRequests,
  storeOf,
} from "../../harness/emulator.ts";
import { processesIn } from "../../harness/processes.ts";
import { pulumiYaml, UserProject } from "../../harness/user-project.ts";
import { pluginFolder } from "../../scripts/build-plugin.ts";
import { useEmulator } from "../support/emulator.ts";
import { main } from "../support/reports.ts";
import { isPacked } from "../support/tier.ts";
import { unmarked } from "../support/unmarked.ts";

type Resources = Record<string, object>;

/** A program in YAML. */
function program(resources: Resources, outputs: object = {}): string {
  return stringify({
    name: "labeling",
    runtime: "yaml",
    plugins: { providers: [{ name: "aidp", path: pluginFolder }] },
    resources,
    outputs,
  });
}

/** What another resource gives. */
const ref = (output: string) => `\${${output}}`;
const secret = (value: unknown) => ({ "fn::secret": value });
const batch = (properties: object = {}) => ({
  type: "aidp:Batch",
  properties: { name: "signs", ...properties },
});
const set = (items: object, more: object = {}, options: object = {}) => ({
  type: "aidp:WorkItemSet",
  properties: { batchId: ref("signs.id"), items, ...more },
  options,
});
const asset = (name: string, more: object = {}) => ({ assetUrl: `https://e.com/${name}`, ...more });

describe("the plugin, with programs in YAML on a real engine", function () {
  this.timeout(120_000);
  const test = useEmulator();
  let project: UserProject;

  beforeEach(async () => {
    project = UserProject.linked({});
    project.write("Pulumi.yaml", program({}));
    await project.pulumi(test.emulator, "stack", "init", "test");
    await resetRequests(test.emulator);
  });
  afterEach(async () => {
    await project.run(test.emulator, "pulumi", ["destroy", "--yes", "--skip-preview"]);
    project.remove();
  });

  const up = async (resources?: Resources, outputs: object = {}): Promise<string> => {
    if (resources !== undefined) {
      project.write("Pulumi.yaml", program(resources, outputs));
    }
    return project.pulumi(test.emulator, "up", "--yes", "--skip-preview");
  };
  const asDynamic = (text: string) => {
    // The engine loads the plugin once more, to let it go.
    const plugins = `plugins:\n  providers:\n    - { name: aidp, path: ${pluginFolder} }\n`;
    project.write("Pulumi.yaml", pulumiYaml + plugins);
    project.write("index.ts", text);
    project.write("package.json", '{"type":"module","main":"index.ts"}');
  };
  const failedUp = async (resources: Resources) => {
    project.write("Pulumi.yaml", program(resources));
    const args = ["up", "--yes", "--skip-preview", "--non-interactive"];
    const { code, stdout, stderr } = await project.run(test.emulator, "pulumi", args);
    assert.notEqual(code, 0);
    return stdout + stderr;
  };
  /** The steps of a preview that do something, by the name of the resource. */
  const preview = async (): Promise<Record<string, Step>> => {
    const { steps = [] } = JSON.parse(await project.pulumi(test.emulator, "preview", "--json")) as {
      steps?: (Step & { urn: string })[];
    };
    const changes = steps.filter(({ op, urn }) => op !== "same" && !urn.includes("pulumi:Stack"));
    return Object.fromEntries(changes.map((step) => [step.urn.split("::").at(-1), step]));
  };
  const stateText = () =>
    readFileSync(join(project.folder, "state/.pulumi/stacks/labeling/test.json"), "utf8");
  const outputsOf = (name: string) => {
    const { checkpoint } = JSON.parse(stateText());
    const all: { urn: string; outputs: Record<string, unknown> }[] = checkpoint.latest.resources;
    return all.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs ?? {};
  };
  const live = async () =>
    (await storeOf(test.emulator)).workItems.filter(({ status }) => status !== "FAILED");

  it("create what is declared, and nothing is to do then, after a refresh neither", async () => {
    await up(
      {
        signs: batch({ metadata: { owner: "vision" } }),
        set: set(
          { "a.jpg": asset("a", { difficulty: 5 }), b: asset("b") },
          { defaults: { dueInSeconds: 3_600 } },
        ),
        one: {
          type: "aidp:WorkItem",
          properties: {
            batchId: ref("signs.batchId"),
            ...asset("1", { labels: [{ bbox: [1, 2, 3, 4] }] }),
          },
        },
      },
      {
        ids: {
          "fn::invoke": {
            function: "aidp:getEntries",
            arguments: { packed: ref("set.ids") },
            return: "entries",
          },
        },
        one: ref("one.workItemId"),
      },
    );
    const { workItems, batches } = await storeOf(test.emulator);
    assert.deepEqual(
      workItems
        .map(({ assetUrl, difficulty, dueInSeconds }) => [assetUrl, difficulty, dueInSeconds])
        .sort(),
      [
        ["https://e.com/1", undefined, undefined],
        ["https://e.com/a", 5, 3_600],
        ["https://e.com/b", undefined, 3_600],
      ],
    );
    assert.deepEqual(unmarked(batches.find(({ name }) => name === "signs")), { owner: "vision" });
    const idOf = (name: string) => workItems.find(({ assetUrl }) => assetUrl.endsWith(name))?.id;
    const { ids, one } = JSON.parse(
      await project.pulumi(test.emulator, "stack", "output", "--json"),
    );
    assert.deepEqual(ids, { "a.jpg": idOf("a"), b: idOf("b") });
    assert.equal(one, idOf("1"));
    assert.deepEqual(await preview(), {});
    await project.pulumi(test.emulator, "refresh", "--yes", "--skip-preview");
    assert.deepEqual(await preview(), {});
    assert.deepEqual((await requests(test.emulator)).requests.createWorkItem, 3);
  });

  it("shows what changes by its path, and which field replaces", async () => {
    const items = { "a.jpg": asset("a"), b: asset("b") };
    await up({ signs: batch({ metadata: { a: 1, b: 1 } }), set: set(items) });
    const other = await clientOf(test.emulator).batches.create(test.emulator.projectId, {
      name: "other",
    });
    const changed = { "a.jpg": asset("a", { difficulty: 1 }), c: asset("c") };
    project.write(
      "Pulumi.yaml",
      program({ signs: batch({ metadata: { a: 2, b: 1 } }), set: set(changed) }),
    );
    const steps = await preview();
    assert.deepEqual(kindsOf(steps.signs), { "metadata.a": "update" });
    const each = { 'items["a.jpg"]': "update", "items.b": "delete", "items.c": "add" };
    assert.deepEqual(kindsOf(steps.set), isPacked ? { items: "update" } : each);
    assert.equal(steps.set?.op, "update");
    const moved = set(items, { batchId: other.id });
    project.write(
      "Pulumi.yaml",
      program({ signs: batch({ metadata: { a: 1, b: 1 } }), set: moved }),
    );
    const replaced = await preview();
    assert.deepEqual(kindsOf(replaced.set), { batchId: "update-replace" });
  });

  it("knows at preview what an update does not change", async () => {
    const items = {
      a: { type: "aidp:WorkItem", properties: { batchId: ref("signs.batchId"), ...asset("a") } },
    };
    await up({ signs: batch({ metadata: { a: 1 } }), ...items });
    project.write("Pulumi.yaml", program({ signs: batch({ metadata: { a: 2 } }), ...items }));
    // The work item would be replaced if the id of its batch were not known.
    assert.deepEqual(Object.keys(await preview()), ["signs"]);
  });

  it("keeps secrets item by item, and the key not at all", async () => {
    const { apiKey } = test.emulator;
    await project.pulumi(test.emulator, "config", "set", "--secret", "aidp:apiKey", apiKey);
    const token = (text: string) => ({ metadata: { token: secret(text) } });
    const resources = {
      signs: batch(token("hidden-1")),
      set: set({
        a: asset("a", token("hidden-2")),
        b: asset("b", { metadata: { token: "open" } }),
      }),
      defaults: set({ c: asset("c") }, { defaults: token("hidden-3") }),
    };
    const shown = await up(resources);
    assert.match(stateText(), /open/);
    for (const text of [shown, stateText()]) {
      assert.doesNotMatch(text, /hidden-\d/);
      assert.ok(!text.includes(apiKey));
    }
    const workItems = await live();
    assert.deepEqual(workItems.map((item) => unmarked(item)?.token).sort(), [
      "hidden-2",
      "hidden-3",
      "open",
    ]);
    // What is found changed repeats the defaults.
    const c = workItems.find(({ assetUrl }) => assetUrl.endsWith("/c"))!;
    await clientOf(test.emulator).workItems.setLabels(test.emulator.projectId, c.id, [
      { bbox: [1, 1, 1, 1] },
    ]);
    await project.pulumi(test.emulator, "refresh", "--yes", "--skip-preview");
    assert.match(stateText(), /"defaults"/);
    assert.doesNotMatch(stateText(), /hidden-\d/);
    await up(resources);
    assert.doesNotMatch(stateText(), /hidden-\d/);
  });

  it("refreshes and destroys with today's key, not with that of the last update", async () => {
    const setKey = (key: string) =>
      project.pulumi(test.emulator, "config", "set", "--secret", "aidp:apiKey", key);
    await setKey(test.emulator.apiKey);
    await up({ signs: batch() });
    await setKey("rotated-away");
    const refused = await project.run(test.emulator, "pulumi", [
      "refresh",
      "--yes",
      "--skip-preview",
      "--non-interactive",
    ]);
    assert.match(refused.stdout + refused.stderr, /answered 401/);
    await setKey(test.emulator.apiKey);
    await project.pulumi(test.emulator, "refresh", "--yes", "--skip-preview");
  });

  it("serves two spaces with two keys in one program", async () => {
    const [first, second] = test.emulator.tenants;
    assert.ok(first && second);
    const provider = ({ apiKey, spaceId, projectIds: [projectId] }: typeof first) => ({
      type: "pulumi:providers:aidp",
      properties: { apiKey: secret(apiKey), spaceId, projectId },
    });
    const of = (name: string) => ({ provider: ref(name) });
    await up({
      one: provider(first),
      two: provider(second),
      here: { ...batch({ name: "here" }), options: of("one") },
      there: { ...batch({ name: "there" }), options: of("two") },
    });
    const named = async (projectId: string) =>
      (await storeOf(test.emulator, projectId)).batches.map(({ name }) => name);
    assert.ok((await named(first.projectIds[0]!)).includes("here"));
    assert.deepEqual(
      (await named(second.projectIds[0]!)).filter((name) => name !== "Default"),
      ["there"],
    );
    assert.deepEqual(await preview(), {});
    assert.ok(!stateText().includes(second.apiKey));
  });

  for (const [what, resources, expected] of [
    [
      "a wrong value",
      { signs: batch(), set: set({ a: asset("a", { difficulty: 200 }) }) },
      /items\["a"\]: difficulty must be between 0 and 100, got 200/,
    ],
    [
      "a provider's wrong setting",
      {
        p: { type: "pulumi:providers:aidp", properties: { baseUrl: "http://far.example" } },
        signs: { ...batch(), options: { provider: ref("p") } },
      },
      /aidp:baseUrl must be https, got "http:\/\/far\.example"/,
    ],
    ["a field that there is not", { signs: batch({ nam: "x" }) }, /nam/],
  ] as const) {
    it(`refuses ${what} before anything is created`, async () => {
      const before = await storeOf(test.emulator);
      assert.match(await failedUp(resources), expected);
      assert.deepEqual((await storeOf(test.emulator)).workItems, before.workItems);
    });
  }

  it("refuses a misspelt setting of the stack", async () => {
    await project.pulumi(test.emulator, "config", "set", "aidp:projectID", "x");
    assert.match(
      await failedUp({ signs: batch() }),
      /aidp:projectID is no setting: did you mean aidp:projectId\?/,
    );
  });

  it("imports a batch and a work item, and nothing is to do then", async () => {
    const { emulator } = test;
    const client = clientOf(emulator);
    const made = await client.batches.create(emulator.projectId, { name: "by hand" });
    const item = await client.workItems.create(emulator.projectId, {
      batchId: made.id,
      ...asset("by-hand"),
      assetType: "image",
      difficulty: 3,
    });
    const code: string[] = [];
    for (const [kind, name, id] of [
      ["Batch", "hand", made.id],
      ["WorkItem", "item", item.id],
    ]) {
      const args = [
        "import",
        `aidp:index:${kind}`,
        name!,
        `${emulator.projectId}/${id}`,
        "--yes",
        "--skip-preview",
      ];
      code.push(await project.pulumi(emulator, ...args));
    }
    assert.match(code[0]!, /name: by hand/);
    assert.match(code[1]!, /difficulty: 3/);
    project.write(
      "Pulumi.yaml",
      program({
        hand: { ...batch({ name: "by hand", metadata: {} }), options: { protect: true } },
        item: {
          type: "aidp:WorkItem",
          properties: { batchId: made.id, ...asset("by-hand", { difficulty: 3 }) },
          options: { protect: true },
        },
      }),
    );
    assert.deepEqual(await preview(), {});
    const refused = await project.run(emulator, "pulumi", [
      "import",
      "aidp:index:WorkItemSet",
      "set",
      `${emulator.projectId}/${made.id}`,
      "--yes",
      "--skip-preview",
      "--non-interactive",
    ]);
    assert.match(refused.stdout + refused.stderr, /cannot be imported/);
    await project.pulumi(emulator, "state", "unprotect", "--all", "--yes");
  });

  it("neither changes nor ends what it imports of another declaration", async () => {
    const { emulator } = test;
    await up({ signs: batch(), set: set({ a: asset("a") }) });
    const [item] = await live();
    const id = `${emulator.projectId}/${item!.id}`;
    await project.pulumi(
      emulator,
      "import",
      "aidp:index:WorkItem",
      "other",
      id,
      "--yes",
      "--skip-preview",
      "--protect=false",
    );
    const { workItems } = await storeOf(emulator);
    assert.match(
      await failedUp({ signs: batch(), set: set({ a: asset("a") }) }),
      /is of WorkItemSet "set" of stack test of project labeling/,
    );
    assert.deepEqual((await storeOf(emulator)).workItems, workItems);
    await project.pulumi(
      emulator,
      "state",
      "delete",
      "urn:pulumi:test::labeling::aidp:index:WorkItem::other",
      "--yes",
    );
  });

  it("goes on where a program with dynamic resources was, and back, reading only", async () => {
    const { emulator } = test;
    const items = { "a.jpg": asset("a", { metadata: { n: 1 } }), b: asset("b") };
    const typescript = `import * as aidp from "pulumi-ai-data-platform";
const signs = new aidp.Batch("signs", { name: "signs", metadata: { owner: "vision" } });
const set = new aidp.WorkItemSet("set", { batchId: signs, items: ${JSON.stringify(items)}, defaults: { dueInSeconds: 3600 } });
new aidp.WorkItem("one", { batchId: signs.batchId, assetUrl: "https://e.com/1" });
export const ids = set.ids;
`;
    const yaml = program(
      {
        signs: batch({ metadata: { owner: "vision" } }),
        set: set(items, { defaults: { dueInSeconds: 3_600 } }),
        one: {
          type: "aidp:WorkItem",
          properties: { batchId: ref("signs.batchId"), ...asset("1") },
        },
      },
      { ids: ref("set.ids") },
    );
    asDynamic(typescript);
    await up();
    const before = await storeOf(emulator);
    await resetRequests(emulator);
    for (const goOn of [() => project.write("Pulumi.yaml", yaml), () => asDynamic(typescript)]) {
      goOn();
      assert.deepEqual(await preview(), {});
      await up();
      await project.pulumi(emulator, "refresh", "--yes", "--skip-preview");
      assert.deepEqual(await preview(), {});
    }
    const made = Object.keys((await requests(emulator)).requests).filter(
      (name) => !name.startsWith("list"),
    );
    assert.deepEqual(made, []);
    assert.deepEqual(await storeOf(emulator), before);
  });

  it("keeps what moves from the declaration of one provider to that of another", async () => {
    const items = { a: asset("a"), b: asset("b") };
    await up({ signs: batch(), old: set(items) });
    const before = await live();
    assert.equal(before.length, 2);
    const other = { type: "pulumi:providers:aidp", properties: { concurrency: 5 } };
    const moved = set(items, { movedFrom: ["old"] }, { provider: ref("other") });
    await up({ signs: batch(), other, moved });
    assert.deepEqual(await live(), before);
    assert.deepEqual(await preview(), {});
  });

  it("refreshes where the stack's configuration says today", async () => {
    await project.pulumi(test.emulator, "config", "set", "aidp:baseUrl", test.emulator.url);
    await up({ signs: batch() });
    await project.pulumi(test.emulator, "config", "set", "aidp:baseUrl", "http://127.0.0.1:9/api");
    const args = ["refresh", "--yes", "--skip-preview", "--non-interactive"];
    const { stdout, stderr } = await project.run(test.emulator, "pulumi", args);
    assert.match(stdout + stderr, /did not reach the service \(ECONNREFUSED\)/);
    await project.pulumi(test.emulator, "config", "set", "aidp:baseUrl", test.emulator.url);
  });

  it("keeps signed URLs, and a provider's plain key, secret", async () => {
    const { apiKey, spaceId, projectIds } = test.emulator.tenants[1]!;
    const urls = {
      "fn::invoke": { function: "aidp:getSignedUploadUrls", arguments: {}, return: "signedUrls" },
    };
    const properties = { apiKey, spaceId, projectId: projectIds[0] };
    const other = { type: "pulumi:providers:aidp", properties };
    const there = { ...batch({ name: "secretly" }), options: { provider: ref("other") } };
    const shown = await up({ other, there }, { urls });
    for (const text of [shown, stateText()]) {
      assert.doesNotMatch(text, /signature=|sig=|_emulator\/files|X-Amz/i);
      assert.ok(!text.includes(apiKey));
    }
    assert.match(shown, /urls *: \[secret\]/);
  });

  it("runs the example", async () => {
    project.copy("examples/quickstart");
    project.copy("examples/yaml");
    const text = project
      .read("examples/yaml/Pulumi.yaml")
      .replace(/^name: .*$/m, "name: labeling")
      .replace("../../dist-plugin", pluginFolder)
      .replaceAll("../quickstart", "examples/quickstart");
    project.write("Pulumi.yaml", text);
    await up();
    const made = (await storeOf(test.emulator)).batches.find(({ name }) =>
      /quickstart-yaml/.test(name),
    );
    const items = (await live()).filter(({ batchId }) => batchId === made?.id);
    assert.equal(items.length, 6);
    assert.ok(
      items.every(({ labels = [], dueInSeconds }) => labels.length > 0 && dueInSeconds === 604_800),
    );
  });

  it("adopts what `aidp import --language yaml` wrote down, and says so before", async () => {
    const { emulator } = test;
    const client = clientOf(emulator);
    const { id } = await client.batches.create(emulator.projectId, { name: "To import" });
    for (const name of ["x", ref("x.y")]) {
      const item = { ...asset(name), assetType: "image", metadata: { note: ref("x.y") } };
      await client.workItems.create(emulator.projectId, { batchId: id, ...item });
    }
    const before = await storeOf(emulator);
    const args = [
      main,
      "import",
      "--language",
      "yaml",
      "--out",
      "imported",
      "--batch",
      "To import",
    ];
    const { code, stderr } = await project.run(emulator, process.execPath, args);
    assert.equal(code, 0, stderr);
    const plugins = stringify({ plugins: { providers: [{ name: "aidp", path: pluginFolder }] } });
    const written = project.read("imported/Pulumi.yaml");
    project.write("Pulumi.yaml", written.replace(/^name: .*$/m, "name: labeling") + plugins);
    const shown = await project.pulumi(emulator, "preview");
    assert.match(shown, /adopts 2 existing work items, creates none/);
    await up();
    assert.deepEqual((await storeOf(emulator)).workItems, before.workItems);
    assert.deepEqual(await preview(), {});
  });

  it("makes a dataset, with which a program with dynamic resources goes on", async () => {
    project.copy("examples/quickstart/photos/coins.png");
    const folder = "examples/quickstart/photos";
    const declared = {
      batchName: "dataset",
      folder,
      include: ["*.png"],
      defaults: { dueInSeconds: 3_600, metadata: { owner: "vision" } },
    };
    const photos = { type: "aidp:Dataset", properties: declared };
    const opened = (packed: string) => ({
      "fn::invoke": { function: "aidp:getEntries", arguments: { packed }, return: "entries" },
    });
    await up({ photos }, { ids: opened(ref("photos.workItems.ids")) });
    const [item, ...others] = await live();
    assert.deepEqual([item?.dueInSeconds, others], [3_600, []]);
    const ids = JSON.parse(await project.pulumi(test.emulator, "stack", "output", "ids"));
    assert.deepEqual(ids, { "coins.png": item?.id });
    assert.deepEqual(await preview(), {});
    asDynamic(`import * as aidp from "pulumi-ai-data-platform";
new aidp.Dataset("photos", ${JSON.stringify(declared)});
`);
    assert.deepEqual(await preview(), {});
    const wrong = { ...photos, properties: { ...declared, folder: "nowhere" } };
    assert.match(await failedUp({ photos: wrong }), /folder must be a folder, got nowhere/);
    const unknown = { ...photos, properties: { ...declared, folders: "x" } };
    assert.match(await failedUp({ photos: unknown }), /folders/);
  });

  it("goes on after a kill with exactly what is declared", async () => {
    const items = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`item-${at}`, asset(`${at}`)]),
    );
    project.write("Pulumi.yaml", program({ signs: batch(), set: set(items) }));
    await addFault(test.emulator, { operation: "createWorkItem", latencyMs: 200, times: 0 });
    const args = ["up", "--yes", "--skip-preview", "--non-interactive"];
    const killed = project.run(test.emulator, "pulumi", args);
    while ((await live()).length === 0) {
      await delay(20);
    }
    for (const pid of processesIn(project.folder, "pulumi")) {
      process.kill(pid, "SIGKILL");
    }
    assert.notEqual((await killed).code, 0);
    await clearFaults(test.emulator);
    await project.pulumi(test.emulator, "cancel", "--yes");
    await up();
    assert.equal((await live()).length, 40);
    assert.deepEqual(await preview(), {});
  });

  it("ends in time where the program says so, and the next update does the rest", async () => {
    const items = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`item-${at}`, asset(`${at}`)]),
    );
    const timed = { customTimeouts: { create: "2s", update: "60s" } };
    await addFault(test.emulator, { operation: "createWorkItem", latencyMs: 1_500, times: 0 });
    const said = await failedUp({ signs: batch(), set: set(items, {}, timed) });
    assert.match(said, /with \d+ left to do: run it again to go on/);
    const made = await live();
    assert.ok(made.length > 0 && made.length < 60, `${made.length}`);
    await clearFaults(test.emulator);
    await up();
    assert.equal((await live()).length, 60);
    assert.deepEqual(await preview(), {});
  });

  it("stops at Ctrl-C with what is under way, and the next update does the rest", async () => {
    const items = Object.fromEntries(
      Array.from({ length: 200 }, (_, at) => [`item-${at}`, asset(`${at}`)]),
    );
    project.write("Pulumi.yaml", program({ signs: batch(), set: set(items) }));
    await addFault(test.emulator, { operation: "createWorkItem", latencyMs: 500, times: 0 });
    const args = ["up", "--yes", "--skip-preview", "--non-interactive"];
    const stopped = project.run(test.emulator, "pulumi", args);
    while ((await live()).length === 0) {
      await delay(20);
    }
    for (const pid of processesIn(project.folder, "--skip-preview")) {
      process.kill(pid, "SIGINT");
    }
    const { code, stdout } = await stopped;
    assert.notEqual(code, 0);
    assert.match(stdout, /cancelled with \d+ left to do: run it again to go on/);
    assert.ok((await live()).length < 200);
    await clearFaults(test.emulator);
    await up();
    assert.equal((await live()).length, 200);
  });

  it("uploads from the program's folder, and gets results back", async () => {
    project.copy("examples/quickstart/photos/coins.png");
    const pictures = async () =>
      (await storeOf(test.emulator)).files.filter(({ contentType }) => contentType === "image/png");
    const before = (await pictures()).length;
    const waiting = up({
      signs: batch(),
      photos: {
        type: "aidp:UploadSet",
        properties: { folder: "examples/quickstart/photos", include: ["*.png"] },
      },
      set: set({ "coins.png": { file: "coins.png" } }, { uploads: ref("photos.paths") }),
      done: {
        type: "aidp:BatchCompletion",
        properties: { pollSeconds: 0.1, workItemIds: ref("set.ids") },
      },
    });
    while ((await live()).length === 0) {
      await delay(20);
    }
    await annotate(test.emulator);
    await waiting;
    assert.equal(outputsOf("done").completedCount, 1);
    assert.equal((await pictures()).length, before + 1);
  });
});

interface Step {
  op: string;
  detailedDiff?: Record<string, { kind: string; inputDiff: boolean }>;
}

function kindsOf(step: Step | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(step?.detailedDiff ?? {}).map(([path, { kind }]) => [path, kind]),
  );
}
