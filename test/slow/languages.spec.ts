import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { clientOf, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { testEngine } from "../../harness/engine.ts";
import { UserProject } from "../../harness/user-project.ts";
import { pluginFolder } from "../../scripts/build-plugin.ts";
import { preparePython } from "../../scripts/demo/programs.ts";
import { ensureHost } from "../../scripts/engine/hosts.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { makeSdks } from "../../scripts/sdks.ts";
import { useEmulator } from "../support/emulator.ts";
import { main } from "../support/reports.ts";

const pack = join(projectRoot, "policy", "main.mjs");
const isThere = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

function pulumiYaml(runtime: string): string {
  const plugins = { providers: [{ name: "aidp", path: pluginFolder }] };
  return stringify({ name: "labeling", runtime, plugins });
}

describe("programs in Python, with the SDK from its wheel", function () {
  this.timeout(300_000);
  const test = useEmulator();
  const folder = mkdtempSync(join(tmpdir(), "aidp-sdk-"));
  let project: UserProject;
  let env: Record<string, string> = {};

  before(async function () {
    if (!isThere("python3", "-m", "venv", "--help") || !isThere("go", "version")) {
      // A Python SDK needs Python, and Go makes it.
      this.skip();
    }
    await ensureHost("python", await testEngine());
    const bin = await preparePython(join(folder, "python"));
    env = { PATH: [bin, await testEngine(), process.env.PATH].join(delimiter) };
    project = UserProject.linked({ "Pulumi.yaml": pulumiYaml("python") });
    await run("pulumi", "stack", "init", "test");
  });
  after(() => {
    project?.remove();
    rmSync(folder, { recursive: true });
  });

  async function run(command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await project.run(test.emulator, command, args, env);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }
  const pulumi = (...args: string[]) => run("pulumi", ...args, "--non-interactive");
  const up = () => pulumi("up", "--yes", "--skip-preview");

  it("create what they declare, with typed arguments and with dictionaries", async () => {
    project.copy("examples/quickstart/photos/coins.png");
    project.write(
      "__main__.py",
      `import pulumi
import pulumi_aidp as aidp

batch = aidp.Batch("signs", name="signs", metadata={"owner": "vision", "token": pulumi.Output.secret("hidden-1")})
uploads = aidp.UploadSet("photos", folder="examples/quickstart/photos", include=["*.png"])
items = aidp.WorkItemSet(
    "items",
    batch_id=batch.id,
    uploads=uploads.paths,
    defaults=aidp.WorkItemDefaultsArgs(due_in_seconds=86400),
    items={
        "coins.png": {"file": "coins.png", "labels": [{"bbox": [1, 2, 3, 4]}]},
        "b": aidp.WorkItemSetItemArgs(asset_url="https://e.com/b.jpg", metadata={"someKey": 1, "snake_key": 2}),
    },
)
one = aidp.WorkItem(
    "one",
    asset_url="https://e.com/one.jpg",
    batch_id=batch.batch_id,
    on_work_in_progress=aidp.OnWorkInProgress.CANCEL,
)
pulumi.export("b", items.ids["b"])
pulumi.export("found", aidp.get_batch_output(batch_id=batch.batch_id, opts=pulumi.InvokeOutputOptions(depends_on=[items, one])).total_count)
pulumi.export("entries", aidp.get_entries_output(packed=items.ids).entries)
`,
    );
    await up();
    const { workItems } = await storeOf(test.emulator);
    const b = workItems.find(({ assetUrl }) => assetUrl.endsWith("b.jpg"));
    assert.deepEqual([workItems.length, b?.dueInSeconds], [3, 86_400]);
    assert.deepEqual([b?.metadata?.someKey, b?.metadata?.snake_key], [1, 2]);
    const outputs = JSON.parse(await pulumi("stack", "output", "--json"));
    assert.deepEqual(
      [outputs.b, outputs.found, Object.keys(outputs.entries)],
      [b?.id, 3, ["b", "coins.png"]],
    );
    await resetRequests(test.emulator);
    const { changeSummary } = JSON.parse(await pulumi("preview", "--json"));
    assert.deepEqual(changeSummary, { same: 5 });
    const { requests: sent } = await requests(test.emulator);
    assert.deepEqual(
      Object.keys(sent).filter((name) => !name.startsWith("list")),
      [],
    );
    const state = readFileSync(
      join(project.folder, "state/.pulumi/stacks/labeling/test.json"),
      "utf8",
    );
    assert.doesNotMatch(state, /hidden-1/);
  });

  it("are judged by the policy pack", async () => {
    const args = ["preview", "--policy-pack", pack, "--non-interactive"];
    const { code, stdout, stderr } = await project.run(test.emulator, "pulumi", args, env);
    assert.match(
      stdout + stderr,
      /\[advisory\] \[severity: \w+\] {2}taxonomy-pinned .*aidp:index:WorkItemSet: items/,
    );
    assert.match(
      stdout + stderr,
      /\[mandatory\] \[severity: \w+\] {2}deadline-required .*aidp:index:WorkItem: one/,
    );
    assert.equal(code, 1);
  });

  it("have their preview in a report", async () => {
    const program = project.read("__main__.py");
    project.write(
      "__main__.py",
      program.replace('"b": aidp.WorkItemSetItemArgs(', '"c": aidp.WorkItemSetItemArgs('),
    );
    const args = [main, "preview", "-s", "test", "--json", "report.json"];
    const { code, stderr, stdout } = await project.run(test.emulator, process.execPath, args, env);
    // 2 says that something changes.
    assert.equal(code, 2, stderr);
    assert.match(stdout, /Work items: 1 cancelled, 1 new \(1 of them renamed\)\./);
    assert.equal(JSON.parse(project.read("report.json")).batches[0].items[0].key, "c");
    project.write("__main__.py", program);
  });

  it("adopt what `aidp import --language python` wrote down", async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    const { emulator } = test;
    const client = clientOf(emulator);
    const { id } = await client.batches.create(emulator.projectId, { name: "By hand" });
    await client.batches.update(emulator.projectId, id, { metadata: { a: [true, null, "x"] } });
    const args = ["import", "--language", "python", "--out", "imported", "--batch", "By hand"];
    await run(process.execPath, main, ...args);
    project.write("__main__.py", project.read("imported/__main__.py"));
    await up();
    const { changeSummary } = JSON.parse(await pulumi("preview", "--json"));
    assert.deepEqual(changeSummary, { same: 2 });
  });

  it("are shown on the pages about resources, and so are programs in YAML", async () => {
    project.copy("examples/quickstart");
    for (const name of ["sign.jpg", "stop.jpg", "yield.jpg"]) {
      project.write(`photos/${name}`, "");
      cpSync(
        join(projectRoot, "examples/quickstart/photos/coffee.jpg"),
        join(project.folder, "photos", name),
      );
    }
    const photo = { id: 1, file_name: "stop.jpg" };
    project.write(
      "photos.coco.json",
      JSON.stringify({ images: [photo], annotations: [], categories: [] }),
    );
    for (const file of globSync(join(projectRoot, "examples/resources/*"))) {
      const text = readFileSync(file, "utf8");
      if (file.endsWith(".py")) {
        project.write("__main__.py", text);
        project.write("Pulumi.yaml", pulumiYaml("python"));
      } else {
        project.write("Pulumi.yaml", pulumiYaml("yaml") + text);
      }
      await pulumi("preview");
    }
    project.write("Pulumi.yaml", pulumiYaml("python"));
  });

  it("make a dataset, as the example does", async () => {
    project.copy("examples/python");
    project.copy("examples/quickstart");
    const text = project
      .read("examples/python/__main__.py")
      .replaceAll("../quickstart", "examples/quickstart");
    project.write(
      "__main__.py",
      text.replace('.require_int("dueInDays")', '.get_int("dueInDays") or 7'),
    );
    await up();
    const { batches } = await storeOf(test.emulator);
    assert.equal(
      batches.find(({ name }) => name === "vision-quickstart-python-2026-12")?.totalCount,
      6,
    );
    await pulumi("destroy", "--yes", "--skip-preview");
  });
});

describe("programs in Go, with the SDK from its module", function () {
  this.timeout(600_000);
  const test = useEmulator();
  const folder = mkdtempSync(join(tmpdir(), "aidp-sdk-"));

  it("create what they declare", async function () {
    if (!isThere("go", "version")) {
      this.skip();
    }
    await ensureHost("go", await testEngine());
    const sdks = join(folder, "sdk");
    await makeSdks(sdks);
    const module = "github.com/labeling-as-code/pulumi-ai-data-platform/sdk/go/aidp";
    const project = UserProject.linked({
      "Pulumi.yaml": pulumiYaml("go"),
      "go.mod": `module labeling

go 1.25.11

require ${module} v0.0.0

replace ${module} => ${join(sdks, "go", "aidp")}
`,
      "main.go": `package main

import (
	"${module}"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		batch, err := aidp.NewBatch(ctx, "signs", &aidp.BatchArgs{Name: pulumi.String("go")})
		if err != nil {
			return err
		}
		items, err := aidp.NewWorkItemSet(ctx, "items", &aidp.WorkItemSetArgs{
			BatchId: batch.BatchId,
			Items: aidp.WorkItemSetItemMap{
				"a.jpg": aidp.WorkItemSetItemArgs{AssetUrl: pulumi.String("https://e.com/a.jpg")},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("a", items.Ids.MapIndex(pulumi.String("a.jpg")))
		return nil
	})
}
`,
    });
    try {
      const env = { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=mod" };
      for (const [command, ...args] of [
        ["go", "mod", "tidy"],
        ["pulumi", "stack", "init", "test"],
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        ["pulumi", "preview", "--expect-no-changes", "--non-interactive"],
      ]) {
        const { code, stdout, stderr } = await project.run(test.emulator, command!, args, env);
        assert.equal(code, 0, stdout + stderr);
      }
      const [item] = (await storeOf(test.emulator)).workItems;
      assert.equal(item?.assetUrl, "https://e.com/a.jpg");
      const { stdout } = await project.run(test.emulator, "pulumi", ["stack", "output", "a"]);
      assert.equal(stdout.trim(), item.id);
    } finally {
      project.remove();
      rmSync(folder, { recursive: true });
    }
  });
});
