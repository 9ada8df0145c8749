import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import runtime from "@pulumi/pulumi/runtime/index.js";
import { addFault, storeOf } from "../../../harness/emulator.ts";
import { NotFoundError } from "../../../provider/api/errors.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { DynamicProvider } from "../../../provider/pulumi/provider.ts";
import { providerText } from "../../../provider/pulumi/shim.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import { withoutSettings } from "../../support/environment.ts";
import { errorOf } from "../../support/errors.ts";
import { unmarked, withoutDigest } from "../../support/unmarked.ts";

const hidden = {
  __provider: providerText("Batch"),
  __urn: "urn:pulumi:test::labeling::aidp:index:Any::batch",
};
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the SDK passes to configure. */
function request(values: Record<string, string>): pulumi.dynamic.ConfigureRequest {
  const config = { get: (key: string) => values[key] };
  return { config } as unknown as pulumi.dynamic.ConfigureRequest;
}

describe("provider: the adapter to Pulumi's dynamic providers", () => {
  const test = useEmulator();
  const setting = () => ({
    "aidp:apiKey": test.emulator.apiKey,
    "aidp:baseUrl": test.emulator.url,
    "aidp:projectId": test.emulator.projectId,
  });
  withoutSettings();

  function batches(values: Record<string, string> = setting()): pulumi.dynamic.ResourceProvider {
    const provider = new DynamicProvider(batchLifecycle);
    // Not awaited: the SDK lets other calls in before it has returned.
    void provider.configure(request(values));
    return provider;
  }

  /** Check, then create. */
  async function created(provider: pulumi.dynamic.ResourceProvider, inputs: Plain) {
    const { inputs: checked } = await provider.check!({}, { ...inputs, ...hidden });
    return { checked: checked as Plain, ...(await provider.create(checked as Plain)) };
  }

  it("is configured as soon as configure returns, before anything is awaited", async () => {
    const { inputs, failures } = await batches().check!({}, { name: "early", ...hidden });
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, { projectId: test.emulator.projectId, name: "early", ...hidden });
  });

  it("hides its own properties from the lifecycle, and keeps them in what it returns", async () => {
    const provider = batches();
    const { id, outs, checked } = await created(provider, { name: "hidden" });
    assert.deepEqual([outs?.__provider, outs?.__urn], [hidden.__provider, hidden.__urn]);
    assert.deepEqual(await provider.diff!(id, outs!, checked), { changes: false });
    const read = await provider.read!(id, outs);
    assert.equal(read.id, id);
    assert.deepEqual(read.props, outs);
    assert.deepEqual((read as { inputs?: Plain }).inputs, checked);
    const renamed = { ...checked, name: "renamed" };
    const updated = await provider.update!(id, outs!, renamed);
    assert.deepEqual(updated.outs, { ...outs, name: "renamed" });
    const kept = (await storeOf(test.emulator)).batches.find(({ name }) => name === "renamed");
    assert.deepEqual(unmarked(kept), {});
  });

  it("drops properties without a value", async () => {
    const news = { name: "n", metadata: null, adopt: undefined, ...hidden };
    const { inputs } = await batches().check!({}, news);
    assert.deepEqual(Object.keys(inputs!).sort(), ["__provider", "__urn", "name", "projectId"]);
  });

  it("leaves it to the engine to find what changed, and says what replaces", async () => {
    const olds = { name: "a", projectId: "p", ...hidden };
    const changed = (news: Plain) => batches().diff!("id", olds, { ...olds, ...news });
    assert.deepEqual(await changed({ name: "b" }), { replaces: [], deleteBeforeReplace: false });
    assert.deepEqual(await changed({ projectId: "q" }), {
      replaces: ["projectId"],
      deleteBeforeReplace: false,
    });
    assert.deepEqual(await changed({ __provider: "another text" }), { changes: false });
  });

  it("ends the old work item before the new one is made", async () => {
    const provider = new DynamicProvider(workItemLifecycle);
    const olds = { projectId: "p", assetUrl: "a", assetType: "image", status: "NEW" };
    assert.deepEqual(await provider.diff("id", olds, { ...olds, assetUrl: "b" }), {
      replaces: ["assetUrl"],
      deleteBeforeReplace: true,
    });
  });

  it("gives a blank id for what is gone", async () => {
    const read = await batches().read!(`${test.emulator.projectId}/999999`, hidden);
    assert.deepEqual(read, { id: "", props: {} });
  });

  it("needs no key to preview, and names setting and variable once it does", async () => {
    const provider = batches({ ...setting(), "aidp:apiKey": "" });
    assert.deepEqual((await provider.check!({}, { name: "n", ...hidden })).failures, []);
    for (const work of [
      provider.create({ name: "n" }),
      provider.read!("p/1", { name: "n" }),
      provider.update!("p/1", { name: "n" }, { name: "m" }),
      provider.delete!("p/1", { name: "n" }),
    ]) {
      const error = await errorOf(work, Refusal);
      assert.equal(
        error.message,
        "the API key is missing: run `pulumi config set --secret aidp:apiKey …`, or set AIDP_API_KEY",
      );
      assert.equal(error.stack, "");
    }
  });

  it("names all that is not set where something is missing", async () => {
    const nothing = await batches({}).check!({}, { name: "n", ...hidden });
    assert.deepEqual(nothing.failures, [
      {
        property: "",
        reason:
          "projectId is required: pass it, run `pulumi config set aidp:projectId …`, or set AIDP_PROJECT_ID; not set either: aidp:apiKey (a secret) and aidp:spaceId",
      },
    ]);
    const { projectId } = test.emulator;
    const given = await batches({}).check!({}, { name: "n", projectId, ...hidden });
    assert.deepEqual(given.failures, []);
  });

  it("shows a wrong configuration at check, in one line without a stack", async () => {
    const provider = batches({ "aidp:baseUrl": "http://far.example" });
    const error = await errorOf(provider.check!({}, { name: "n", ...hidden }), Refusal);
    assert.match(error.message, /^aidp:baseUrl must be https, got "http:\/\/far\.example": .*$/);
    assert.equal(error.stack, "");
  });

  it("says so when it was never configured", async () => {
    const provider = new DynamicProvider(batchLifecycle);
    const { message } = await errorOf(provider.check({}, { name: "n" }), Refusal);
    assert.equal(message, "the provider is not configured");
  });

  it("takes the stack from an error of the API, as the SDK would print it", async () => {
    const provider = batches();
    const error = await errorOf(
      provider.read!(`${test.emulator.spaceId}/1`, hidden),
      NotFoundError,
    );
    assert.equal(error.stack, "");
    assert.match(error.message, /^GET \/projects\/.* answered 404: .*$/);
  });

  it("tells of what exists when a creation failed half way", async () => {
    const provider = batches();
    await addFault(test.emulator, { operation: "updateBatch", status: 400 });
    const inputs = { name: "half", metadata: { a: 1 }, projectId: test.emulator.projectId };
    const thrown: unknown = await provider.create({ ...inputs, ...hidden }).then(
      () => assert.fail("no error"),
      (error: unknown) => error,
    );
    const { id, properties, reasons, message } = thrown as {
      id: string;
      properties: Plain;
      reasons: string[];
      message: string;
    };
    const kept = (await storeOf(test.emulator)).batches.find(({ name }) => name === "half")!;
    assert.equal(id, `${test.emulator.projectId}/${kept.id}`);
    assert.equal(properties.batchId, String(kept.id));
    assert.deepEqual([properties.__provider, properties.__urn], Object.values(hidden));
    assert.deepEqual(reasons, [message]);
    assert.match(message, /^PATCH \/projects\/.* answered 400: .*$/);

    const updated = await provider.update!(id, properties, { ...inputs, ...hidden });
    assert.deepEqual(updated.outs?.metadata, { a: 1 });
    const healed = (await storeOf(test.emulator)).batches.find(({ name }) => name === "half");
    assert.deepEqual(unmarked(healed), { a: 1 });
  });

  it("names a work item by its URN, and makes none under an unknown one", async () => {
    const provider = new DynamicProvider(workItemLifecycle);
    void provider.configure(request(setting()));
    const item = { projectId: test.emulator.projectId, assetUrl: "a", assetType: "image" };
    const { outs } = await provider.create({
      ...item,
      __urn: "urn:pulumi:test::labeling::aidp:index:Any::named",
    });
    const stored = (await storeOf(test.emulator)).workItems;
    assert.deepEqual(withoutDigest(stored[0]?.metadata), {
      pulumiUrn: "urn:pulumi:test::labeling::aidp:index:Any::named",
      pulumiIncarnation: outs?.incarnation,
    });
    assert.equal(outs?.metadata, undefined);
    for (const __urn of [undefined, unknown]) {
      await assert.rejects(provider.create({ ...item, __urn }), /without a URN/);
    }
    assert.equal((await storeOf(test.emulator)).workItems.length, 1);
  });

  it("keeps secret what repeats the fields of items that moved away", async () => {
    const provider = new DynamicProvider(workItemSetLifecycle);
    void provider.configure(request(setting()));
    const { inputs } = await provider.check({}, { items: {}, ...hidden });
    const { id, outs } = await provider.create(inputs as Plain);
    const moved = JSON.stringify({ "a-moved-item": '{"metadata":{"patient":"secret"}}' });
    const { outs: next } = await provider.update(id, { ...outs, moved }, inputs as Plain);
    assert.deepEqual(next?.moved, {
      [runtime.specialSigKey]: runtime.specialSecretSig,
      value: moved,
    });
  });

  it("refuses in an update or a replacement, as in a creation, an item beside one that may be it", async () => {
    const sets = () => {
      const provider = new DynamicProvider(workItemSetLifecycle);
      void provider.configure(request(setting()));
      return provider;
    };
    const checked = async (provider: pulumi.dynamic.ResourceProvider, olds: Plain, items: Plain) =>
      (await provider.check!(olds, { items, ...hidden })).inputs as Plain;
    const then = { "b.jpg": { assetUrl: "b", assetType: "image", difficulty: 5 } };
    const now = { "b.jpg": { assetUrl: "b", assetType: "image", difficulty: 6 } };
    // An update that was killed made the item, and the state never heard of it.
    const killed = sets();
    await killed.create(await checked(killed, {}, then));
    const creating = sets();
    const failure = (await creating
      .create(await checked(creating, {}, now))
      .catch((error: unknown) => error)) as { id: string; properties: Plain; reasons: string[] };
    assert.match(failure.reasons.join(), /carries this declaration's mark/);
    const { id, properties: olds } = failure;
    const updating = sets();
    await assert.rejects(
      async () => updating.update(id, olds, await checked(updating, olds, now)),
      ({ reasons }: { reasons: string[] }) => /carries this declaration's mark/.test(`${reasons}`),
    );
    const replacing = sets();
    const news = await checked(replacing, olds, now);
    await replacing.diff!(id, olds, { ...news, batchId: "7" });
    await replacing.delete!(id, olds);
    await assert.rejects(replacing.create(news), ({ reasons }: { reasons: string[] }) =>
      /carries this declaration's mark/.test(`${reasons}`),
    );
    const stored = (await storeOf(test.emulator)).workItems.filter(
      ({ assetUrl }) => assetUrl === "b",
    );
    assert.deepEqual(
      stored.map(({ difficulty }) => difficulty),
      [5],
    );
  });
});
