import assert from "node:assert/strict";
import { stringify } from "yaml";
import { clientOf, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { pluginFolder } from "../../scripts/build-plugin.ts";
import { main } from "../support/reports.ts";
import { asset, batch, program, ref, set, useYamlProject } from "../support/yaml-project.ts";

describe("the plugin, where something is already", function () {
  this.timeout(120_000);
  const yaml = useYamlProject();
  const { asDynamic, failedUp, live, preview, test, up } = yaml;

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
      code.push(await yaml.project.pulumi(emulator, ...args));
    }
    assert.match(code[0]!, /name: by hand/);
    assert.match(code[1]!, /difficulty: 3/);
    yaml.project.write(
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
    const refused = await yaml.project.run(emulator, "pulumi", [
      "import",
      "aidp:index:WorkItemSet",
      "set",
      `${emulator.projectId}/${made.id}`,
      "--yes",
      "--skip-preview",
      "--non-interactive",
    ]);
    assert.match(refused.stdout + refused.stderr, /cannot be imported/);
    await yaml.project.pulumi(emulator, "state", "unprotect", "--all", "--yes");
  });

  it("neither changes nor ends what it imports of another declaration", async () => {
    const { emulator } = test;
    await up({ signs: batch(), set: set({ a: asset("a") }) });
    const [item] = await live();
    const id = `${emulator.projectId}/${item!.id}`;
    await yaml.project.pulumi(
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
    await yaml.project.pulumi(
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
    const inYaml = program(
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
    for (const goOn of [
      () => yaml.project.write("Pulumi.yaml", inYaml),
      () => asDynamic(typescript),
    ]) {
      goOn();
      assert.deepEqual(await preview(), {});
      await up();
      await yaml.project.pulumi(emulator, "refresh", "--yes", "--skip-preview");
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
    const { code, stderr } = await yaml.project.run(emulator, process.execPath, args);
    assert.equal(code, 0, stderr);
    const plugins = stringify({ plugins: { providers: [{ name: "aidp", path: pluginFolder }] } });
    const written = yaml.project.read("imported/Pulumi.yaml");
    yaml.project.write("Pulumi.yaml", written.replace(/^name: .*$/m, "name: labeling") + plugins);
    const shown = await yaml.project.pulumi(emulator, "preview");
    assert.match(shown, /adopts 2 existing work items, creates none/);
    await up();
    assert.deepEqual((await storeOf(emulator)).workItems, before.workItems);
    assert.deepEqual(await preview(), {});
  });

  it("makes a dataset, with which a program with dynamic resources goes on", async () => {
    yaml.project.copy("examples/quickstart/photos/coins.png");
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
    const ids = JSON.parse(await yaml.project.pulumi(test.emulator, "stack", "output", "ids"));
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
});
