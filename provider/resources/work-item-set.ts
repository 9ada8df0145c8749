// WorkItemSet: many work items as one resource, for datasets of any size.
//
//   create → listWorkItems: looks for items that an interrupted update left, that move here, or that are to be adopted
//            listBatches before that, to find the batch `Default` if no batch is declared
//            createWorkItem: once for each item that does not exist, several at a time
//            listWorkItems: looks for an item whose creation had no good answer
//            setLabels: for each item that exists, if its labels differ
//   read   → listWorkItems: 100 items a request, and once more for items that a late request made
//   update → like create, for new items and for replaced ones
//            setLabels: for relabelled items
//            listWorkItems: looks for work that has begun, among the items that are to be cancelled
//            signalWorkItems: cancels, 100 items a request, removed items, replaced ones before they are made anew, and
//            those that an interrupted update left and that are not kept
//            listWorkItems: looks whether they are cancelled
//            updateBatch: if the batch has a provenance, which is then that of this update; listBatches before that
//   delete → listWorkItems: looks for work that has begun, and for items that an incomplete update left
//            signalWorkItems: cancels, 100 items a request
//            listWorkItems: looks whether they are cancelled

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { beginCheck, recordHoldings } from "../items/arrivals.ts";
import { foreseeItems } from "../items/foresee.ts";
import type { ImageLabelArgs, VideoLabelArgs } from "../items/labels.ts";
import { updateProvenance } from "../items/provenance.ts";
import { type ItemTexts, itemAt } from "../items/set-item.ts";
import { endingManyWarning, type OnWorkInProgress } from "../items/work-in-progress.ts";
import { isEqual, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, placeFailures, setId, splitId } from "../lifecycle/ids.ts";
import { type Lifecycle, PartialFailure, type Platform } from "../lifecycle/lifecycle.ts";
import { isObject, type Plain, valueAt } from "../lifecycle/plain.ts";
import { Progress } from "../lifecycle/progress.ts";
import { hasUnknown, isUnknown } from "../lifecycle/unknown-values.ts";
import { eitherFailures, findFailures } from "../lifecycle/validation.ts";
import { Dropped } from "../manifests/dropped.ts";
import { type FormatName, formatNames } from "../manifests/formats.ts";
import { unpackedValue } from "../pulumi/packing.ts";
import { DynamicResource, endedFirst, fromText, openWhenRead } from "../pulumi/resource.ts";
import { inputOf, itemsAndDefaults, mapInput } from "../pulumi/set-inputs.ts";
import { typeToken } from "../pulumi/shim.ts";
import { applyChanges } from "../sets/apply.ts";
import { checkChangedItems, ItemsCheck } from "../sets/check-items.ts";
import { describeChanges } from "../sets/describe-changes.ts";
import { endSet } from "../sets/end-members.ts";
import { listHoldings } from "../sets/holdings.ts";
import { isChanged, workAtRisk } from "../sets/plan.ts";
import { readSet } from "../sets/read.ts";
import { emptyState, type SetInputs, type SetState } from "../sets/state.ts";
import { toWanted } from "../sets/wanted.ts";
import { toJsonText } from "../text/json.ts";
import { type Batch, batchInput } from "./batch.ts";

/** What every item of a set has, unless the item says otherwise. */
export interface WorkItemDefaults {
  /** What the assets are: `image`, `video` or `external`. Default: `image`. */
  assetType?: pulumi.Input<"image" | "video" | "external">;
  /** A URL where the results are available. */
  resultsUrl?: pulumi.Input<string>;
  /** The UUID of the taxonomy version to label with. */
  taxonomyVersionId?: pulumi.Input<string>;
  /** Free metadata; an item's own entries take precedence over these. */
  metadata?: pulumi.Input<Record<string, unknown>>;
  /**
   * The http or https URL to which the platform posts each change of a status; see `verifyWebhook`. It is kept as the
   * entry `callbackUrl` of the metadata.
   */
  callbackUrl?: pulumi.Input<string>;
  /** The deadline in seconds after the creation, 1 to 2592000 (30 days). Not together with `dueAt`. */
  dueInSeconds?: pulumi.Input<number>;
  /** The deadline as a moment, ISO 8601 with a time zone, at most 30 days after the creation. */
  dueAt?: pulumi.Input<string>;
  /** How hard the work is, 0 to 100. */
  difficulty?: pulumi.Input<number>;
}

/**
 * One work item of a set. Changing anything but its labels replaces it: the item is cancelled, and another one is made.
 */
export interface WorkItemSetItemArgs extends WorkItemDefaults {
  /** The picture: the path of a file in the space, or a URL. Either this or `file`. */
  assetUrl?: pulumi.Input<string>;
  /** The picture: the name of a file in the set's `uploads`. Either this or `assetUrl`. */
  file?: pulumi.Input<string>;
  /** The platform's id of the asset, an int64 of 0 or more, as text. */
  assetId?: pulumi.Input<string>;
  /** Pre-labels. Default: none. Changed in place. Operation `setLabels`. */
  labels?: pulumi.Input<pulumi.Input<ImageLabelArgs | VideoLabelArgs>[]>;
}

/** The inputs of a set. */
export interface WorkItemSetArgs {
  /**
   * The work items, by a key of your own: a file's name, a row's number. The key identifies an item from one update to
   * the next: an item with another key is another item. Either this or `manifest`.
   */
  items?: pulumi.Input<Record<string, pulumi.Input<WorkItemSetItemArgs>>>;
  /**
   * A local file that lists the work items, from the program's folder. JSON Lines (`.jsonl`, `.ndjson`): one item per
   * line, with its `key`. CSV (`.csv`) and Parquet (`.parquet`): one column per field, `metadata.owner` for an entry of the metadata, `labels`
   * as JSON. If no `key` is given, the item's `file` or `assetUrl` serves as the key. COCO (`.json`), YOLO
   * (`data.yaml`, or a folder), Pascal VOC (a folder of XML files), CVAT for images (`.xml`) and Label Studio (`.json`):
   * each picture is an item with the file's name as key and `file`, and its boxes are its labels. The guide
   * `docs/formats.md` has what is sent of each. It is read at each preview. Either this or `items`.
   */
  manifest?: pulumi.Input<string>;
  /** The format of the manifest. Default: the one that its name and its first characters tell. */
  format?: pulumi.Input<FormatName>;
  /**
   * What to keep of the annotations of a manifest besides box and category, by name: `score`, `attributes`,
   * `segmentation`. It goes into the metadata of the labels. Default: nothing; a preview counts what is not sent.
   */
  keep?: pulumi.Input<pulumi.Input<string>[]>;
  /** What every item has, unless the item says otherwise. Default: nothing. */
  defaults?: pulumi.Input<WorkItemDefaults>;
  /**
   * The paths of uploaded files by name, for items that name a `file`. They do not need to be known at preview: it
   * shows the items all the same. A file that gets another path replaces its items.
   */
  uploads?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Whether the metadata of an item has the name of its `file`, as `pulumiFile`: annotators see it, and results take
   * `file_name` from it, or else from the key. Default: true. A change counts for items that are made from then on.
   */
  fileNames?: pulumi.Input<boolean>;
  /**
   * The batch of all the items: a `Batch`, or a batch's `batchId` or `id`. Default: the project's batch `Default`.
   * Changing it replaces the set: every item is cancelled, and made anew.
   */
  batchId?: pulumi.Input<number | string> | Batch;
  /**
   * What removing or replacing an item does once people have started on it or finished it. `refuse`, the default, fails
   * that item and leaves it as it is. `cancel` cancels work in progress, and leaves finished work where it is. For
   * removed and replaced items the new value counts; if the whole set is destroyed or replaced, the value of the last
   * update counts.
   */
  onWorkInProgress?: pulumi.Input<OnWorkInProgress>;
  /**
   * Whether to adopt existing work items of the batch instead of creating new ones. For each item, the set adopts the
   * one that carries its key, or else one made by hand or by a script with the same `assetUrl`: the one that fits best,
   * or else the oldest. Default: false. Adopted items get the declared labels; anything else that differs stays as it
   * is, with a warning. An item that another declaration made is never adopted: the set's item fails instead. A preview
   * says which items are adopted. Each update with new items lists the whole batch. Operations `listWorkItems` and
   * `setLabels`.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * The names or URNs of declarations of this stack whose work items move here: an item that is removed from the
   * program in the same update, and is declared identically here except for its labels, keeps its id, whether or not
   * people have begun. If both declarations stay, an item that leaves one and is in the other moves by itself, without
   * `movedFrom`. Default: none. Lists the whole batch while there are new items. Operation `listWorkItems`.
   */
  movedFrom?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`.
   * Changing it replaces the set.
   */
  projectId?: pulumi.Input<string>;
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  batchId: fields.batch.optional(),
  items: z.custom(isObject, { error: "must be an object of work items by key" }).optional(),
  manifest: fields.text.optional(),
  format: fields.oneOf(...formatNames).optional(),
  keep: fields.names.optional(),
  defaults: z
    .custom(isObject, { error: ({ input }) => `must be an object, got ${fields.got(input)}` })
    .optional(),
  uploads: z
    .record(z.string(), z.string(), { error: "must be an object of paths by file" })
    .optional(),
  fileNames: fields.flag.optional(),
  onWorkInProgress: fields.oneOf("refuse", "cancel").optional(),
  adopt: fields.flag.optional(),
  movedFrom: fields.names.optional(),
});

/** How the manifest is read. */
const ofManifest = ["format", "keep"];

/**
 * What a change of each field requires. `diff` does not read this: it names `projectId` and `batchId` itself and leaves
 * the other fields to `isChanged`, and a spec checks that it does what is said here.
 */
export const workItemSetMutability: Readonly<Record<keyof SetInputs, Mutability>> = {
  projectId: "replace",
  batchId: "replace",
  items: "update",
  defaults: "update",
  // The items already contain what it says.
  manifest: "ignore",
  format: "ignore",
  keep: "ignore",
  uploads: "update",
  fileNames: "ignore",
  onWorkInProgress: "update",
  adopt: "ignore",
  movedFrom: "ignore",
};

const outputs = [
  ...Object.keys(workItemSetMutability).filter(
    (field) => !["adopt", "manifest", "format", "keep", "fileNames", "movedFrom"].includes(field),
  ),
  "ids",
  "statuses",
  "statusOf",
];

export const workItemSetLifecycle: Lifecycle<SetInputs, SetState> = {
  asEntries: ["items"],
  asText: ["uploads", "ids", "paths", "statusOf", "asFound", "moved", "changed"],
  asSecret: ["moved"],
  secretIf: { items: "defaults" },
  idsOf: ({ ids = {} }) => Object.values(ids),
  deleteBeforeReplace: true,

  async check(news, olds, defaults) {
    const inputs: Plain = {
      projectId: defaults.projectId,
      ...news,
      items: inputOf(news.items) ?? undefined,
      defaults: inputOf(news.defaults),
    };
    const failures = [...findFailures(schema, inputs), ...placeFailures(inputs)];
    const { defaults: ofItems = {}, manifest, uploads, format, keep } = inputs;
    inputs.defaults = isObject(inputs.defaults) ? toJsonText(inputs.defaults) : inputs.defaults;
    inputs.batchId = batchIdText(inputs.batchId);
    // With `ignoreChanges: ["items"]`, the engine passes the old items along with the manifest.
    const isKept =
      manifest !== undefined && news.items !== undefined && isEqual(news.items, olds.items);
    const notEither = isKept
      ? []
      : eitherFailures({ items: inputs.items, manifest }, "items", "manifest");
    if (notEither.length > 0 || failures.some(({ property }) => ofManifest.includes(property))) {
      return { inputs, failures: [...notEither, ...failures] };
    }
    inputs.items ??= manifest;
    const isListed = !isKept && typeof manifest === "string" && !isUnknown(manifest);
    if ((isListed || isObject(inputs.items)) && (isObject(ofItems) || isUnknown(ofItems))) {
      const earlier = {
        items: (isObject(olds.items) ? olds.items : {}) as ItemTexts,
        areItemsKnown: !isUnknown(olds.items),
        ...(typeof olds.defaults === "string" && { defaults: olds.defaults }),
        areDefaultsSame: olds.defaults === inputs.defaults,
      };
      const given = isObject(ofItems) ? ofItems : {};
      const check = new ItemsCheck(given, earlier, uploads, inputs.adopt === true);
      const dropped = new Dropped(hasUnknown(keep) ? undefined : (keep as string[] | undefined));
      const options = { dropped, format: isUnknown(format) ? undefined : (format as FormatName) };
      failures.push(...(await check.run(isListed ? manifest : (inputs.items as Plain), options)));
      inputs.items = check.items();
      const line = dropped.line();
      const told = [line && `manifest ${manifest}: ${line}`, await check.hint()].filter(Boolean);
      return { inputs, failures, warning: told.join("; ") || undefined };
    }
    return { inputs, failures };
  },

  checkChanges: checkChangedItems,

  diff(olds, news, owner) {
    const replaces = (["projectId", "batchId"] as const).filter(
      (field) => !isEqual(olds[field], news[field]),
    );
    const changed = replaces.length > 0 || isChanged(olds, news);
    const isWhole = replaces.length > 0;
    const warning =
      changed && !isUnknown(news.items)
        ? endingManyWarning(
            workAtRisk(olds, news, isWhole),
            (isWhole ? olds : news).onWorkInProgress,
            owner,
            isWhole ? "last" : "this",
          )
        : undefined;
    return {
      changed,
      replaces,
      ...(warning !== undefined && { warning }),
    };
  },

  describeChanges,

  async foresee(platform, inputs, olds, batchName) {
    const { items } = inputs;
    const known = isObject(olds.items) ? olds.items : {};
    const keys = isObject(items)
      ? Object.keys(items).filter((key) => !Object.hasOwn(known, key) && !isUnknown(items[key]))
      : [];
    await foreseeItems(platform, inputs, batchName, toWanted(platform, inputs, keys));
  },

  beginCheck,

  recordHoldings(platform, olds, news) {
    recordHoldings(platform, listHoldings(olds, news));
  },

  async create(platform, inputs) {
    const id = setId(inputs.projectId, platform.owner);
    return { id, state: await apply(platform, id, emptyState(inputs), inputs) };
  },

  async read(platform, id, olds) {
    const [projectId] = splitId(id, "work item set");
    return readSet(platform, { ...emptyState({ projectId, items: {} }), ...olds });
  },

  update: apply,

  async delete(platform, _id, olds) {
    const progress = new Progress(platform, Object.keys(olds.ids).length);
    const said = await endSet(platform, olds, progress);
    await updateProvenance(platform, olds.projectId, olds.batchId);
    progress.end(said);
  },
};

async function apply(
  platform: Platform,
  id: string,
  olds: SetState,
  news: SetInputs,
): Promise<SetState> {
  const { state, failed, summary } = await applyChanges(platform, olds, news);
  await updateProvenance(platform, news.projectId, news.batchId);
  if (failed.length > 0) {
    const isKept = Object.entries(state.items).some(
      ([key, text]) => valueAt(news.items, key) !== text,
    );
    throw new PartialFailure(id, state, summary, failed, isKept ? ["items"] : []);
  }
  return state;
}

/** The texts of a set's items, completed with the defaults. */
function completed(items: ItemTexts, defaults?: string): ItemTexts {
  const set = { items, defaults };
  const texts = Object.keys(items).map((key) => [key, toJsonText(itemAt(set, key))] as const);
  return Object.fromEntries(texts);
}

/** Many work items as one resource. Destroying it cancels them. */
export class WorkItemSet extends DynamicResource {
  static readonly __pulumiType = typeToken("WorkItemSet");

  /** The items by key, each as JSON text, completed with the defaults. */
  declare readonly items: pulumi.Output<Record<string, string>>;
  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** The platform's id of the batch, if one is declared. */
  declare readonly batchId: pulumi.Output<string | undefined>;
  /** The platform's ids of the work items, by key. */
  declare readonly ids: pulumi.Output<Record<string, string>>;
  /** How many items had each status when they were last read. */
  declare readonly statuses: pulumi.Output<Record<string, number>>;
  /**
   * The status of each item that was not `NEW` when it was last read, by key; `NOT_LISTED` if the platform did not list
   * it.
   */
  declare readonly statusOf: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: WorkItemSetArgs, options?: pulumi.CustomResourceOptions) {
    const { items, defaults, uploads, batchId: _, ...others } = args;
    super(
      "WorkItemSet",
      name,
      {
        ...others,
        ...batchInput(args),
        ...itemsAndDefaults(items, defaults),
        ...(uploads !== undefined && { uploads: mapInput(uploads) }),
      },
      outputs,
      endedFirst("WorkItemSet", name, options),
    );
    const { items: kept, ids, statusOf } = this;
    openWhenRead(this, {
      items: () => this.#complete(fromText(kept, ids), defaults !== undefined),
      ids: () => fromText(ids),
      statusOf: () => fromText(statusOf),
    });
  }

  #complete(kept: pulumi.Output<ItemTexts>, hasDefaults: boolean): pulumi.Output<ItemTexts> {
    // At preview, the SDK does not know an output of an input that was not given.
    if (!hasDefaults) {
      return kept.apply((items) => completed(items));
    }
    const { defaults } = this as unknown as { defaults: pulumi.Output<string> };
    return kept.apply((items) =>
      defaults.apply((text) => completed(items, String(unpackedValue(text)))),
    );
  }
}
