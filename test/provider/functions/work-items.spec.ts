import assert from "node:assert/strict";
import pMap from "p-map";
import { annotate, clientOf, requests, resetRequests } from "../../../harness/emulator.ts";
import { getWorkItem } from "../../../provider/functions/get-work-item.ts";
import { type GetWorkItemsArgs, getWorkItems } from "../../../provider/functions/get-work-items.ts";
import { listWorkItems } from "../../../provider/functions/list-work-items.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { settingsOf, useSettings } from "../../support/settings.ts";
import { useShortWaits } from "../../support/short-waits.ts";

const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

describe("functions: work items", function () {
  useShortWaits();
  this.timeout(60_000);
  const test = useEmulator();
  useSettings(() => settingsOf(test.emulator));
  /** 250 work items, the first 30 of them in the first of 130 batches, one in each of the others. */
  let ids: string[];
  let batchIds: string[];
  before(async () => {
    const client = clientOf(test.emulator);
    const { projectId } = test.emulator;
    const names = Array.from({ length: 130 }, (_, index) => `batch ${index}`);
    const made = await pMap(names, (name) => client.batches.create(projectId, { name }));
    batchIds = made.map(({ id }) => id);
    const batchOf = (index: number) => (index < 30 ? batchIds[0] : batchIds[index - 29]);
    const items = await pMap(
      Array.from({ length: 250 }, (_, index) => index),
      (index) => {
        const batchId = batchOf(index);
        return client.workItems.create(projectId, {
          assetUrl: `${index}.png`,
          assetType: "image",
          ...(batchId !== undefined && { batchId }),
        });
      },
      { concurrency: 16 },
    );
    ids = items.map(({ id }) => id);
    await annotate(test.emulator, { workItemIDs: ids.slice(0, 3) });
  });
  beforeEach(() => resetRequests(test.emulator));

  const listings = async () => (await requests(test.emulator)).requests.listWorkItems;
  const selected = async (args: GetWorkItemsArgs) =>
    (await getWorkItems(args)).workItems.map(({ workItemId }) => workItemId).sort();

  it("finds any number of ids, a hundred a request, each once", async () => {
    assert.deepEqual(await selected({ workItemIds: [...ids, ids[0]!] }), ids.toSorted());
    assert.equal(await listings(), 3);
  });

  it("finds what is in any number of batches, a hundred a request", async () => {
    assert.deepEqual(
      await selected({ batchIds }),
      ids.filter((_, index) => index < 159).toSorted(),
    );
    // The first hundred batches hold 129 work items: two pages.
    assert.equal(await listings(), 3);
  });

  it("takes many ids and many batches together", async () => {
    const found = await selected({ batchIds, workItemIds: ids.slice(100, 220) });
    assert.deepEqual(found, ids.slice(100, 159).toSorted());
    assert.equal(await listings(), 4);
  });

  it("lists the whole project where nothing is said, and nothing where no id is given", async () => {
    assert.deepEqual(await selected({}), ids.toSorted());
    await resetRequests(test.emulator);
    assert.deepEqual(await selected({ workItemIds: [] }), []);
    assert.deepEqual(await selected({ batchIds: [] }), []);
    assert.equal(await listings(), undefined);
  });

  it("selects by status and moments", async () => {
    assert.deepEqual(await selected({ status: "COMPLETED" }), ids.slice(0, 3).toSorted());
    const { createdAt, updatedAt } = await getWorkItem({ workItemId: ids[0]! });
    const moments = { createdAtFrom: createdAt!, createdAtTo: createdAt! };
    const found = await selected({
      ...moments,
      updatedAtFrom: updatedAt!,
      updatedAtTo: updatedAt!,
    });
    assert.ok(found.includes(ids[0]!) && !found.includes(ids[249]!), String(found.length));
    assert.deepEqual(await selected({ createdAtTo: "2000-01-01T00:00:00+02:00" }), []);
    assert.deepEqual(await selected({ updatedAtTo: "2000-01-01T00:00:00Z" }), []);
  });

  it("gives one after the other, and asks for no more than are taken", async () => {
    const taken: string[] = [];
    for await (const { workItemId } of listWorkItems()) {
      taken.push(workItemId);
      if (taken.length === 101) {
        break;
      }
    }
    assert.equal(new Set(taken).size, 101);
    assert.equal(await listings(), 2);
    const all = await Array.fromAsync(listWorkItems({ workItemIds: ids }));
    assert.deepEqual(all.map(({ workItemId }) => workItemId).sort(), ids.toSorted());
  });

  it("reads one with every field, without the key of its declaration", async () => {
    const { projectId } = test.emulator;
    const item = {
      projectId,
      batchId: batchIds[0]!,
      assetUrl: "https://example.com/street.jpg",
      assetType: "external",
      assetId: "12",
      resultsUrl: "https://example.com/results",
      taxonomyVersionId: "0191d2f4-7a3c-7bbb-8000-3d8f3b0a7c11",
      metadata: { weather: "rain" },
      dueInSeconds: 3600,
      difficulty: 100,
      labels: [{ bbox: [1, 2, 3, 4] }],
    };
    const { id, state } = await workItemLifecycle.create(platformOf(test.emulator), item);
    const { workItemId, createdAt, updatedAt, deadline } = state;
    assert.deepEqual(await getWorkItem({ workItemId }), {
      ...item,
      id,
      workItemId,
      status: "NEW",
      createdAt,
      updatedAt,
      deadline,
      otherFields: {},
    });
    assert.equal(Date.parse(deadline!) - Date.parse(createdAt!), 3_600_000);
  });

  it("asks once for those that are read at about the same time", async () => {
    await Promise.all(ids.slice(0, 20).map((workItemId) => getWorkItem({ workItemId })));
    assert.equal(await listings(), 1);
  });

  it("says that there is no such work item", async () => {
    const { message } = await errorOf(getWorkItem({ workItemId: uuid }));
    assert.equal(
      message,
      `getWorkItem: workItemId ${uuid} is no work item of project ${test.emulator.projectId}: getWorkItems lists them`,
    );
  });

  const refused: [GetWorkItemsArgs, RegExp][] = [
    [{ status: "DONE" as "NEW" }, /^status must be one of "NEW", .*, got "DONE"$/],
    [{ createdAtFrom: "2026-01-01" }, /^createdAtFrom must be a moment like .*, got "2026-01-01"$/],
    [{ updatedAtTo: "today" }, /^updatedAtTo must be a moment like .*, got "today"$/],
    [{ workItemIds: [uuid, "x"] }, /^workItemIds\[1\] must be a UUID, got "x"$/],
    [{ workItemIds: uuid as unknown as string[] }, /^workItemIds must be a list, got "6f96/],
    [{ batchIds: [-1] }, /^batchIds\[0\] must be a batch's batchId .*, got -1$/],
    [{ batchIds: [1, `${uuid}/1`] }, /^batchId is of project 6f96\S+, but projectId is /],
    [
      { workItemIds: ["a", "b", "c", "d", "e"] },
      /^workItemIds\[0\] [^;]+; workItemIds\[1\] [^;]+; workItemIds\[2\] [^;]+; and 2 more$/,
    ],
  ];
  for (const [args, reason] of refused) {
    it(`refuses ${JSON.stringify(args)}, in both forms`, async () => {
      const array = await errorOf(getWorkItems(args));
      assert.match(array.message.replace(/^getWorkItems: /, ""), reason);
      const iterator = await errorOf(Array.fromAsync(listWorkItems(args)));
      assert.match(iterator.message.replace(/^listWorkItems: /, ""), reason);
    });
  }
});

describe("functions: work items that the platform describes otherwise", () => {
  const server = useRawServer();
  const settings = { "aidp:apiKey": "k", "aidp:projectId": uuid };
  useSettings(() => ({ ...settings, "aidp:baseUrl": server.origin }));

  it("keeps fields and statuses that are new and ids that no number holds", async () => {
    server.answersJson(
      `{"items":[{"id":"${uuid}","status":"CLIENT_REVIEW","batchId":9007199254740993,"assetId":9007199254740995,"frames":{"n":3}}]}`,
    );
    const [item] = (await getWorkItems()).workItems;
    assert.deepEqual(
      [item?.status, item?.batchId, item?.assetId, item?.labels, item?.metadata, item?.otherFields],
      ["CLIENT_REVIEW", "9007199254740993", "9007199254740995", [], {}, { frames: { n: 3 } }],
    );
  });
});
