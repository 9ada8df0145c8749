import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import { requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { isObject } from "../../provider/lifecycle/plain.ts";
import { useEmulator } from "../support/emulator.ts";
import { diagnostics, TestStack } from "../support/stack.ts";

const secretValue = "metadata-nobody-may-see";

// What all sets have in common is run by `npm run test:packed` as well.

describe("a set that is too large to be shown item by item, on a real engine", function () {
  this.timeout(120_000);
  const test = useEmulator();
  let stack: TestStack;

  /** Items by name, each with a box, and one with a secret. */
  const items = (difficulties: Record<string, number>) =>
    Object.fromEntries(
      Object.entries(difficulties).map(([name, difficulty]) => [
        name,
        {
          assetUrl: `${name}.jpg`,
          difficulty,
          ...(name === "a" && { metadata: { owner: pulumi.secret(secretValue) } }),
        },
      ]),
    );
  const program =
    (difficulties: Record<string, number>, options: pulumi.CustomResourceOptions = {}) =>
    async () => {
      const set = new aidp.WorkItemSet("signs", { items: items(difficulties) }, options);
      return {
        difficulty: set.items.apply((all) => JSON.parse(all.b ?? "{}").difficulty),
        ids: set.ids.apply((ids) => Object.keys(ids).sort().join()),
      };
    };
  const live = async () =>
    (await storeOf(test.emulator)).workItems
      .filter(({ status }) => status === "NEW")
      .map(({ assetUrl, difficulty }) => `${assetUrl} ${difficulty}`)
      .sort();

  before(async () => {
    stack = await TestStack.create({ ...environmentOf(test.emulator), AIDP_ENTRIES_SHOWN: "2" });
  });
  after(() => stack.remove());

  it("is made, kept and read like a small one, and its secrets are in no state", async () => {
    const { outputs } = await stack.up(program({ a: 1, b: 2, c: 3 }));
    assert.equal(outputs.ids, "a,b,c");
    assert.deepEqual(await live(), ["a.jpg 1", "b.jpg 2", "c.jpg 3"]);
    const state = stack.stateText();
    assert.ok(!state.includes(secretValue) && !state.includes("b.jpg"));
    // A secret has no digest that others can read either.
    assert.equal(state.match(/3 entries, SHA-256/g)?.length, 1, "that of the ids");
    assert.deepEqual((await stack.preview(program({ c: 3, b: 2, a: 1 }))).changes, { same: 2 });
    assert.deepEqual((await stack.up(program({ a: 1, b: 2, c: 3 }), { refresh: true })).changes, {
      same: 2,
    });
  });

  it("says at preview what changes, and then does just that", async () => {
    const changed = program({ b: 20, c: 3, d: 4, a: 1 });
    const { events } = await stack.preview(changed);
    assert.ok(
      diagnostics(events, "info").includes(
        'signs: 1 work item to create, 1 to replace (difficulty)\n  + "d"\n  +- "b" (difficulty)\n',
      ),
      diagnostics(events, "info").join("\n"),
    );
    await stack.up(changed);
    assert.deepEqual(await live(), ["a.jpg 1", "b.jpg 20", "c.jpg 3", "d.jpg 4"]);
  });

  it("keeps its items where they are ignored, and goes from form to form without a request", async () => {
    await resetRequests(test.emulator);
    const others = { a: 1, b: 0, e: 5 };
    const ignored = program(others, { ignoreChanges: ["items"] });
    assert.deepEqual((await stack.up(ignored)).changes, { same: 2 });
    for (const shown of ["100", "2"]) {
      stack.setEnvironment({ AIDP_ENTRIES_SHOWN: shown });
      const { changes } = await stack.up(program({ a: 1, b: 20, c: 3, d: 4 }));
      assert.deepEqual(changes, { same: 2 });
    }
    assert.equal((await requests(test.emulator)).total, 0);
  });

  it("survives an export and an import of the stack", async () => {
    await stack.importState(await stack.exportState());
    const { changes, outputs } = await stack.up(program({ a: 1, b: 20, c: 3 }));
    assert.deepEqual(changes, { same: 1, update: 1 });
    assert.ok(isObject(outputs.difficulty) && "ciphertext" in outputs.difficulty, "one is secret");
    assert.deepEqual(await live(), ["a.jpg 1", "b.jpg 20", "c.jpg 3"]);
  });
});
