import assert from "node:assert/strict";
import {
  addFault,
  annotate,
  changeSettings,
  clientOf,
  requests,
  resetRequests,
  type StoredBatch,
  storeOf,
} from "../../../harness/emulator.ts";
import { NotFoundError, ServerError } from "../../../provider/api/errors.ts";
import { PartialFailure, Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { batchLifecycle, batchMutability } from "../../../provider/resources/batch.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { unmarked } from "../../support/unmarked.ts";

type State = Parameters<typeof batchLifecycle.delete>[2];

const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const defaults = { projectId: uuid, spaceId: undefined };

describe("provider: Batch: check", () => {
  const refused: [Plain, string[]][] = [
    [{}, ["name is required"]],
    [{ name: "" }, ["name must not be empty"]],
    [{ name: " \n" }, ["name must not be empty"]],
    [{ name: 5 }, ["name must be text, got 5"]],
    [{ name: "n", metadata: "x" }, ['metadata must be an object like {"owner": "…"}']],
    [{ name: "n", metadata: [1] }, ['metadata must be an object like {"owner": "…"}']],
    [{ name: "n", adopt: "yes" }, ['adopt must be true or false, got "yes"']],
    [{ name: "n", projectId: "roads" }, ['projectId must be a UUID, got "roads"']],
    [{ name: "n", colour: "red" }, ["colour is not an input of this resource"]],
    [{ name: 5, adopt: 1 }, ["name must be text, got 5", "adopt must be true or false, got 1"]],
  ];
  for (const [inputs, reasons] of refused) {
    it(`${JSON.stringify(inputs)}: ${reasons.join("; ")}`, async () => {
      const { failures } = await batchLifecycle.check(inputs, {}, defaults);
      assert.deepEqual(
        failures.map(({ reason }) => reason),
        reasons,
      );
      for (const { property, reason } of failures) {
        assert.ok(reason.startsWith(`${property} `));
      }
    });
  }

  it("takes the project of the configuration, unless the batch has one", async () => {
    const check = async (news: Plain) => (await batchLifecycle.check(news, {}, defaults)).inputs;
    assert.deepEqual(await check({ name: "n" }), { name: "n", projectId: uuid });
    const own = "a3bb189e-8bf9-4888-9912-ace4e6543002";
    assert.equal((await check({ name: "n", projectId: own })).projectId, own);
  });

  it("says how to give a project where there is none", async () => {
    const nowhere = { projectId: undefined, spaceId: undefined };
    const { failures } = await batchLifecycle.check({ name: "n" }, {}, nowhere);
    assert.deepEqual(failures, [
      {
        property: "projectId",
        reason:
          "projectId is required: pass it, run `pulumi config set aidp:projectId …`, or set AIDP_PROJECT_ID",
      },
    ]);
  });
});

describe("provider: Batch: diff", () => {
  const full = { projectId: "p", name: "n", metadata: { a: 1, b: 2 }, adopt: false };
  const state = { ...full, batchId: "1", createdBy: "u", createdAt: "t" } as unknown as State;
  const changes = {
    projectId: "q",
    name: "m",
    metadata: { a: 2, b: 2 },
    adopt: true,
    provenance: true,
    provenanceOf: ["photos"],
  };
  const expected = {
    projectId: { changed: true, replaces: ["projectId"] },
    name: { changed: true, replaces: [] },
    metadata: { changed: true, replaces: [] },
    adopt: { changed: false, replaces: [] },
    provenance: { changed: true, replaces: [] },
    provenanceOf: { changed: false, replaces: [] },
  };
  for (const field of Object.keys(batchMutability) as (keyof typeof changes)[]) {
    it(`a change of ${field}, either way round`, () => {
      const news = { ...full, [field]: changes[field] };
      assert.deepEqual(batchLifecycle.diff(state, news), expected[field]);
      const swapped = { ...state, ...news };
      assert.deepEqual(batchLifecycle.diff(swapped, full), expected[field]);
    });
  }

  const { metadata: _, ...bare } = full;
  const equal: [string, Plain, Plain][] = [
    ["the order of keys", full, { ...full, metadata: { b: 2, a: 1 } }],
    ["empty metadata and none", { ...bare, metadata: {} }, bare],
    ["outputs", state as unknown as Plain, full],
  ];
  for (const [name, olds, news] of equal) {
    it(`sees no change in ${name}, either way round`, () => {
      for (const [left, right] of [
        [olds, news],
        [news, olds],
      ]) {
        const found = batchLifecycle.diff(left as unknown as State, right as typeof full);
        assert.deepEqual(found, { changed: false, replaces: [] });
      }
    });
  }
});

describe("provider: Batch: its life", () => {
  const test = useEmulator();
  beforeEach(() => resetRequests(test.emulator));

  const inputs = (name: string, more: Plain = {}) => ({
    projectId: test.emulator.projectId,
    name,
    ...more,
  });
  const create = (name: string, more?: Plain) =>
    batchLifecycle.create(platformOf(test.emulator), inputs(name, more));
  const named = async (name: string): Promise<StoredBatch[]> =>
    (await storeOf(test.emulator)).batches.filter((batch) => batch.name === name);
  const sent = async () => (await requests(test.emulator)).requests;

  it("is created by one request, and marked as this declaration's by another", async () => {
    const { id, state } = await create("plain");
    const [stored, ...others] = await named("plain");
    assert.deepEqual(others, []);
    assert.deepEqual(await sent(), { createBatch: 1, updateBatch: 1 });
    assert.deepEqual(stored!.metadata, {
      pulumiUrn: "urn:pulumi:test::labeling::aidp:index:Any::item",
      pulumiIncarnation: state.incarnation,
    });
    assert.equal(id, `${test.emulator.projectId}/${stored!.id}`);
    assert.deepEqual(state, {
      projectId: test.emulator.projectId,
      name: "plain",
      incarnation: state.incarnation,
      batchId: String(stored!.id),
      createdBy: stored!.createdBy,
      createdAt: new Date(stored!.createdAt).toISOString(),
      totalCount: 0,
      completedCount: 0,
    });
  });

  it("gets its metadata when it is created", async () => {
    const { state } = await create("described", { metadata: { team: "roads" } });
    assert.deepEqual(unmarked((await named("described"))[0]), { team: "roads" });
    assert.deepEqual(state.metadata, { team: "roads" });
  });

  it("is read as it is declared, with its counts", async () => {
    const { emulator } = test;
    const { id, state } = await create("read", { metadata: { a: 1 } });
    const asset = { assetUrl: "a", assetType: "image", batchId: state.batchId };
    const client = clientOf(emulator);
    const first = await client.workItems.create(emulator.projectId, asset);
    await client.workItems.create(emulator.projectId, asset);
    await annotate(emulator, { workItemIDs: [first.id] });
    const found = await batchLifecycle.read(platformOf(emulator), id, state);
    assert.deepEqual(found?.inputs, inputs("read", { metadata: { a: 1 } }));
    assert.deepEqual(found?.state, { ...state, totalCount: 2, completedCount: 1 });
  });

  it("is read by its id alone, metadata and all", async () => {
    const { id, state: made } = await create("by id", { metadata: { a: 1 } });
    const { incarnation: _, ...state } = made;
    const found = await batchLifecycle.read(platformOf(test.emulator), id, {});
    assert.deepEqual(found, { inputs: inputs("by id", { metadata: { a: 1 } }), state });
  });

  it("shows the priority that newer services tell, and sends none", async () => {
    const { emulator } = test;
    await changeSettings(emulator, { dialects: ["more-fields"] });
    const { state } = await create("with a priority", { metadata: { a: 1 } });
    await changeSettings(emulator, { dialects: [] });
    assert.equal(state.priority, 0);
  });

  it("shows what another client changed", async () => {
    const { emulator } = test;
    const { id, state } = await create("drifting", { metadata: { a: 1 } });
    const changes = { name: "drifted", metadata: { b: 2 } };
    await clientOf(emulator).batches.update(emulator.projectId, state.batchId, changes);
    const found = await batchLifecycle.read(platformOf(emulator), id, state);
    assert.deepEqual(found?.inputs, inputs("drifted", { metadata: { b: 2 } }));
    const { name, metadata } = found!.state;
    assert.deepEqual({ name, metadata }, changes);
    assert.equal(batchLifecycle.diff(found!.state, inputs("drifting")).changed, true);
  });

  it("leaves metadata alone that was never declared", async () => {
    const { emulator } = test;
    const { id, state } = await create("undeclared");
    const metadata = { by: "others" };
    await clientOf(emulator).batches.update(emulator.projectId, state.batchId, { metadata });
    const found = await batchLifecycle.read(platformOf(emulator), id, state);
    assert.deepEqual(found, { inputs: inputs("undeclared"), state });
    const renamed = inputs("undeclared, renamed");
    await batchLifecycle.update(platformOf(emulator), id, found.state, renamed);
    assert.deepEqual((await named("undeclared, renamed"))[0]?.metadata, metadata);
  });

  it("lists the batches once for all that are read, and anew after one was changed", async () => {
    const platform = platformOf(test.emulator);
    const made = await Promise.all(
      ["a", "b", "c"].map((name) =>
        batchLifecycle.create(platform, {
          projectId: test.emulator.projectId,
          name: `once ${name}`,
        }),
      ),
    );
    await resetRequests(test.emulator);
    for (const { id, state } of made) {
      assert.equal((await batchLifecycle.read(platform, id, state))?.state.name, state.name);
    }
    assert.deepEqual((await requests(test.emulator)).requests, { listBatches: 1 });
    const [{ id, state }] = made as [(typeof made)[0]];
    await batchLifecycle.update(platform, id, state, { ...state, name: "once changed" });
    assert.equal((await batchLifecycle.read(platform, id, state))?.state.name, "once changed");
  });

  it("is gone when no batch has its id", async () => {
    const id = `${test.emulator.projectId}/999999`;
    assert.equal(await batchLifecycle.read(platformOf(test.emulator), id, {}), undefined);
  });

  it("stays in the state while the platform does not list it, and says so", async () => {
    const { id, state } = await create("unlisted");
    const empty = { status: 200, body: { items: [] }, times: 0 };
    await addFault(test.emulator, { operation: "listBatches", ...empty });
    const platform = platformOf(test.emulator);
    assert.deepEqual(await batchLifecycle.read(platform, id, state), { state });
    await batchLifecycle.delete(platform, id, state);
    assert.match(platform.warned[0]!, /^the platform does not list batch "unlisted", .*keeps it$/);
    assert.match(platform.warned[1]!, /It could not be marked as released/);
  });

  it("is not gone because the key is wrong, the project unknown, or the service down", async () => {
    const { emulator } = test;
    const { id, state } = await create("there");
    const wrong = platformOf(emulator, { client: clientOf(emulator, "wrong") });
    await assert.rejects(batchLifecycle.read(wrong, id, state), { name: "AuthenticationError" });
    const elsewhere = `${emulator.spaceId}/${state.batchId}`;
    await errorOf(batchLifecycle.read(platformOf(emulator), elsewhere, state), NotFoundError);
    await addFault(emulator, { operation: "listBatches", status: 503, retryAfter: 0, times: 0 });
    await errorOf(batchLifecycle.read(platformOf(emulator), id, state), ServerError);
  });

  it("says so when an id is none of a batch", async () => {
    const { message } = await errorOf(
      batchLifecycle.read(platformOf(test.emulator), "7", {}),
      Refusal,
    );
    assert.equal(message, '"7" is not the id of a batch: it has the form <uuid>/<id>');
  });

  const updates: [string, Plain, Plain, Plain][] = [
    ["the name", {}, { name: "other name" }, { name: "other name", metadata: {} }],
    [
      "the name beside metadata",
      { metadata: { a: 1 } },
      { name: "yet another name" },
      { name: "yet another name", metadata: { a: 1 } },
    ],
    ["new metadata", {}, { metadata: { a: 1 } }, { metadata: { a: 1 } }],
    [
      "other metadata",
      { metadata: { a: 1, b: 2 } },
      { metadata: { a: 2 } },
      { metadata: { a: 2 } },
    ],
    ["no metadata any more", { metadata: { a: 1 } }, { metadata: undefined }, { metadata: {} }],
  ];
  for (const [what, olds, news, stored] of updates) {
    it(`is updated in place: ${what}`, async () => {
      const { emulator } = test;
      const name = `updated: ${what}`;
      const { id, state } = await create(name, olds);
      await resetRequests(emulator);
      const declared = inputs(name, { ...olds, ...news });
      const updated = await batchLifecycle.update(platformOf(emulator), id, state, declared);
      assert.deepEqual(await sent(), { updateBatch: 1 });
      const kept = (await storeOf(emulator)).batches.find(
        (batch) => String(batch.id) === state.batchId,
      )!;
      assert.deepEqual(
        { ...kept, metadata: unmarked(kept), ...stored },
        { ...kept, metadata: unmarked(kept) },
      );
      assert.equal(updated.name, declared.name);
      assert.equal(updated.batchId, state.batchId);
      assert.equal(updated.createdAt, state.createdAt);
      // What was applied is what was declared: the next preview shows nothing.
      assert.deepEqual(batchLifecycle.diff(updated, declared), { changed: false, replaces: [] });
    });
  }

  it("keeps its counts through an update, as the answer has none", async () => {
    const { id, state } = await create("counted");
    const olds = { ...state, totalCount: 5, completedCount: 3 };
    const news = inputs("counted, renamed");
    const updated = await batchLifecycle.update(platformOf(test.emulator), id, olds, news);
    assert.deepEqual([updated.totalCount, updated.completedCount], [5, 3]);
  });

  it("cannot take the name of another batch", async () => {
    const { id, state } = await create("one");
    const { message } = await errorOf(
      batchLifecycle.update(platformOf(test.emulator), id, state, inputs("Default")),
      Refusal,
    );
    assert.match(
      message,
      /^name "Default" is taken by another batch of the project: choose another name\. PATCH .*$/,
    );
    assert.equal((await named("one")).length, 1);
  });

  it("tells of itself when its metadata could not be set, and goes on from there", async () => {
    const { emulator } = test;
    await addFault(emulator, { operation: "updateBatch", status: 400 });
    const declared = inputs("half", { metadata: { a: 1 } });
    const failure = await errorOf(
      batchLifecycle.create(platformOf(emulator), declared),
      PartialFailure,
    );
    const [stored] = await named("half");
    assert.equal(failure.id, `${emulator.projectId}/${stored!.id}`);
    assert.deepEqual(stored!.metadata, {});
    const state = failure.state as State;
    assert.equal(batchLifecycle.diff(state, declared).changed, true);
    const updated = await batchLifecycle.update(platformOf(emulator), failure.id, state, declared);
    assert.deepEqual(unmarked((await named("half"))[0]), { a: 1 });
    assert.equal(batchLifecycle.diff(updated, declared).changed, false);
  });
});
