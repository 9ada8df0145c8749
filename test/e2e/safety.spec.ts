import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import { clientOf, startWork, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

interface Options {
  one?: pulumi.CustomResourceOptions;
  set?: pulumi.CustomResourceOptions;
  /** The height of a box. */
  height?: number;
}

// Every way in which Pulumi can replace, delete, keep or move a resource, each on the engine. The emulator's store says
// what became of the work items.

describe("what Pulumi does to resources, and what becomes of work items", function () {
  this.timeout(180_000);
  const test = useEmulator();
  let stack: TestStack;
  let batchId: string;

  const assetOf = (name: string) => `https://e.com/${batchId}/${name}.jpg`;
  const program =
    ({ one = {}, set = {}, height = 1 }: Options = {}) =>
    async () => {
      const labels = [{ bbox: [1, 2, 3, height] }];
      const assetUrl = assetOf("one");
      new aidp.WorkItem("one", { batchId, assetUrl, labels }, { replacementTrigger: 1, ...one });
      const items = { x: { assetUrl: assetOf("x"), labels }, y: { assetUrl: assetOf("y") } };
      new aidp.WorkItemSet("set", { batchId, items }, { replacementTrigger: 1, ...set });
    };

  before(async () => {
    stack = await TestStack.create(environmentOf(test.emulator));
  });
  beforeEach(async function () {
    const { emulator } = test;
    const name = this.currentTest?.fullTitle() ?? "";
    batchId = (await clientOf(emulator).batches.create(emulator.projectId, { name })).id;
    await stack.up(program());
  });
  afterEach(async () => {
    // The next spec begins with nothing, whatever is left.
    const empty = JSON.parse(stack.stateText());
    delete empty.checkpoint.latest?.resources;
    stack.writeState(JSON.stringify(empty));
  });
  after(() => stack.remove());

  const stored = async () =>
    (await storeOf(test.emulator)).workItems.filter((item) => String(item.batchId) === batchId);
  const live = async () =>
    (await stored())
      .filter(({ status }) => status !== "FAILED")
      .map(({ id, assetUrl }) => [assetUrl.replace(/.*\/|\.jpg/g, ""), id])
      .sort();
  /** What the state holds. */
  const known = () => {
    const one = stack.resource("one").outputs.workItemId;
    const ids = JSON.parse(String(stack.resource("set").outputs.ids));
    return [["one", one], ...Object.entries(ids)];
  };
  const urns = () => ["one", "set"].map((name) => stack.resource(name).urn);
  type Way = [name: string, go: () => Promise<unknown>, takeBack?: () => Promise<unknown>];
  const ways: Way[] = [
    ["--replace", () => stack.up(program(), { replace: urns() })],
    [
      "state taint",
      async () => {
        for (const urn of urns()) await stack.run("state", "taint", "--yes", urn);
        await stack.up(program());
      },
      async () => {
        for (const urn of urns()) await stack.run("state", "untaint", "--yes", urn);
      },
    ],
    [
      "replaceOnChanges",
      async () => {
        const options = { replaceOnChanges: ["labels", "items"] };
        await stack.up(program({ one: options, set: options, height: 2 }));
      },
    ],
    [
      "replacementTrigger",
      async () => {
        const options = { replacementTrigger: 2 };
        await stack.up(program({ one: options, set: options }));
      },
    ],
  ];

  for (const [name, go, takeBack] of ways) {
    it(`${name} ends the old items, and makes new ones`, async () => {
      const before = await live();
      await go();
      assert.deepEqual(await live(), known());
      const ids = new Set(before.map(([, id]) => id));
      assert.ok(known().every(([, id]) => !ids.has(String(id))));
      assert.equal((await stored()).length, 6);
    });

    it(`${name} is refused where people have begun, and the next update works`, async () => {
      await startWork(test.emulator, assetOf("one"));
      await startWork(test.emulator, assetOf("y"));
      const before = await stored();
      const said = await stack.failure(go());
      assert.match(said, /would lose people's work/);
      assert.deepEqual(await stored(), before);
      await takeBack?.();
      assert.deepEqual((await stack.up(program())).changes, { same: 3 });
      assert.deepEqual(await stored(), before);
      assert.deepEqual(known(), await live());
    });
  }
});

describe("an update on a machine whose clock is wrong", function () {
  this.timeout(60_000);
  const test = useEmulator({ clockAheadMs: -7_200_000 });
  let stack: TestStack;
  before(async () => {
    stack = await TestStack.create(environmentOf(test.emulator));
  });
  after(() => stack.remove());

  it("warns of it", async () => {
    const { stdout } = await stack.up(async () => {
      new aidp.Batch("batch", { name: "clock" });
    });
    assert.match(stdout, /clock of this machine is 120 minutes ahead of the platform's/);
  });
});
