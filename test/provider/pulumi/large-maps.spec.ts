import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { storeOf } from "../../../harness/emulator.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import { digestEntries, isDigest } from "../../../provider/lifecycle/packed-values.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { leave } from "../../../provider/pulumi/contents.ts";
import { pack } from "../../../provider/pulumi/packing.ts";
import { readProperties } from "../../../provider/pulumi/properties.ts";
import { DynamicProvider } from "../../../provider/pulumi/provider.ts";
import { providerText } from "../../../provider/pulumi/shim.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import { withoutSettings } from "../../support/environment.ts";
import { errorOf } from "../../support/errors.ts";

const hidden = { __provider: providerText("WorkItemSet") };
const soon = () => new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
const textsOf = (items: Plain) =>
  Object.fromEntries(Object.entries(items).map(([key, item]) => [key, JSON.stringify(item)]));

describe("provider: maps that are too large for the engine", () => {
  const test = useEmulator();
  withoutSettings();

  /** A provider in a process of its own, so to say: it knows what it was shown. */
  function provider(entriesShown = "1"): Required<pulumi.dynamic.ResourceProvider> {
    const { apiKey, url, projectId } = test.emulator;
    const values: Record<string, string> = {
      "aidp:apiKey": apiKey,
      "aidp:baseUrl": url,
      "aidp:projectId": projectId,
      "aidp:entriesShown": entriesShown,
    };
    const made = new DynamicProvider(workItemSetLifecycle);
    const config = { get: (key: string) => values[key] };
    void made.configure({ config } as unknown as pulumi.dynamic.ConfigureRequest);
    return made as unknown as Required<pulumi.dynamic.ResourceProvider>;
  }

  const declared = (items: Plain, more: Plain = {}): Plain => ({
    items: JSON.stringify(items),
    // Each declaration of a spec is a resource of its own.
    __urn: `urn:pulumi:test::labeling::aidp:index:WorkItemSet::${Object.keys(items)[0]}`,
    ...more,
    ...hidden,
  });
  const assets = (...names: string[]): Plain =>
    Object.fromEntries(names.map((name) => [name, { assetUrl: `${name}.jpg` }]));

  /** What the engine does for a resource that is new. */
  async function create(news: Plain, by = provider()) {
    const { inputs, failures } = await by.check({}, news);
    assert.deepEqual(failures, []);
    const { id, outs } = await by.create(inputs as Plain);
    return { id, inputs: inputs as Plain, outs: outs as Plain };
  }
  const stored = async () => (await storeOf(test.emulator)).workItems.length;

  it("are digests in inputs and packed in outputs, and nothing differs then", async () => {
    const by = provider();
    const { id, inputs, outs } = await create(declared(assets("a", "b")), by);
    assert.ok(isDigest(inputs.items));
    assert.deepEqual(Object.keys(outs.items as Plain), [inputs.items]);
    const { ids } = readProperties(outs, ["ids"]) as { ids: Plain };
    assert.deepEqual(Object.keys(ids), ["a", "b"]);
    const later = provider();
    const again = await later.check(inputs, declared(assets("b", "a"), { __urn: inputs.__urn }));
    assert.equal((again.inputs as Plain).items, inputs.items);
    assert.deepEqual(await later.diff(id, outs, again.inputs as Plain), { changes: false });
    const { props } = await later.read(id, outs);
    assert.deepEqual(props, outs);
  });

  it("that the program left in a file are checked like others, and refused if the file is gone", async () => {
    const left = (items: Plain) => ({
      ...declared(items),
      items: leave(items, JSON.stringify(items)),
    });
    const same = await create(left(assets("l", "m")));
    assert.equal(same.inputs.items, digestEntries(textsOf(assets("l", "m"))));
    const { failures = [] } = await provider().check({}, left({ l: { assetUrl: "" }, m: {} }));
    assert.match(failures.map(({ reason }) => reason).join(), /items\["m"\]: give either assetUrl/);

    const [digest] = Object.keys(left(assets("n")).items ?? {});
    const gone = { ...declared(assets("n")), items: { [String(digest)]: "/nonexistent" } };
    const error = await errorOf(provider().check({}, gone) as Promise<unknown>, Refusal);
    assert.equal(
      error.message,
      "items has 1 entries, which the program left in /nonexistent, and the provider cannot read them there. Run it again; if that does not help, let both see the same files",
    );
  });

  it("cross the limit in either direction without a difference", async () => {
    const small = await create(declared(assets("c", "d")), provider("2"));
    assert.equal(typeof (small.inputs.items as Plain).c, "string");
    for (const [before, limit] of [
      [small, "1"],
      [await create(declared(assets("e", "f"))), "2"],
    ] as const) {
      const by = provider(limit);
      const news = declared(before === small ? assets("c", "d") : assets("e", "f"));
      const { inputs } = await by.check(before.inputs, news);
      const difference = await by.diff(before.id, before.outs, inputs as Plain);
      assert.deepEqual(difference, { changes: false });
    }
  });

  it("keep what ignoreChanges keeps, and judge it by the defaults of now", async () => {
    const { id, inputs, outs } = await create(declared(assets("g", "h")));
    const by = provider();
    const kept = (more: Plain) => by.check(inputs, { ...inputs, ...more });
    const same = (await kept({})).inputs as Plain;
    assert.equal(same.items, inputs.items);
    assert.deepEqual(await by.diff(id, outs, same), { changes: false });
    const wrong = (await kept({ defaults: '{"assetType":"video"}' })).inputs as Plain;
    assert.notDeepEqual(await by.diff(id, outs, wrong), { changes: false });
    const none = (await kept({ defaults: '{"difficulty":1000}' })).inputs as Plain;
    const error = await errorOf(by.diff(id, outs, none), Refusal);
    assert.match(error.message, /^defaults\.difficulty .*1000/);
  });

  it("are refused where a process has nothing but the digest, before anything happens", async () => {
    const { id, inputs, outs } = await create(declared(assets("i", "j")));
    const before = await stored();
    const items = digestEntries({ k: '{"assetUrl":"k.jpg"}' });
    const incomplete = { ...outs, incomplete: true };
    const by = provider();
    assert.notDeepEqual(await by.diff(id, incomplete, { ...inputs, items }), { changes: false });
    for (const work of [
      by.update(id, incomplete, { ...inputs, items }),
      provider().create({ ...inputs, items }),
    ]) {
      const { message } = await errorOf(work, Refusal);
      assert.match(
        message,
        /^items has 1 entries, and this process .*: take items out of ignoreChanges/,
      );
    }
    assert.equal(await stored(), before);
  });

  it("do not refuse an item for a deadline that passed since it was made, but one that is new", async () => {
    const items = { ...assets("l"), m: { assetUrl: "m.jpg", dueAt: soon() } };
    const { id, inputs, outs } = await create(declared(items));
    // The state as it is once the time has passed.
    const dueAt = "2020-01-01T00:00:00.000Z";
    const passed = { ...items, m: { assetUrl: "m.jpg", dueAt } };
    const state = { ...outs, items: pack(textsOf(passed)) };
    const by = provider();
    const grown = await by.check(inputs, declared({ ...passed, ...assets("n") }));
    assert.deepEqual(grown.failures, []);
    assert.ok("replaces" in (await by.diff(id, state, grown.inputs as Plain)));
    const late = { ...passed, o: { assetUrl: "o.jpg", dueAt } };
    const { inputs: checked } = await by.check(inputs, declared(late));
    const { message } = await errorOf(by.diff(id, state, checked as Plain), Refusal);
    assert.match(message, /^items\["o"\]: dueAt /);
  });
});
