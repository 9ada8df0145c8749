import assert from "node:assert/strict";
import { annotate, clientOf } from "../../../harness/emulator.ts";
import { NotFoundError } from "../../../provider/api/errors.ts";
import { getAnnotation } from "../../../provider/functions/get-annotation.ts";
import { getSignedUrls } from "../../../provider/functions/get-signed-urls.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { settingsOf, useSettings } from "../../support/settings.ts";

const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

describe("functions: annotations", () => {
  const test = useEmulator();
  useSettings(() => settingsOf(test.emulator));
  let workItemId: string;
  beforeEach(async () => {
    const item = { assetUrl: "a.png", assetType: "image" };
    const made = await clientOf(test.emulator).workItems.create(test.emulator.projectId, item);
    workItemId = made.id;
  });

  it("reads what people made, and its results can be read at their path", async () => {
    await annotate(test.emulator, { workItemIDs: [workItemId] });
    const annotation = await getAnnotation({ workItemId });
    assert.deepEqual(
      [annotation.workItemId, annotation.projectId, annotation.groundTruthReviewer],
      [workItemId, test.emulator.projectId, "CONSENSUS_REVIEW"],
    );
    const { signedUrls } = await getSignedUrls({ paths: [annotation.resultsPath!] });
    const coco = await (await fetch(signedUrls[0]!.signedUrl)).json();
    assert.equal((coco as { images: unknown[] }).images.length, 1);
  });

  it("says that people have to complete the work item first, and keeps the cause", async () => {
    const error = await errorOf(getAnnotation({ workItemId }));
    const { projectId } = test.emulator;
    assert.equal(
      error.message,
      `getAnnotation: workItemId ${workItemId} has no annotation yet, or is no work item of project ${projectId}: people have to complete it first (GET /projects/${projectId}/workItems/${workItemId}/annotations answered 404)`,
    );
    assert.ok(error.cause instanceof NotFoundError);
  });

  it("refuses an id that is none", async () => {
    const { message } = await errorOf(getAnnotation({ workItemId: "1" }));
    assert.equal(message, 'getAnnotation: workItemId must be a UUID, got "1"');
  });
});

describe("functions: annotations that the platform describes otherwise", () => {
  const server = useRawServer();
  const settings = { "aidp:apiKey": "k", "aidp:projectId": uuid };
  useSettings(() => ({ ...settings, "aidp:baseUrl": server.origin }));

  it("keeps fields that are new, and does without those that are missing", async () => {
    server.answersJson(`{"id":"a","metadata":{"coco_results_url":4},"score":0.5}`);
    assert.deepEqual(await getAnnotation({ workItemId: uuid }), {
      annotationId: "a",
      workItemId: uuid,
      projectId: uuid,
      inference: {},
      groundTruthReviewer: undefined,
      resultsPath: undefined,
      metadata: { coco_results_url: 4 },
      createdAt: undefined,
      updatedAt: undefined,
      otherFields: { score: 0.5 },
    });
    assert.equal(new URL(server.received[0]!.url, server.origin).search, "?format=coco");
  });
});
