import assert from "node:assert/strict";
import { addFault, storeOf } from "../../harness/emulator.ts";
import type { Kind } from "../../provider/pulumi/shim.ts";
import { adapters, type FailedInPart } from "../support/adapters.ts";
import { useEmulator } from "../support/emulator.ts";
import { withoutSettings } from "../support/environment.ts";
import { unmarked } from "../support/unmarked.ts";

// What the engine gets to hear, whichever way it asks.

for (const { name, serve } of adapters) {
  describe(`adapters: ${name}`, () => {
    const test = useEmulator();
    withoutSettings();
    const settings = () => ({
      apiKey: test.emulator.apiKey,
      baseUrl: test.emulator.url,
      projectId: test.emulator.projectId,
    });
    const of = (kind: Kind, resource: string = kind, others: Record<string, string> = {}) =>
      serve(kind, { ...settings(), ...others }, resource);

    it("complete the inputs, and drop what has no value", async () => {
      const batch = await of("Batch");
      const { inputs, reasons } = await batch.check({}, { name: "b", metadata: null });
      assert.deepEqual(reasons, []);
      assert.deepEqual(inputs, { name: "b", projectId: test.emulator.projectId });
    });

    it("say what is wrong with the inputs, each in a line", async () => {
      const item = await of("WorkItem");
      const { reasons } = await item.check(
        {},
        { assetUrl: "./a.jpg", difficulty: 101, colour: "red" },
      );
      assert.equal(reasons.length, 3);
      assert.match(reasons.join("\n"), /assetUrl must be a URL .*got the local file/);
      assert.match(reasons.join("\n"), /difficulty must be between 0 and 100, got 101/);
      assert.match(reasons.join("\n"), /colour is not an input/);
    });

    it("let pass what is not known yet", async () => {
      const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
      const item = await of("WorkItem");
      const { inputs, reasons } = await item.check(
        {},
        { assetUrl: unknown, batchId: unknown, difficulty: unknown },
      );
      assert.deepEqual(reasons, []);
      assert.deepEqual(
        [inputs.assetUrl, inputs.batchId, inputs.difficulty],
        [unknown, unknown, unknown],
      );
    });

    it("tell a wrong setting, and what is not set", async () => {
      const wrong = await of("Batch", "Batch", { baseUrl: "http://far.example" });
      await assert.rejects(wrong.check({}, { name: "b" }), ({ message }: Error) =>
        message.startsWith("aidp:baseUrl must be https"),
      );
      const missing = await serve("Batch", { baseUrl: test.emulator.url }, "Batch");
      const { reasons } = await missing.check({}, { name: "b" });
      assert.match(reasons.join(), /projectId is required: .*; not set either: aidp:apiKey/);
    });

    it("lead a batch through its life", async () => {
      const batch = await of("Batch", "life");
      const { inputs } = await batch.check({}, { name: `life of ${name}`, metadata: { a: 1 } });
      const { id, properties } = await batch.create(inputs);
      const stored = async () =>
        (await storeOf(test.emulator)).batches.find((each) => id.endsWith(`/${each.id}`));
      assert.deepEqual(unmarked(await stored()), { a: 1 });
      assert.deepEqual(await batch.diff(properties, inputs, inputs), {
        changed: false,
        replaces: [],
      });
      assert.deepEqual(await batch.read(id, properties), { id, properties, inputs });
      const changed = { ...inputs, metadata: { a: 2 } };
      assert.deepEqual(await batch.diff(properties, inputs, changed), {
        changed: true,
        replaces: [],
      });
      const updated = await batch.update(id, properties, changed);
      assert.deepEqual(unmarked(await stored()), { a: 2 });
      const elsewhere = { ...inputs, projectId: test.emulator.spaceId };
      assert.deepEqual(await batch.diff(updated, changed, elsewhere), {
        changed: true,
        replaces: ["projectId"],
      });
      await batch.delete(id, updated);
      assert.deepEqual(Object.keys(unmarked(await stored()) ?? {}), ["a"]);
    });

    it("do not end what the same process has made", async () => {
      const item = await of("WorkItem", "made");
      const { inputs } = await item.check({}, { assetUrl: `https://e.com/${name}` });
      const { id, properties } = await item.create(inputs);
      await item.delete(id, properties);
      const { workItems } = await storeOf(test.emulator);
      assert.equal(workItems.find((each) => id.endsWith(each.id))?.status, "NEW");
    });

    it("tell that a resource is gone by a blank id", async () => {
      const batch = await of("Batch");
      assert.equal((await batch.read(`${test.emulator.projectId}/999999`, {})).id, "");
    });

    it("keep what exists of a set that failed in part, and the next update does the rest", async () => {
      const set = await of("WorkItemSet", "partial");
      const asset = (key: string) => ({ assetUrl: `https://e.com/${name}/${key}` });
      // The class of a dynamic resource sends texts, and the program of a plugin objects.
      const { inputs, reasons } = await set.check({}, { items: { a: asset("a"), b: asset("b") } });
      assert.deepEqual(reasons, []);
      await addFault(test.emulator, { operation: "createWorkItem", status: 400 });
      const failure = (await set.create(inputs).catch((error: unknown) => error)) as FailedInPart;
      assert.match(failure.reasons.join(), /answered 400/);
      const live = async () =>
        (await storeOf(test.emulator)).workItems.filter(({ assetUrl }) =>
          assetUrl.includes(`${name}/`),
        );
      assert.equal((await live()).length, 1);
      const done = await set.update(failure.id, failure.properties, inputs);
      assert.equal((await live()).length, 2);
      assert.deepEqual(await set.diff(done, inputs, inputs), { changed: false, replaces: [] });
    });

    it("keep large maps packed, and know them again", async () => {
      const set = await of("WorkItemSet", "packed", { entriesShown: "1" });
      const items = {
        a: { assetUrl: `https://p.com/${name}/a` },
        b: { assetUrl: `https://p.com/${name}/b` },
      };
      const { inputs } = await set.check({}, { items });
      assert.match(String(inputs.items), /^2 entries, SHA-256 /);
      const { id, properties } = await set.create(inputs);
      assert.deepEqual(Object.keys(properties.items as object), [inputs.items]);
      const again = await (await of("WorkItemSet", "packed", { entriesShown: "1" })).check(inputs, {
        items,
      });
      assert.deepEqual(again.inputs, inputs);
      assert.deepEqual((await set.read(id, properties)).properties, properties);
    });
  });
}

describe("adapters: a state", () => {
  const test = useEmulator();
  withoutSettings();

  for (const entriesShown of ["0", "2000"]) {
    for (const [from, to] of [adapters, adapters.toReversed()]) {
      it(`of ${from!.name} is one of ${to!.name}, with up to ${entriesShown} entries shown`, async () => {
        const settings = {
          apiKey: test.emulator.apiKey,
          baseUrl: test.emulator.url,
          projectId: test.emulator.projectId,
          entriesShown,
        };
        const resource = `${from!.name} ${entriesShown}`;
        const first = await from!.serve("WorkItemSet", settings, resource);
        const second = await to!.serve("WorkItemSet", settings, resource);
        const items = { a: { assetUrl: "a" }, b: { assetUrl: "b" } };
        const declared = { items, defaults: { difficulty: 5 } };
        const { inputs } = await first.check({}, declared);
        const { id, properties } = await first.create(inputs);
        const before = await storeOf(test.emulator);
        const checked = await second.check(inputs, declared);
        assert.deepEqual(checked.inputs, inputs);
        assert.deepEqual(await second.diff(properties, inputs, checked.inputs), {
          changed: false,
          replaces: [],
        });
        const read = await second.read(id, properties);
        const back = await first.diff(read.properties, inputs, inputs);
        assert.deepEqual(back, { changed: false, replaces: [] });
        assert.deepEqual(await storeOf(test.emulator), before);
      });
    }
  }
});
