import assert from "node:assert/strict";
import { clientOf, requests, storeOf } from "../../harness/emulator.ts";
import { pluginFolder } from "../../scripts/build-plugin.ts";
import { isPacked } from "../support/tier.ts";
import { unmarked } from "../support/unmarked.ts";
import {
  asset,
  batch,
  program,
  ref,
  type Step,
  secret,
  set,
  useYamlProject,
} from "../support/yaml-project.ts";

describe("the plugin, with programs in YAML on a real engine", function () {
  this.timeout(120_000);
  const yaml = useYamlProject();
  const { failedUp, live, preview, stateText, test, up } = yaml;

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
      await yaml.project.pulumi(test.emulator, "stack", "output", "--json"),
    );
    assert.deepEqual(ids, { "a.jpg": idOf("a"), b: idOf("b") });
    assert.equal(one, idOf("1"));
    assert.deepEqual(await preview(), {});
    await yaml.project.pulumi(test.emulator, "refresh", "--yes", "--skip-preview");
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
    yaml.project.write(
      "Pulumi.yaml",
      program({ signs: batch({ metadata: { a: 2, b: 1 } }), set: set(changed) }),
    );
    const steps = await preview();
    assert.deepEqual(kindsOf(steps.signs), { "metadata.a": "update" });
    const each = { 'items["a.jpg"]': "update", "items.b": "delete", "items.c": "add" };
    assert.deepEqual(kindsOf(steps.set), isPacked ? { items: "update" } : each);
    assert.equal(steps.set?.op, "update");
    const moved = set(items, { batchId: other.id });
    yaml.project.write(
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
    yaml.project.write("Pulumi.yaml", program({ signs: batch({ metadata: { a: 2 } }), ...items }));
    // The work item would be replaced if the id of its batch were not known.
    assert.deepEqual(Object.keys(await preview()), ["signs"]);
  });

  it("keeps secrets item by item, and the key not at all", async () => {
    const { apiKey } = test.emulator;
    await yaml.project.pulumi(test.emulator, "config", "set", "--secret", "aidp:apiKey", apiKey);
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
    await yaml.project.pulumi(test.emulator, "refresh", "--yes", "--skip-preview");
    assert.match(stateText(), /"defaults"/);
    assert.doesNotMatch(stateText(), /hidden-\d/);
    await up(resources);
    assert.doesNotMatch(stateText(), /hidden-\d/);
  });

  it("refreshes and destroys with today's key, not with that of the last update", async () => {
    const setKey = (key: string) =>
      yaml.project.pulumi(test.emulator, "config", "set", "--secret", "aidp:apiKey", key);
    await setKey(test.emulator.apiKey);
    await up({ signs: batch() });
    await setKey("rotated-away");
    const refused = await yaml.project.run(test.emulator, "pulumi", [
      "refresh",
      "--yes",
      "--skip-preview",
      "--non-interactive",
    ]);
    assert.match(refused.stdout + refused.stderr, /answered 401/);
    await setKey(test.emulator.apiKey);
    await yaml.project.pulumi(test.emulator, "refresh", "--yes", "--skip-preview");
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

  it("refreshes where the stack's configuration says today", async () => {
    await yaml.project.pulumi(test.emulator, "config", "set", "aidp:baseUrl", test.emulator.url);
    await up({ signs: batch() });
    await yaml.project.pulumi(
      test.emulator,
      "config",
      "set",
      "aidp:baseUrl",
      "http://127.0.0.1:9/api",
    );
    const args = ["refresh", "--yes", "--skip-preview", "--non-interactive"];
    const { stdout, stderr } = await yaml.project.run(test.emulator, "pulumi", args);
    assert.match(stdout + stderr, /did not reach the service \(ECONNREFUSED\)/);
    await yaml.project.pulumi(test.emulator, "config", "set", "aidp:baseUrl", test.emulator.url);
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
    await yaml.project.pulumi(test.emulator, "config", "set", "aidp:projectID", "x");
    assert.match(
      await failedUp({ signs: batch() }),
      /aidp:projectID is no setting: did you mean aidp:projectId\?/,
    );
  });

  it("runs the example", async () => {
    yaml.project.copy("examples/quickstart");
    yaml.project.copy("examples/yaml");
    const text = yaml.project
      .read("examples/yaml/Pulumi.yaml")
      .replace(/^name: .*$/m, "name: labeling")
      .replace("../../dist-plugin", pluginFolder)
      .replaceAll("../quickstart", "examples/quickstart");
    yaml.project.write("Pulumi.yaml", text);
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
});

function kindsOf(step: Step | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(step?.detailedDiff ?? {}).map(([path, { kind }]) => [path, kind]),
  );
}
