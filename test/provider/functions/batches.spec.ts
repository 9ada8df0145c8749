import assert from "node:assert/strict";
import { clientOf, requests, resetRequests, storeOf } from "../../../harness/emulator.ts";
import { getBatch } from "../../../provider/functions/get-batch.ts";
import { getBatches } from "../../../provider/functions/get-batches.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { settingsOf, useSettings } from "../../support/settings.ts";

const otherProject = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

describe("functions: batches", () => {
  const test = useEmulator();
  useSettings(() => settingsOf(test.emulator));
  before(async () => {
    const client = clientOf(test.emulator);
    const { projectId } = test.emulator;
    // In order: of names that are equally close, the first are told.
    for (let index = 0; index < 149; index += 1) {
      await client.batches.create(projectId, { name: `batch ${index}` });
    }
  });
  beforeEach(() => resetRequests(test.emulator));

  const listings = async () => (await requests(test.emulator)).requests.listBatches;

  it("lists all pages, with counts", async () => {
    const [first] = (await storeOf(test.emulator)).batches;
    await clientOf(test.emulator).workItems.create(test.emulator.projectId, {
      assetUrl: "a.png",
      assetType: "image",
      batchId: String(first!.id),
    });
    const { batches } = await getBatches();
    const stored = (await storeOf(test.emulator)).batches;
    assert.equal(batches.length, 150);
    assert.deepEqual(
      batches.map(({ batchId, name, totalCount }) => [batchId, name, totalCount]),
      stored.map(({ id, name, totalCount }) => [String(id), name, totalCount]),
    );
    assert.equal(batches[0]?.totalCount, 1);
    assert.equal(await listings(), 2);
  });

  it("finds a batch by its name, number, text of its number, and id", async () => {
    const { projectId } = test.emulator;
    const stored = (await storeOf(test.emulator)).batches.find(({ name }) => name === "batch 7")!;
    const found = await getBatch({ name: "batch 7" });
    assert.deepEqual(found, {
      id: `${projectId}/${stored.id}`,
      batchId: String(stored.id),
      projectId,
      name: "batch 7",
      metadata: {},
      createdBy: stored.createdBy,
      createdAt: new Date(stored.createdAt).toISOString(),
      totalCount: 0,
      completedCount: 0,
      otherFields: {},
    });
    for (const batchId of [stored.id, String(stored.id), found.id]) {
      assert.deepEqual(await getBatch({ batchId }), found);
    }
  });

  it("asks for no more pages than it needs", async () => {
    await getBatch({ name: "Default" });
    assert.equal(await listings(), 1);
  });

  it("sees what changed since it was last asked", async () => {
    const { batchId } = await getBatch({ name: "Default" });
    const metadata = { owner: "vision" };
    await clientOf(test.emulator).batches.update(test.emulator.projectId, batchId, { metadata });
    assert.deepEqual((await getBatch({ name: "Default" })).metadata, metadata);
  });

  it("leaves out the mark of a batch that its stack let go of", async () => {
    const platform = platformOf(test.emulator);
    const inputs = { projectId: test.emulator.projectId, name: "released", metadata: { a: 1 } };
    const { id, state } = await batchLifecycle.create(platform, inputs);
    await batchLifecycle.delete(platform, id, state);
    const stored = (await storeOf(test.emulator)).batches.find(({ name }) => name === "released");
    assert.deepEqual(Object.keys(stored!.metadata), ["a", "pulumiReleased"]);
    assert.deepEqual((await getBatch({ name: "released" })).metadata, { a: 1 });
  });

  it("names the closest where there is no such name", async () => {
    const { message } = await errorOf(getBatch({ name: "bach 42" }));
    const { batches } = await storeOf(test.emulator);
    assert.match(
      message,
      new RegExp(
        `^getBatch: name "bach 42" is not one of the ${batches.length} batches of project ${test.emulator.projectId}; the closest: "batch 42", "batch 4?2?", "batch [0-9]+"$`,
      ),
    );
  });

  const refused: [string, Parameters<typeof getBatch>[0], RegExp][] = [
    [
      "an unknown number",
      { batchId: 4711 },
      /^batchId 4711 is not one of .*; getBatches lists them$/,
    ],
    ["nothing", {}, /^name or batchId must be given, and not both$/],
    ["both", { name: "a", batchId: 1 }, /^name or batchId must be given, and not both$/],
    ["a blank name", { name: " " }, /^name must not be empty$/],
    ["a number that is none", { batchId: "x" }, /^batchId must be a batch's batchId .*, got "x"$/],
    [
      "a batch of another project",
      { batchId: `${otherProject}/1` },
      /^batchId is of project 6f9619ff-\S+, but projectId is \S+: use a batch of the same project$/,
    ],
    [
      "a field that it does not have",
      { name: "a", ...{ colour: "red" } },
      /^colour is not an input of getBatch$/,
    ],
  ];
  for (const [what, args, reason] of refused) {
    it(`refuses ${what}`, async () => {
      const { message } = await errorOf(getBatch(args));
      assert.match(message.replace(/^getBatch: /, ""), reason);
    });
  }
});

describe("functions: batches that the platform describes otherwise", () => {
  const server = useRawServer();
  const settings = { "aidp:apiKey": "k", "aidp:projectId": otherProject };
  useSettings(() => ({ ...settings, "aidp:baseUrl": server.origin }));

  it("keeps fields that are new and ids that no number holds, and does without the missing", async () => {
    server.answersJson(`{"items":[{"id":9007199254740993,"name":"n","priority":7}]}`);
    assert.deepEqual(await getBatch({ batchId: "9007199254740993" }), {
      id: `${otherProject}/9007199254740993`,
      batchId: "9007199254740993",
      projectId: otherProject,
      name: "n",
      metadata: {},
      createdBy: undefined,
      createdAt: undefined,
      totalCount: 0,
      completedCount: 0,
      otherFields: { priority: 7 },
    });
  });
});
