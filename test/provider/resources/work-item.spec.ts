import assert from "node:assert/strict";
import {
  addFault,
  annotate,
  changeSettings,
  clientOf,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { NotFoundError, ServerError } from "../../../provider/api/errors.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { withoutDigest } from "../../support/unmarked.ts";

type Inputs = Parameters<typeof workItemLifecycle.create>[1];
type State = Parameters<typeof workItemLifecycle.delete>[2];

const labels = [{ bbox: [1, 2, 3, 4], metadata: { category: "car" } }];
const otherLabels = [{ bbox: [5, 6, 7, 8] }];

describe("provider: WorkItem: its life", () => {
  useShortWaits();
  const test = useEmulator();
  let created = 0;
  beforeEach(() => resetRequests(test.emulator));

  const inputs = (more: Plain = {}): Inputs => ({
    projectId: test.emulator.projectId,
    assetUrl: "uploads/a.png",
    assetType: "image",
    ...more,
  });
  /** A work item of a declaration of its own. */
  function create(more: Plain = {}) {
    created += 1;
    const platform = platformOf(test.emulator, {
      owner: `urn:pulumi:life::labeling::aidp:index:Any::${created}`,
    });
    return workItemLifecycle.create(platform, inputs(more));
  }
  const platform = () => platformOf(test.emulator);
  const stored = async (id: string) =>
    (await storeOf(test.emulator)).workItems.find((item) => id.endsWith(`/${item.id}`))!;
  const sent = async () => (await requests(test.emulator)).requests;

  it("is created with every field that is declared, and its key", async () => {
    const { emulator } = test;
    const batch = await clientOf(emulator).batches.create(emulator.projectId, { name: "b" });
    const declared = inputs({
      assetId: "12",
      batchId: batch.id,
      resultsUrl: "https://example.com/results",
      taxonomyVersionId: "0191d2f4-7a3c-7bbb-8000-3d8f3b0a7c11",
      metadata: { weather: "rain" },
      callbackUrl: "https://example.com/hook",
      dueInSeconds: 3600,
      difficulty: 0,
      labels,
      onWorkInProgress: "cancel",
    });
    const owner = "urn:pulumi:life::labeling::aidp:index:Any::full";
    const { id, state } = await workItemLifecycle.create(platformOf(emulator, { owner }), declared);
    const { history, createdAt, updatedAt, ...kept } = await stored(id);
    const { onWorkInProgress, callbackUrl, ...sentInputs } = declared;
    assert.deepEqual(
      { ...kept, metadata: withoutDigest(kept.metadata) },
      {
        ...sentInputs,
        id: state.workItemId,
        status: "NEW",
        assetId: 12,
        batchId: Number(batch.id),
        metadata: {
          weather: "rain",
          callbackUrl,
          pulumiUrn: owner,
          pulumiIncarnation: state.incarnation,
        },
      },
    );
    assert.equal(id, `${emulator.projectId}/${kept.id}`);
    assert.deepEqual(state, {
      ...declared,
      incarnation: state.incarnation,
      workItemId: kept.id,
      status: "NEW",
      createdAt,
      updatedAt,
      deadline: new Date(Date.parse(createdAt) + 3_600_000).toISOString(),
    });
    assert.deepEqual([history, onWorkInProgress], [[], "cancel"]);
  });

  it("is created by one POST in the project's batch Default, where no batch is declared", async () => {
    const { id, state } = await create();
    assert.equal((await sent()).createWorkItem, 1);
    const { batches } = await storeOf(test.emulator);
    const batch = batches.find(({ name }) => name === "Default");
    assert.equal((await stored(id)).batchId, batch?.id);
    assert.deepEqual([state.batchId, state.deadline], [undefined, undefined]);
  });

  it("is due at the moment that is declared", async () => {
    const moment = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
    const dueAt = new Date(moment).toISOString();
    const { id, state } = await create({ dueAt });
    const { createdAt, dueInSeconds } = await stored(id);
    const error = Date.parse(createdAt) + dueInSeconds! * 1000 - moment;
    assert.ok(error >= 0 && error < 60_000, `${error} ms off`);
    assert.deepEqual([state.dueAt, state.dueInSeconds], [dueAt, undefined]);
    const found = await workItemLifecycle.read(platform(), id, state);
    assert.equal(found?.inputs?.dueAt, dueAt);
    assert.deepEqual(workItemLifecycle.diff(found!.state, inputs({ dueAt })).replaces, []);
  });

  it("is not sent when its moment passed between preview and creation", async () => {
    const dueAt = new Date(Date.now() - 1000).toISOString();
    const { message } = await errorOf(create({ dueAt }), Refusal);
    assert.equal(message, `dueAt must be in the future, got ${dueAt}`);
    assert.equal((await sent()).createWorkItem, undefined);
  });

  it("shows what the platform refuses", async () => {
    const error = await errorOf(create({ batchId: "999999" }), NotFoundError);
    assert.match(error.message, /^POST .* answered 404: Batch 999999/);
  });

  it("is read as it is declared: no change", async () => {
    const declared = {
      metadata: { b: 1, a: { c: [1] } },
      difficulty: 3,
      labels,
      dueInSeconds: 60,
    };
    const { id, state } = await create(declared);
    const found = await workItemLifecycle.read(platform(), id, state);
    assert.deepEqual(found, { inputs: inputs(declared), state });
    assert.equal(workItemLifecycle.diff(found!.state, inputs(declared)).changed, false);
  });

  it("is read as it is declared, with a number that no id could be told from", async () => {
    const declared = { metadata: { checksum: 2 ** 60 } };
    const { id, state } = await create(declared);
    const found = await workItemLifecycle.read(platform(), id, state);
    const { changed } = workItemLifecycle.diff(found!.state, inputs(declared));
    assert.equal(changed, false, "or every refresh would replace the work item");
  });

  it("is read by its id alone, with everything but the key", async () => {
    const declared = { metadata: { a: 1 }, difficulty: 3, labels, dueInSeconds: 60 };
    const { id } = await create(declared);
    const found = await workItemLifecycle.read(platform(), id, {});
    const { batchId } = await stored(id);
    assert.deepEqual(found?.inputs, inputs({ ...declared, batchId: String(batchId) }));
  });

  it("shows labels that another client set, and none where none are declared", async () => {
    const { emulator } = test;
    const labelled = await create({ labels });
    const plain = await create();
    for (const { state } of [labelled, plain]) {
      await clientOf(emulator).workItems.setLabels(
        emulator.projectId,
        state.workItemId,
        otherLabels,
      );
    }
    const found = await workItemLifecycle.read(platform(), labelled.id, labelled.state);
    assert.deepEqual([found?.inputs?.labels, found?.state.labels], [otherLabels, otherLabels]);
    assert.deepEqual(workItemLifecycle.diff(found!.state, inputs({ labels })), {
      changed: true,
      replaces: [],
    });
    const undeclared = await workItemLifecycle.read(platform(), plain.id, plain.state);
    assert.equal(undeclared?.inputs?.labels, undefined);
  });

  it("shows how far the work is, which is no change", async () => {
    const { id, state } = await create();
    await annotate(test.emulator, { workItemIDs: [state.workItemId] });
    const found = await workItemLifecycle.read(platform(), id, state);
    assert.equal(found?.state.status, "COMPLETED");
    assert.equal(found?.state.updatedAt, (await stored(id)).updatedAt);
    assert.equal(workItemLifecycle.diff(found!.state, inputs()).changed, false);
  });

  it("is gone when the platform does not list it", async () => {
    const id = `${test.emulator.projectId}/${test.emulator.spaceId}`;
    assert.equal(await workItemLifecycle.read(platform(), id, {}), undefined);
  });

  describe("while no listing has it yet", () => {
    beforeEach(() => changeSettings(test.emulator, { consistencyDelayMs: 300 }));
    afterEach(() => changeSettings(test.emulator, { consistencyDelayMs: 0 }));

    it("is not gone", async () => {
      const { id, state } = await create();
      const found = await workItemLifecycle.read(platform(), id, state);
      assert.equal(found?.state.workItemId, state.workItemId);
    });

    it("is cancelled when it is destroyed", async () => {
      const { id, state } = await create();
      await workItemLifecycle.delete(platform(), id, state);
      assert.equal((await stored(id)).status, "FAILED");
    });
  });

  it("is not gone because the key is wrong, the project unknown, or the service down", async () => {
    const { emulator } = test;
    const { id, state } = await create();
    const wrong = platformOf(emulator, { client: clientOf(emulator, "wrong") });
    await assert.rejects(workItemLifecycle.read(wrong, id, state), { name: "AuthenticationError" });
    const elsewhere = `${emulator.spaceId}/${state.workItemId}`;
    await errorOf(workItemLifecycle.read(platform(), elsewhere, state), NotFoundError);
    await addFault(emulator, { operation: "listWorkItems", status: 503, retryAfter: 0, times: 0 });
    await errorOf(workItemLifecycle.read(platform(), id, state), ServerError);
  });

  it("says so when an id is none of a work item", async () => {
    const { message } = await errorOf(workItemLifecycle.read(platform(), "x", {}), Refusal);
    assert.equal(message, '"x" is not the id of a work item: it has the form <uuid>/<id>');
  });

  for (const [what, olds, news] of [
    ["other ones", labels, otherLabels],
    ["the first", undefined, labels],
    ["none any more", labels, undefined],
  ] as const) {
    it(`gets its labels in place: ${what}`, async () => {
      const { id, state } = await create(olds && { labels: olds });
      await resetRequests(test.emulator);
      const declared = inputs(news && { labels: news });
      const updated = await workItemLifecycle.update(platform(), id, state, declared);
      assert.deepEqual((await stored(id)).labels, news ?? []);
      assert.deepEqual(await sent(), { setLabels: 1, listWorkItems: 1 });
      assert.deepEqual(workItemLifecycle.diff(updated, declared), { changed: false, replaces: [] });
      assert.equal(updated.updatedAt, (await stored(id)).updatedAt);
    });
  }

  it("sends nothing to change what the platform does not know", async () => {
    const { id, state } = await create({ labels });
    await resetRequests(test.emulator);
    const declared = inputs({ labels, onWorkInProgress: "cancel" });
    const updated = await workItemLifecycle.update(platform(), id, state, declared);
    assert.equal(updated.onWorkInProgress, "cancel");
    assert.deepEqual(await sent(), { listWorkItems: 1 });
  });

  it("is cancelled by itself where a group of them is refused as a whole", async () => {
    const items = [await create(), await create()];
    const one = platform();
    await addFault(test.emulator, { operation: "signalWorkItems", status: 400, times: 1 });
    await resetRequests(test.emulator);
    await Promise.all(items.map(({ id, state }) => workItemLifecycle.delete(one, id, state)));
    const statuses = items.map(async ({ id }) => (await stored(id)).status);
    assert.deepEqual(await Promise.all(statuses), ["FAILED", "FAILED"]);
    assert.equal((await sent()).signalWorkItems, 3);
  });

  it("stays in the state while the platform does not list it, and says so", async () => {
    const { id, state } = await create();
    const empty = { status: 200, body: { items: [] }, times: 0 };
    await addFault(test.emulator, { operation: "listWorkItems", ...empty });
    const on = platform();
    const kept = { ...state, status: "NOT_LISTED" };
    assert.deepEqual(await workItemLifecycle.read(on, id, state), { state: kept });
    assert.match(on.warned.join(), /^the platform does not list work item .* The state keeps it$/);
  });

  it("says so when it is not listed at an update", async () => {
    const { state } = await create();
    const id = `${test.emulator.projectId}/${test.emulator.spaceId}`;
    const { message } = await errorOf(
      workItemLifecycle.update(platform(), id, state, inputs()),
      Refusal,
    );
    assert.match(
      message,
      /^the platform does not list work item \S+, though it deletes none: .* later$/,
    );
  });

  describe("when the platform shows other values", () => {
    const server = useRawServer();
    // The API has no way to change these, so no emulator can; what a platform does is another matter.
    const drifts: [keyof Inputs, unknown, unknown, unknown?][] = [
      ["assetUrl", "uploads/a.png", "uploads/b.png"],
      ["assetType", "image", "video"],
      ["assetId", "1", 2, "2"],
      ["batchId", "1", 2, "2"],
      ["resultsUrl", "https://a.b/c", "https://a.b/d"],
      ["taxonomyVersionId", "t1", "t2"],
      ["metadata", { a: 1 }, { a: 2 }],
      ["metadata", { a: 1 }, { b: 2 }, {}],
      ["dueInSeconds", 60, 120],
      ["difficulty", 1, 2],
      ["labels", labels, otherLabels],
      ["dueAt", "2030-01-01T01:00:00Z", undefined, "2030-01-01T02:00:00.000Z"],
    ];
    for (const [field, declared, shown, read = shown] of drifts) {
      it(`reads another ${field}: ${JSON.stringify(read)}`, async () => {
        const olds = { ...inputs(), [field]: declared, workItemId: "w", status: "NEW" };
        const item = {
          id: "w",
          status: "NEW",
          assetUrl: olds.assetUrl,
          assetType: olds.assetType,
          createdAt: "2030-01-01T00:00:00Z",
          ...(field === "dueAt" ? { dueInSeconds: 7200 } : { [field]: shown }),
        };
        server.answersJson(JSON.stringify({ items: [item] }));
        const client = new Client({ apiKey: "key", baseUrl: server.origin });
        const other = platformOf(test.emulator, { client });
        const found = await workItemLifecycle.read(other, "p/w", olds as unknown as State);
        assert.deepEqual(found?.inputs?.[field], read);
        const news = olds as unknown as Inputs;
        assert.equal(workItemLifecycle.diff(found!.state, news).changed, true);
      });
    }
  });
});
