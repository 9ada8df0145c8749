import { existsSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import { releasedKey } from "../../../provider/items/batches.ts";
import { markEntries } from "../../../provider/items/mark.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { DynamicProvider } from "../../../provider/pulumi/provider.ts";
import type { Kind } from "../../../provider/pulumi/shim.ts";
import {
  annotationExportLifecycle,
  annotationExportMutability,
} from "../../../provider/resources/annotation-export.ts";
import { batchLifecycle, batchMutability } from "../../../provider/resources/batch.ts";
import {
  batchCompletionLifecycle,
  batchCompletionMutability,
} from "../../../provider/resources/batch-completion.ts";
import {
  batchSignalLifecycle,
  batchSignalMutability,
} from "../../../provider/resources/batch-signal.ts";
import { exportLifecycle, exportMutability } from "../../../provider/resources/export.ts";
import {
  signedUploadLifecycle,
  signedUploadMutability,
} from "../../../provider/resources/signed-upload.ts";
import { uploadSetLifecycle, uploadSetMutability } from "../../../provider/resources/upload-set.ts";
import { workItemLifecycle, workItemMutability } from "../../../provider/resources/work-item.ts";
import {
  workItemSetLifecycle,
  workItemSetMutability,
} from "../../../provider/resources/work-item-set.ts";
import {
  workItemSignalLifecycle,
  workItemSignalMutability,
} from "../../../provider/resources/work-item-signal.ts";
import fc from "../../support/fast-check.ts";
import { anyValue, json, name, number, object, text } from "./values.ts";

// What each kind of resource is declared with, as the engine passes it to the provider.

export const projectId = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

const uuid = fc.uuid();
const flag = fc.boolean();
const words = <const T extends string>(...of: T[]) => fc.constantFrom(...of);
const saying = text.filter((value) => value.trim() !== "");
const comments = fc.array(saying, { minLength: 1, maxLength: 3 });
const triggers = fc.array(json, { maxLength: 3 });
const int64 = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
const id = fc.oneof(fc.nat(), int64);
const batchId = fc.oneof(
  id,
  int64.map((number) => `${projectId}/${number}`),
);
const url = fc.webUrl({ withQueryParameters: true });
const asset = fc.oneof(
  url,
  saying.filter((value) => !/^(\.{0,2}\/|file:|~|[A-Za-z]:\\)/.test(value)),
);
const past = fc.date({
  noInvalidDate: true,
  min: new Date("1970-01-01"),
  max: new Date("9999-12-31"),
});
const at = past.map((date) => date.toISOString());
const soon = fc
  .integer({ min: 60, max: 2_500_000 })
  .map((s) => new Date(Date.now() + s * 1000).toISOString());
const metadata = object.filter(
  (value) => ![...markEntries, "callbackUrl", releasedKey].some((entry) => entry in value),
);
const pixels = number.filter((value) => Math.abs(value) <= 1e12);
const side = pixels.map(Math.abs);
const labels = fc.array(
  fc.record({ bbox: fc.tuple(pixels, pixels, side, side), metadata: object }, { requiredKeys: [] }),
  { maxLength: 3 },
);
const workItemIds = fc.oneof(
  fc.uniqueArray(uuid, { minLength: 1, maxLength: 3 }),
  fc
    .uniqueArray(fc.tuple(name, uuid), {
      selector: ([, each]) => each,
      minLength: 1,
      maxLength: 3,
    })
    .map((pairs) => Object.fromEntries(pairs)),
);

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** What a work item may have beside its asset. */
const itemFields = {
  assetType: words("image", "video", "external"),
  // The emulator rounds larger ones.
  assetId: fc.maxSafeNat().map(String),
  resultsUrl: url,
  taxonomyVersionId: uuid,
  metadata,
  callbackUrl: url,
  difficulty: fc.integer({ min: 0, max: 100 }),
  labels,
};
/** One deadline, or none. */
const deadline = fc.oneof(
  fc.record({ dueAt: soon }),
  fc.record({ dueInSeconds: fc.integer({ min: 1, max: 2_592_000 }) }),
  fc.constant({}),
);

/** Records with some of the fields that may be left out. */
function some(required: Fields, optional: Fields = {}): fc.Arbitrary<Plain> {
  return fc.record(
    { ...required, ...optional },
    { requiredKeys: Object.keys(required), noNullPrototype: true },
  );
}

function both(...parts: fc.Arbitrary<object>[]): fc.Arbitrary<Plain> {
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Plain);
}

/** Texts of properties that the engine keeps as text. */
function asText(...names: string[]) {
  return (declared: Plain): Plain =>
    Object.fromEntries(
      Object.entries(declared).map(([name, value]) => [
        name,
        names.includes(name) ? JSON.stringify(value) : value,
      ]),
    );
}

const workItem = both(some({ assetUrl: asset }, itemFields), deadline);
const setItem = both(
  fc.oneof(some({ assetUrl: asset }), some({ file: fc.constant("a.png") })),
  some({}, itemFields),
  deadline,
);
// The key that is refused.
const itemKey = name.filter((key) => key !== "__proto__");
const items = fc.dictionary(itemKey, setItem, { maxKeys: 4, noNullPrototype: true });

interface Declaration {
  provider: pulumi.dynamic.ResourceProvider;
  /** What a program may pass. */
  valid: fc.Arbitrary<Plain>;
  /** All that may be passed, and what check computes; junk takes their places. */
  fields: readonly string[];
}

const common = { projectId: fc.constant(projectId) };
const signal = words("start", "release", "complete", "cancel", "reopen");

function configured(provider: pulumi.dynamic.ResourceProvider): pulumi.dynamic.ResourceProvider {
  const values = new Map([
    ["aidp:apiKey", "key"],
    ["aidp:projectId", projectId],
    ["aidp:spaceId", projectId],
  ]);
  const config = { get: (key: string) => values.get(key) };
  void provider.configure?.({ config } as unknown as pulumi.dynamic.ConfigureRequest);
  return provider;
}

/** What each kind of resource is declared with. */
export const kinds: Readonly<Record<Kind, Declaration>> = {
  Batch: {
    provider: configured(new DynamicProvider(batchLifecycle)),
    valid: some({ name: saying }, { ...common, metadata, adopt: fc.constant(false) }),
    fields: Object.keys(batchMutability),
  },
  WorkItem: {
    provider: configured(new DynamicProvider(workItemLifecycle)),
    valid: both(
      workItem,
      some({}, { ...common, batchId, onWorkInProgress: words("refuse", "cancel") }),
    ),
    fields: Object.keys(workItemMutability),
  },
  WorkItemSet: {
    provider: configured(new DynamicProvider(workItemSetLifecycle)),
    valid: some(
      { items, uploads: fc.constant({ "a.png": "uploads/1" }) },
      {
        ...common,
        batchId,
        defaults: both(some({}, { metadata, difficulty: itemFields.difficulty }), deadline),
        onWorkInProgress: words("refuse", "cancel"),
      },
    ).map(asText("items", "uploads", "defaults")),
    fields: [...Object.keys(workItemSetMutability), "manifest", "defaults"],
  },
  WorkItemSignal: {
    provider: configured(new DynamicProvider(workItemSignalLifecycle)),
    valid: fc
      .oneof(
        some(
          { signal, workItemId: uuid },
          {
            ...common,
            taskType: saying,
            assignee: saying,
            signalOutcome: words("OK", "NOT_OK"),
            skipDone: flag,
            triggers,
          },
        ),
        some({ signal, workItemIds }, { ...common, feedback: comments, skipDone: flag, triggers }),
      )
      .map(asText("workItemIds")),
    fields: Object.keys(workItemSignalMutability),
  },
  BatchSignal: {
    provider: configured(new DynamicProvider(batchSignalLifecycle)),
    valid: some(
      { signal, batchId },
      { ...common, status: words("NEW", "IN_PROGRESS"), feedback: comments, triggers },
    ),
    fields: Object.keys(batchSignalMutability),
  },
  BatchCompletion: {
    provider: configured(new DynamicProvider(batchCompletionLifecycle)),
    valid: both(
      fc.oneof(some({ batchId }), some({ workItemIds }).map(asText("workItemIds"))),
      some(
        {},
        {
          ...common,
          percent: fc.integer({ min: 1, max: 100 }),
          countFailed: flag,
          timeoutMinutes: fc.double({ min: 0.0001, max: 43_200, noNaN: true }),
          pollSeconds: fc.double({ min: 0.01, max: 300, noNaN: true }),
          triggers,
        },
      ),
    ),
    fields: Object.keys(batchCompletionMutability),
  },
  AnnotationExport: {
    provider: configured(new DynamicProvider(annotationExportLifecycle)),
    valid: both(
      fc.oneof(some({ batchId }), some({ workItemIds }).map(asText("workItemIds"))),
      some(
        { path: saying.filter((path) => !path.includes("\0") && !existsSync(path)) },
        { ...common, triggers },
      ),
    ),
    fields: Object.keys(annotationExportMutability),
  },
  Export: {
    provider: configured(new DynamicProvider(exportLifecycle)),
    valid: some(
      { name: saying, format: words("JSON", "CSV") },
      {
        spaceId: uuid,
        content: words("ANNOTATION", "INFERENCE", "ASSET_METADATA"),
        projectIds: fc.array(uuid, { minLength: 1, maxLength: 3 }),
        batchIds: fc.array(batchId, { maxLength: 3 }),
        createdAtFrom: at,
        createdAtTo: at,
        updatedAtFrom: at,
        updatedAtTo: at,
        path: saying,
        timeoutMinutes: fc.integer({ min: 1, max: 1440 }),
        triggers,
      },
    ),
    fields: Object.keys(exportMutability),
  },
  SignedUpload: {
    provider: configured(new DynamicProvider(signedUploadLifecycle)),
    valid: some(
      { source: fc.constant(import.meta.filename) },
      { spaceId: uuid, contentType: words("image/png", "text/plain; charset=utf-8") },
    ),
    fields: Object.keys(signedUploadMutability),
  },
  UploadSet: {
    provider: configured(new DynamicProvider(uploadSetLifecycle)),
    valid: some(
      { folder: fc.constant(import.meta.dirname) },
      {
        spaceId: uuid,
        include: fc.constant(["*.ts"]),
        exclude: fc.array(saying, { maxLength: 2 }),
        mediaTypes: fc.constant(["image/*", "video/mp2t", "*/*"]),
      },
    ),
    fields: [...Object.keys(uploadSetMutability), "manifest"],
  },
};

/** What nobody should pass: some fields right, others of any value, left out, or unheard of. */
export function junk({ valid, fields }: Declaration): fc.Arbitrary<Plain> {
  const isHarmless = (value: unknown) => typeof value !== "string" || !existsSync(value);
  const wrong = fc.record(
    Object.fromEntries(fields.map((field) => [field, anyValue.filter(isHarmless)])),
    { requiredKeys: [], noNullPrototype: true },
  );
  const unheardOf = fc.dictionary(name, anyValue, { maxKeys: 2, noNullPrototype: true });
  return fc.oneof(
    both(valid, wrong),
    both(
      fc.oneof(unheardOf, fc.constant({})),
      valid,
      fc
        .subarray([...fields], { maxLength: 2 })
        .chain((of) =>
          wrong.map((all) =>
            Object.fromEntries(Object.entries(all).filter(([name]) => of.includes(name))),
          ),
        ),
    ),
    both(unheardOf, wrong),
  );
}
