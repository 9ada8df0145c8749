import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { annotate, clientOf, requests, storeOf } from "../../../harness/emulator.ts";
import type { Client } from "../../../provider/api/client.ts";
import { fileExists, putFile } from "../../../provider/api/files.ts";
import { openContent } from "../../../provider/disk/pieces.ts";
import { useEmulator } from "../../support/emulator.ts";

describe("provider: the thirteen operations", () => {
  const test = useEmulator();
  let client: Client;
  let projectId: string;
  let spaceId: string;
  before(() => {
    client = clientOf(test.emulator);
    ({ projectId, spaceId } = test.emulator);
  });

  const asset = { assetUrl: "uploads/a.png", assetType: "image" };
  const stored = async (id: string) =>
    (await storeOf(test.emulator)).workItems.find((item) => item.id === id);

  it("createUploadUrls and createReadUrls: a file goes to an upload URL, and is read from a read URL", async () => {
    const file = join(test.dataDir, "hello.txt");
    await writeFile(file, "hello");
    const [target] = await client.signedUrls.forUpload(spaceId);
    await putFile(target!.signedUrl, await openContent(file, "text/plain"));
    const [kept] = (await storeOf(test.emulator)).files;
    assert.deepEqual(
      [kept?.spaceId, kept?.path, kept?.size, kept?.contentType],
      [spaceId, target!.path, 5, "text/plain"],
    );
    const [readable] = await client.signedUrls.forReading(spaceId, [target!.path]);
    assert.equal(await (await fetch(readable!.signedUrl)).text(), "hello");
    assert.equal(await fileExists(readable!.signedUrl), true);
  });

  it("createUploadUrls gives up to ten paths, each another", async () => {
    const paths = (await client.signedUrls.forUpload(spaceId, 10)).map(({ path }) => path);
    assert.equal(new Set(paths).size, 10);
  });

  it("createBatch and updateBatch: a batch is created, renamed, and given metadata", async () => {
    const batch = await client.batches.create(projectId, { name: "first name" });
    // An entry that JavaScript would take for its own is one like any other.
    const metadata = JSON.parse('{"team":"roads","__proto__":{"a":1}}');
    await client.batches.update(projectId, batch.id, { name: "second name", metadata });
    const kept = (await storeOf(test.emulator)).batches.find(({ id }) => String(id) === batch.id);
    assert.deepEqual([kept?.name, kept?.metadata], ["second name", metadata]);
  });

  it("listBatches: every batch is listed, with its counts", async () => {
    const batch = await client.batches.create(projectId, { name: "counted" });
    await client.workItems.create(projectId, { ...asset, batchId: batch.id });
    await client.workItems.create(projectId, { ...asset, batchId: batch.id });
    const batches = await Array.fromAsync(client.batches.list(projectId));
    assert.deepEqual(
      batches.map(({ id }) => Number(id)),
      (await storeOf(test.emulator)).batches.map(({ id }) => id),
    );
    const listed = batches.find(({ id }) => id === batch.id);
    assert.deepEqual([listed?.totalCount, listed?.completedCount], [2, 0]);
  });

  it("listProjects and getProject: the projects of the space are listed, and one is read", async () => {
    const projects = await client.projects.list(spaceId);
    assert.deepEqual(
      projects.map(({ id }) => id),
      test.emulator.tenants[0]!.projectIds,
    );
    const project = await client.projects.get(spaceId, projectId);
    assert.deepEqual(project, projects[0]);
    assert.equal(project.spaceID, spaceId);
  });

  it("signalWorkItems: one signal reaches many work items, with feedback", async () => {
    const items = [
      await client.workItems.create(projectId, asset),
      await client.workItems.create(projectId, asset),
    ];
    const feedback = { comments: ["blurred"] };
    const targets = items.map(({ id }) => ({ workItemID: id, feedback }));
    await client.signals.sendMany(projectId, "cancel", targets);
    for (const { id } of items) {
      const item = await stored(id);
      assert.equal(item?.status, "FAILED");
      assert.deepEqual(item.history[0]?.feedback, feedback);
    }
  });

  it("createWorkItem and listWorkItems: a work item is created with every field, and listed with its labels", async () => {
    const batch = await client.batches.create(projectId, { name: "every field" });
    const input = {
      assetUrl: "https://example.com/street.jpg?size=1",
      assetType: "external",
      assetId: "12",
      batchId: batch.id,
      resultsUrl: "https://example.com/results",
      taxonomyVersionId: "0191d2f4-7a3c-7bbb-8000-3d8f3b0a7c11",
      metadata: { weather: "rain", lanes: [1, 2] },
      dueInSeconds: 2_592_000,
      difficulty: 100,
      labels: [{ bbox: [1.5, 2, 30, 40], metadata: { category: "car" } }],
    };
    const { id } = await client.workItems.create(projectId, input);
    const item = await stored(id);
    const { createdAt, updatedAt, history, ...kept } = item!;
    assert.deepEqual(kept, {
      ...input,
      id,
      projectId,
      status: "NEW",
      assetId: 12,
      batchId: Number(batch.id),
    });
    assert.deepEqual(history, []);
    const [listed] = await Array.fromAsync(
      client.workItems.list(projectId, { batchIds: [batch.id], status: "NEW" }),
    );
    assert.deepEqual(listed, { ...input, id, status: "NEW", createdAt, updatedAt });
  });

  it("listWorkItems: the filter selects, and an unknown id finds nothing", async () => {
    const one = await client.workItems.create(projectId, asset);
    const other = await client.workItems.create(projectId, asset);
    const select = async (filter: Parameters<Client["workItems"]["list"]>[1]) =>
      (await Array.fromAsync(client.workItems.list(projectId, filter))).map(({ id }) => id);
    assert.deepEqual(await select({ workItemIDs: [one.id, other.id] }), [one.id, other.id]);
    assert.deepEqual(await select({ workItemIDs: [one.id], status: "COMPLETED" }), []);
    const { createdAt } = one;
    const since = await select({ createdAtFrom: createdAt!, updatedAtFrom: createdAt! });
    assert.ok(since.includes(one.id) && since.includes(other.id));
    assert.deepEqual(await select({ createdAtTo: "2000-01-01T00:00:00Z" }), []);
    assert.equal((await client.workItems.find(projectId, other.id))?.id, other.id);
    assert.equal(await client.workItems.find(projectId, projectId), undefined);
  });

  it("setLabels: labels are replaced as a whole", async () => {
    const labels = [{ bbox: [1, 2, 3, 4] }];
    const { id } = await client.workItems.create(projectId, { ...asset, labels });
    const next = [{ bbox: [5, 6, 7, 8] }, { bbox: [9, 9, 9, 9] }];
    await client.workItems.setLabels(projectId, id, next);
    assert.deepEqual((await stored(id))?.labels, next);
  });

  it("getAnnotation: the annotation names the stored results", async () => {
    const { id } = await client.workItems.create(projectId, asset);
    await annotate(test.emulator, { workItemIDs: [id] });
    const annotation = await client.annotations.get(projectId, id);
    assert.deepEqual([annotation.workItemID, annotation.projectID], [id, projectId]);
    const path = String(annotation.metadata?.coco_results_url).split(`/spaces/${spaceId}/`)[1];
    const [readable] = await client.signedUrls.forReading(spaceId, [path!]);
    const coco = (await (await fetch(readable!.signedUrl)).json()) as { images: unknown[] };
    assert.equal(coco.images.length, 1);
  });

  it("signalWorkItem: one work item is started and completed", async () => {
    const { id } = await client.workItems.create(projectId, asset);
    const who = { taskType: "labeling", assignee: "ann@example.com", signalOutcome: "OK" as const };
    await client.signals.send(projectId, id, { signal: "start", ...who });
    assert.equal((await stored(id))?.status, "IN_PROGRESS");
    await client.signals.send(projectId, id, { signal: "complete", ...who });
    const item = await stored(id);
    assert.equal(item?.status, "COMPLETED");
    assert.deepEqual(
      item.history.map(({ signal, assignee }) => [signal, assignee]),
      [
        ["start", "ann@example.com"],
        ["complete", "ann@example.com"],
      ],
    );
  });

  it("each of the thirteen was called", async () => {
    assert.equal(Object.keys((await requests(test.emulator)).requests).length, 13);
  });
});
