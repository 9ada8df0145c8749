import assert from "node:assert/strict";
import {
  addFault,
  clientOf,
  type Fault,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import { NotFoundError, ServerError } from "../../../provider/api/errors.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { unmarked } from "../../support/unmarked.ts";

describe("provider: Batch: one of each name", () => {
  const test = useEmulator();
  beforeEach(() => resetRequests(test.emulator));

  const inputs = (name: string, more: Plain = {}) => ({
    projectId: test.emulator.projectId,
    name,
    ...more,
  });
  const create = (name: string, more?: Plain, platform = platformOf(test.emulator)) =>
    batchLifecycle.create(platform, inputs(name, more));
  const named = async (name: string) =>
    (await storeOf(test.emulator)).batches.filter((batch) => batch.name === name);

  /** A batch that somebody else made, with work in it. */
  async function foreign(name: string, metadata: Plain = { by: "others" }): Promise<string> {
    const { emulator } = test;
    const client = clientOf(emulator);
    const { id } = await client.batches.create(emulator.projectId, { name });
    await client.batches.update(emulator.projectId, id, { metadata });
    const asset = { assetUrl: "a", assetType: "image", batchId: id };
    await client.workItems.create(emulator.projectId, asset);
    return id;
  }

  describe("that another has already", () => {
    it("is an error that says whose it is, and how to adopt it", async () => {
      const id = await foreign("taken");
      const { message } = await errorOf(create("taken"), Refusal);
      const { createdAt } = (await named("taken"))[0]!;
      assert.equal(
        message,
        `name "taken" is taken: batch ${id} of project ${test.emulator.projectId} has it, with 1 work item, created ${new Date(createdAt).toISOString()}. ` +
          "Choose another name, or set adopt: true to manage that batch here (also when an interrupted update of this stack created it)",
      );
      assert.deepEqual((await named("taken"))[0]?.metadata, { by: "others" });
    });

    it("is an error that says which stack works in it", async () => {
      const id = await foreign("shared");
      const { emulator } = test;
      const metadata = { pulumiUrn: "urn:pulumi:dev::labeling::aidp:index:WorkItem::signs" };
      const asset = { assetUrl: "b", assetType: "image", batchId: id, metadata };
      await clientOf(emulator).workItems.create(emulator.projectId, asset);
      const { message } = await errorOf(create("shared"), Refusal);
      assert.match(message, /with 2 work items made by stack dev of project labeling, created/);
    });

    it("is adopted with adopt, metadata as declared", async () => {
      const id = await foreign("adopted");
      const platform = platformOf(test.emulator);
      const { state } = await create("adopted", { adopt: true, metadata: { a: 1 } }, platform);
      assert.deepEqual([state.batchId, state.totalCount], [id, 1]);
      const [stored, ...others] = await named("adopted");
      assert.deepEqual([unmarked(stored), others], [{ a: 1 }, []]);
      assert.deepEqual(platform.told, ['adopted the existing batch "adopted" with 1 work item']);
    });

    it("keeps its metadata when it is adopted without any", async () => {
      await foreign("kept");
      const { state } = await create("kept", { adopt: true });
      assert.deepEqual(unmarked((await named("kept"))[0]), { by: "others" });
      assert.equal(state.metadata, undefined);
      assert.equal((await requests(test.emulator)).requests.updateBatch, 2);
    });

    it("keeps it as well when it is let go of again", async () => {
      await foreign("let go");
      const { id, state } = await create("let go", { adopt: true });
      await batchLifecycle.delete(platformOf(test.emulator), id, state);
      assert.equal((await named("let go"))[0]?.metadata.by, "others");
    });
  });

  describe("that another declaration has", () => {
    const owner = (stack: string) => `urn:pulumi:${stack}::labeling::aidp:index:Batch::signs`;
    const on = (stack: string) => platformOf(test.emulator, { owner: owner(stack) });
    const text = 'Batch "signs" of stack';

    it("is refused without adopt, and told whose it is", async () => {
      await create("held", {}, on("first"));
      const { message } = await errorOf(create("held", {}, on("second")), Refusal);
      assert.match(
        message,
        new RegExp(`and declared by ${text} first of project labeling\\. Choose`),
      );
    });

    it("is told when it is adopted, shown to its owner, and given back when it is destroyed", async () => {
      const first = await create("shared by two", { metadata: { a: 1 } }, on("first"));
      const second = on("second");
      const { id, state } = await create("shared by two", { adopt: true }, second);
      assert.equal(id, first.id);
      assert.match(second.warned.join(), new RegExp(`is declared by ${text} first .*, too:`));
      const owners = on("first");
      await batchLifecycle.read(owners, id, first.state);
      assert.match(owners.warned.join(), new RegExp(`was adopted by ${text} second of project`));

      const third = on("second");
      await batchLifecycle.delete(third, id, state);
      assert.match(third.told.join(), new RegExp(`it is given back to ${text} first of project`));
      const later = on("first");
      await batchLifecycle.read(later, id, first.state);
      assert.deepEqual(later.warned, []);
      await errorOf(create("shared by two", {}, on("third")), Refusal);
    });

    it("is not let go of by the one that it was adopted from", async () => {
      const first = await create("taken away", {}, on("first"));
      await create("taken away", { adopt: true }, on("second"));
      const owners = on("first");
      await batchLifecycle.delete(owners, first.id, first.state);
      assert.match(
        owners.told.join(),
        new RegExp(`${text} second of project labeling has adopted it`),
      );
      await errorOf(create("taken away", {}, on("third")), Refusal);
    });

    it("is its own where it is replaced, and where its state was lost", async () => {
      const { id } = await create("own", {}, on("first"));
      const again = await create("own", {}, { ...on("first"), isReplacing: true });
      assert.equal(again.id, id);
      const adopting = on("first");
      const adopted = await create("own", { adopt: true }, adopting);
      await batchLifecycle.delete(on("first"), id, adopted.state);
      assert.deepEqual(adopting.warned, []);
      assert.equal((await create("own", {}, on("second"))).id, id);
    });
  });

  describe("that was destroyed", () => {
    it("stays, marked as released, and says so", async () => {
      const { id, state } = await create("destroyed", { metadata: { a: 1 } });
      const platform = platformOf(test.emulator);
      await batchLifecycle.delete(platform, id, state);
      const [stored] = await named("destroyed");
      const { pulumiReleased, ...metadata } = stored!.metadata;
      assert.deepEqual(metadata, { a: 1 });
      assert.ok(!Number.isNaN(Date.parse(String(pulumiReleased))));
      assert.deepEqual(platform.told, [
        'batch "destroyed" is kept on the platform, which cannot delete batches',
      ]);
    });

    for (const metadata of [undefined, { a: 1 }, { b: 2 }]) {
      it(`is taken again, with metadata ${JSON.stringify(metadata)}`, async () => {
        const name = `again ${JSON.stringify(metadata)}`;
        const first = await create(name, { metadata: { a: 1 } });
        await batchLifecycle.delete(platformOf(test.emulator), first.id, first.state);
        const second = await create(name, metadata && { metadata });
        assert.equal(second.id, first.id);
        const [stored, ...others] = await named(name);
        assert.deepEqual(others, []);
        assert.equal("pulumiReleased" in stored!.metadata, false);
        if (metadata !== undefined) {
          assert.deepEqual(unmarked(stored), metadata);
        }
        assert.deepEqual(second.state.metadata, metadata);
        assert.ok(await errorOf(create(name), Refusal), "it is held again");
      });
    }

    it("keeps what others wrote on it, when it is taken again", async () => {
      await foreign("written on");
      const first = await create("written on", { adopt: true });
      await batchLifecycle.delete(platformOf(test.emulator), first.id, first.state);
      await create("written on");
      assert.deepEqual(unmarked((await named("written on"))[0]), { by: "others" });
    });

    for (const status of [400, 404]) {
      it(`goes though it cannot be marked (${status}), with a warning`, async () => {
        const { id, state } = await create(`unmarked ${status}`);
        await addFault(test.emulator, { operation: "updateBatch", status });
        const platform = platformOf(test.emulator);
        await batchLifecycle.delete(platform, id, state);
        assert.equal(platform.warned.length, 1);
        assert.match(platform.warned[0]!, /declaring it again needs adopt: true$/);
        assert.deepEqual(unmarked((await named(state.name))[0]), {});
      });
    }

    it("does not go while the service fails", async () => {
      const { id, state } = await create("stays");
      await addFault(test.emulator, {
        operation: "updateBatch",
        status: 503,
        retryAfter: 0,
        times: 0,
      });
      await errorOf(batchLifecycle.delete(platformOf(test.emulator), id, state), ServerError);
    });
  });

  describe("whose creation had no good answer", () => {
    const unclear: Omit<Fault, "operation">[] = [
      { reset: "after" },
      { reset: "before" },
      { truncate: true },
      { status: 500 },
      { status: 504, workDone: true },
    ];
    for (const fault of unclear) {
      it(`exists once: ${JSON.stringify(fault)}`, async () => {
        const name = JSON.stringify(fault);
        await addFault(test.emulator, { operation: "createBatch", ...fault });
        const { id } = await create(name, { metadata: { a: 1 } });
        const stored = await named(name);
        assert.deepEqual(
          stored.map((batch) => [`${batch.projectId}/${batch.id}`, unmarked(batch)]),
          [[id, { a: 1 }]],
        );
      });
    }

    it("is not mistaken for one that has work in it already", async () => {
      await foreign("busy");
      await addFault(test.emulator, { operation: "createBatch", reset: "before" });
      await errorOf(create("busy"), Refusal);
    });

    it("is given up after three attempts", async () => {
      await addFault(test.emulator, { operation: "createBatch", status: 500, times: 0 });
      await errorOf(create("never"), ServerError);
      assert.equal((await requests(test.emulator)).requests.createBatch, 3);
      assert.deepEqual(await named("never"), []);
    });
  });

  it("is not looked for where the error is another one", async () => {
    const elsewhere = { ...inputs("n"), projectId: test.emulator.spaceId };
    await errorOf(batchLifecycle.create(platformOf(test.emulator), elsewhere), NotFoundError);
    assert.deepEqual((await requests(test.emulator)).requests, { createBatch: 1 });
  });
});
