import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../../emulator/server.ts";
import { annotate, clientOf, type Fault, type Stored, storeOf } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { annotationExportLifecycle } from "../../../provider/resources/annotation-export.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { batchCompletionLifecycle } from "../../../provider/resources/batch-completion.ts";
import { batchSignalLifecycle } from "../../../provider/resources/batch-signal.ts";
import { exportLifecycle } from "../../../provider/resources/export.ts";
import { signedUploadLifecycle } from "../../../provider/resources/signed-upload.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { workItemSignalLifecycle } from "../../../provider/resources/work-item-signal.ts";
import { unmarked } from "../../support/unmarked.ts";

/** Where a resource is declared: a platform and a folder of its own. */
export interface Place {
  emulator: Emulator;
  folder: string;
  /** Work items that others made in the batch Default. */
  others: string[];
}

/** A kind of resource, declared one way, then another, and destroyed in the end. */
export interface Kind {
  lifecycle: object;
  /** The operations that its life asks for. */
  operations: string[];
  /** How many work items others made before. */
  others?: number;
  /** Sets the stage for a declaration, and gives it. */
  declare: (place: Place, step: 0 | 1) => Plain | Promise<Plain>;
  /** Compares the platform with what is declared. */
  expect: (place: Place, step: 0 | 1, state: Plain) => Promise<void>;
  /** Compares the platform with nothing declared. */
  expectGone: (place: Place, fault: Fault) => Promise<void>;
  /** Faults of an operation that nobody can tell from a good answer. */
  passing?: string[];
}

const box = (x: number) => [{ bbox: [x, 0, 1, 1] }];
const isLive = ({ status }: Stored["workItems"][number]) => status !== "FAILED";
const live = async ({ emulator }: Place) => (await storeOf(emulator)).workItems.filter(isLive);
/** The status of each work item, with the signals that it got. */
const lives = async ({ emulator }: Place) =>
  (await storeOf(emulator)).workItems.map(({ status, history }) =>
    [status, ...history.map(({ signal }) => signal)].join(" "),
  );

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function expectStored({ emulator }: Place, path: unknown, text: string): Promise<void> {
  const file = (await storeOf(emulator)).files.find((each) => each.path === path);
  assert.equal(file?.sha256, sha256(text));
}

/** That files with these texts are stored, at whatever path. */
async function expectKept({ emulator }: Place, ...texts: string[]): Promise<void> {
  const { files } = await storeOf(emulator);
  const stored = new Set(files.map((file) => file.sha256));
  assert.deepEqual(
    texts.filter((text) => !stored.has(sha256(text))),
    [],
  );
}

const write = ({ folder }: Place, name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const steps = { 0: { x: 1, word: "first" }, 1: { x: 2, word: "second" } };

export const kinds: Readonly<Record<string, Kind>> = {
  Batch: {
    lifecycle: batchLifecycle,
    operations: ["createBatch", "listBatches", "updateBatch"],
    declare: (_place, step) => ({ name: `batch ${step}`, metadata: { step } }),
    expect: async ({ emulator }, step) => {
      const { batches } = await storeOf(emulator);
      assert.deepEqual(
        batches.map((batch) => [batch.name, unmarked(batch)]),
        [
          ["Default", {}],
          [`batch ${step}`, { step }],
        ],
      );
    },
    expectGone: async ({ emulator }, { operation, status }) => {
      const { batches } = await storeOf(emulator);
      // A platform that refuses the mark keeps no stack from being destroyed.
      const isRefused = status === 400 && operation !== "createBatch";
      assert.deepEqual(
        batches.map(({ metadata }) => "pulumiReleased" in metadata),
        [false, !isRefused],
      );
    },
  },

  WorkItem: {
    lifecycle: workItemLifecycle,
    operations: ["createWorkItem", "listWorkItems", "listBatches", "setLabels", "signalWorkItems"],
    declare: (_place, step) => ({ assetUrl: "a.png", labels: box(steps[step].x) }),
    expect: async (place, step, { workItemId }) => {
      const { workItems } = await storeOf(place.emulator);
      assert.deepEqual(
        workItems.map(({ id, labels }) => [id, labels]),
        [[workItemId, box(steps[step].x)]],
      );
    },
    expectGone: async (place) => assert.deepEqual(await lives(place), ["FAILED cancel"]),
  },

  "WorkItem that is replaced": {
    lifecycle: workItemLifecycle,
    operations: ["createWorkItem", "listWorkItems", "listBatches", "signalWorkItems"],
    declare: (_place, step) => ({
      assetUrl: "a.png",
      ...(step === 1 && { difficulty: 1 }),
      labels: box(steps[step].x),
    }),
    expect: async (place, step, { workItemId }) => {
      const items = await live(place);
      assert.deepEqual(
        items.map(({ id, difficulty, labels }) => [id, difficulty, labels]),
        [[workItemId, step === 1 ? 1 : undefined, box(steps[step].x)]],
      );
      assert.equal((await lives(place)).length, step + 1);
    },
    expectGone: async (place) =>
      assert.deepEqual(await lives(place), ["FAILED cancel", "FAILED cancel"]),
  },

  WorkItemSet: {
    lifecycle: workItemSetLifecycle,
    operations: ["createWorkItem", "listWorkItems", "listBatches", "setLabels", "signalWorkItems"],
    declare: (_place, step) => {
      const item = (key: string, more: Plain = {}) => [
        key,
        JSON.stringify({ assetUrl: `${key}.png`, ...more }),
      ];
      const items =
        step === 0
          ? [item("same"), item("relabelled"), item("replaced"), item("removed")]
          : [
              item("same"),
              item("relabelled", { labels: box(1) }),
              item("replaced", { difficulty: 1 }),
              item("fresh"),
            ];
      return { items: Object.fromEntries(items) };
    },
    expect: async (place, step, { ids }) => {
      const items = await live(place);
      const keys = Object.fromEntries(
        items.map(({ id, metadata }) => [String(metadata?.pulumiKey), id]),
      );
      assert.deepEqual(keys, ids);
      const names = ["relabelled", "replaced", "same", step === 0 ? "removed" : "fresh"];
      assert.deepEqual(
        items.map(({ assetUrl }) => assetUrl).sort(),
        names.map((name) => `${name}.png`).sort(),
      );
      assert.equal((await lives(place)).length, step === 0 ? 4 : 6);
      const of = (name: string) => items.find(({ assetUrl }) => assetUrl === `${name}.png`);
      assert.deepEqual(of("relabelled")?.labels, step === 0 ? undefined : box(1));
      assert.equal(of("replaced")?.difficulty, step === 0 ? undefined : 1);
    },
    expectGone: async (place) =>
      assert.deepEqual(
        await lives(place),
        Array.from({ length: 6 }, () => "FAILED cancel"),
      ),
  },

  SignedUpload: {
    lifecycle: signedUploadLifecycle,
    operations: ["createUploadUrls", "putFile", "createReadUrls", "getFile"],
    declare: (place, step) => ({ source: write(place, "a.txt", steps[step].word) }),
    expect: (place, step, { path }) => expectStored(place, path, steps[step].word),
    expectGone: async (place) => {
      await expectKept(place, "first", "second");
      assert.equal(readFileSync(join(place.folder, "a.txt"), "utf8"), "second");
    },
  },

  UploadSet: {
    lifecycle: uploadSetLifecycle,
    operations: ["createUploadUrls", "putFile", "createReadUrls", "getFile"],
    declare: (place, step) => {
      write(place, "same.txt", "same");
      write(place, "changed.txt", steps[step].word);
      write(place, step === 0 ? "removed.txt" : "fresh.txt", "once");
      rmSync(join(place.folder, step === 0 ? "fresh.txt" : "removed.txt"), { force: true });
      return { folder: place.folder };
    },
    expect: async (place, step, { paths }) => {
      const texts = {
        "same.txt": "same",
        "changed.txt": steps[step].word,
        [step === 0 ? "removed.txt" : "fresh.txt"]: "once",
      };
      assert.deepEqual(Object.keys(paths as Plain).sort(), Object.keys(texts).sort());
      for (const [name, text] of Object.entries(texts)) {
        await expectStored(place, (paths as Plain)[name], text);
      }
    },
    expectGone: async (place) => {
      await expectKept(place, "same", "first", "second", "once");
      assert.deepEqual(readdirSync(place.folder).sort(), ["changed.txt", "fresh.txt", "same.txt"]);
    },
  },

  "WorkItemSignal to one": {
    lifecycle: workItemSignalLifecycle,
    operations: ["listWorkItems", "signalWorkItem"],
    others: 1,
    declare: ({ others }, step) => ({
      workItemId: others[0],
      signal: step === 0 ? "start" : "complete",
    }),
    expect: async (place, step) =>
      assert.deepEqual(await lives(place), [
        step === 0 ? "IN_PROGRESS start" : "COMPLETED start complete",
      ]),
    expectGone: async (place) => assert.deepEqual(await lives(place), ["COMPLETED start complete"]),
  },

  "WorkItemSignal to many": {
    lifecycle: workItemSignalLifecycle,
    operations: ["listWorkItems", "signalWorkItems"],
    others: 3,
    declare: ({ others }, step) => ({
      workItemIds: others.slice(0, step === 0 ? 2 : 3),
      signal: "cancel",
    }),
    expect: async (place, step) =>
      assert.deepEqual(await lives(place), [
        "FAILED cancel",
        "FAILED cancel",
        step === 0 ? "NEW" : "FAILED cancel",
      ]),
    expectGone: async (place) =>
      assert.deepEqual(
        await lives(place),
        Array.from({ length: 3 }, () => "FAILED cancel"),
      ),
  },

  BatchSignal: {
    lifecycle: batchSignalLifecycle,
    operations: ["listWorkItems", "signalWorkItems"],
    others: 2,
    declare: async ({ emulator }, step) => {
      const [batch] = (await storeOf(emulator)).batches;
      return { batchId: batch?.id, signal: step === 0 ? "start" : "release" };
    },
    expect: async (place, step) => {
      const life = step === 0 ? "IN_PROGRESS start" : "NEW start release";
      assert.deepEqual(await lives(place), [life, life]);
    },
    expectGone: async (place) =>
      assert.deepEqual(await lives(place), ["NEW start release", "NEW start release"]),
  },

  "BatchSignal to an empty batch": {
    lifecycle: batchSignalLifecycle,
    operations: ["listBatches", "listWorkItems"],
    others: 1,
    declare: async ({ emulator }, step) => {
      const { batches } = await storeOf(emulator);
      const batch =
        batches.find(({ name }) => name === "empty") ??
        (await clientOf(emulator).batches.create(emulator.projectId, { name: "empty" }));
      return { batchId: batch.id, signal: step === 0 ? "start" : "cancel" };
    },
    expect: async (place, _step, { signaled }) => {
      assert.equal(signaled, 0);
      assert.deepEqual(await lives(place), ["NEW"]);
    },
    expectGone: async (place) => assert.deepEqual(await lives(place), ["NEW"]),
  },

  BatchCompletion: {
    lifecycle: batchCompletionLifecycle,
    operations: ["listBatches", "listWorkItems"],
    others: 3,
    declare: async ({ emulator, others }, step) => {
      const [batch] = (await storeOf(emulator)).batches;
      await annotate(emulator, { workItemIDs: others.slice(1) });
      await annotate(emulator, { outcome: "NOT_OK" });
      return {
        batchId: batch?.id,
        ...(step === 1 && { percent: 60, countFailed: true }),
        // A wait in vain ends soon; what is reached at the first look takes no time of it.
        ...{ timeoutMinutes: 0.001, pollSeconds: 0.01 },
      };
    },
    expect: async (_place, step, { percent, totalCount, completedCount, failedCount }) =>
      assert.deepEqual(
        [percent, totalCount, completedCount, failedCount],
        [step === 0 ? 100 : 60, 3, 2, 1],
      ),
    expectGone: async (place) =>
      assert.deepEqual(await lives(place), [
        "FAILED start complete",
        "COMPLETED start complete",
        "COMPLETED start complete",
      ]),
  },

  Export: {
    lifecycle: exportLifecycle,
    operations: ["createExport", "listExports", "getExport", "getFile", "deleteExport"],
    passing: ["getFile: no JSON, after the work"],
    declare: ({ folder }, step) => ({
      name: steps[step].word,
      format: step === 0 ? "JSON" : "CSV",
      content: "ASSET_METADATA",
      path: join(folder, "export"),
    }),
    expect: async ({ emulator, folder }, step, { exportId }) => {
      const client = clientOf(emulator);
      const exports = await Array.fromAsync(client.exports.list(emulator.spaceId));
      assert.deepEqual(
        exports.map(({ id, format }) => [id, format]),
        [[exportId, step === 0 ? "JSON" : "CSV"]],
      );
      const text = readFileSync(join(folder, "export"), "utf8");
      assert.match(text, step === 0 ? /^\[/ : /^workItemID,/);
    },
    expectGone: async ({ emulator, folder }) => {
      const exports = clientOf(emulator).exports.list(emulator.spaceId);
      assert.deepEqual(await Array.fromAsync(exports), []);
      assert.match(readFileSync(join(folder, "export"), "utf8"), /^workItemID,/);
    },
  },

  AnnotationExport: {
    lifecycle: annotationExportLifecycle,
    operations: ["listBatches", "listWorkItems", "getAnnotation", "createReadUrls", "getFile"],
    others: 3,
    declare: async ({ emulator, folder, others }, step) => {
      const [batch] = (await storeOf(emulator)).batches;
      await annotate(emulator, { workItemIDs: others.slice(0, step === 0 ? 2 : 3) });
      return { batchId: batch?.id, path: join(folder, "all.json"), triggers: [step] };
    },
    expect: async ({ folder }, step) => {
      const { images } = JSON.parse(readFileSync(join(folder, "all.json"), "utf8"));
      assert.equal(images.length, step === 0 ? 2 : 3);
    },
    expectGone: async ({ folder }) => {
      const { images } = JSON.parse(readFileSync(join(folder, "all.json"), "utf8"));
      assert.equal(images.length, 3);
    },
  },
};
