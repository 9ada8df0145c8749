// AnnotationExport: the finished annotations of a batch or of work items, merged into one local COCO file.
//
//   create → listWorkItems: the finished ones, 100 a request
//            getAnnotation of each
//            createReadUrls: 1,000 paths a request, and GET of each file
//            listBatches, to see where the batch comes from
//   read   → listWorkItems and listBatches, to see whether the file lacks anything; and the file itself
//   update → like create, but only for what is new or changed
//   delete → nothing: the file is kept

import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Client } from "../api/client.ts";
import { readFingerprint } from "../disk/local-file.ts";
import { listBatchesOnce } from "../items/batches.ts";
import { type Provenance, provenanceOf } from "../items/provenance-entries.ts";
import { differenceByField, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, placeFailures, setId } from "../lifecycle/ids.ts";
import type { Lifecycle, Platform } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { Progress } from "../lifecycle/progress.ts";
import { hasUnknown } from "../lifecycle/unknown-values.ts";
import { eitherFailures, findFailures } from "../lifecycle/validation.ts";
import type { DeclaredCategory } from "../manifests/categories.ts";
import { lostFiles, type WrittenFormat, writtenFormats } from "../manifests/write.ts";
import { DynamicResource, toText } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { listDeclaredCategories } from "../results/declared-categories.ts";
import { EarlierFile } from "../results/earlier-file.ts";
import { finishedItems, showItem } from "../results/finished.ts";
import { foreignFileProblem, type Merged, writeMerged } from "../results/merged-file.ts";
import { mergedName, writeInFormat } from "../results/other-format.ts";
import { Results } from "../results/results.ts";
import { toJsonText } from "../text/json.ts";
import { count, shortList } from "../text/lines.ts";

/** The inputs of an export of annotations. */
export interface AnnotationExportArgs {
  /** The batch whose finished work items are exported: a batch's `batchId` or `id`. Either this or `workItemIds`. */
  batchId?: pulumi.Input<number | string>;
  /**
   * The ids of the work items to export, by key like the `ids` of a `WorkItemSet`, or in a list. Items that are not
   * finished yet are left out until they are. Either this or `batchId`.
   */
  workItemIds?: pulumi.Input<Record<string, pulumi.Input<string>> | pulumi.Input<string>[]>;
  /**
   * The file to write, from the program's folder; its folder is made. It is written completely or not at all, and never
   * over a file that no export wrote. If the path changes, the old file is kept. In a `format` other than `coco`, it is
   * a folder.
   */
  path: pulumi.Input<string>;
  /**
   * The format: `coco`, the default, one file; `yolo`, `voc` and `cvat`, a folder with the files that their tools expect,
   * and with `annotations.coco.json`, which has all that these formats have no place for. The pictures are not among
   * them: copy them there under the same names, into `JPEGImages` for VOC; `docs/formats.md` shows how.
   */
  format?: pulumi.Input<WrittenFormat>;
  /**
   * The names of the categories, in the order of their ids from 1, so that an id means the same in each file. What people
   * add comes after them. Default: in the order in which they first appear. Either this or `manifest`.
   */
  categories?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The manifest of the dataset, in any format that a `WorkItemSet` reads: the file has its categories, with their ids
   * and supercategories, and YOLO has its splits. Default: none. Either this or `categories`.
   */
  manifest?: pulumi.Input<string>;
  /**
   * Values, such as the hour, that have the file written again when one of them changes. Default: none. Without them,
   * it is written when the declaration changes, and when a refresh finds results other than those in the file.
   */
  triggers?: pulumi.Input<unknown[]>;
  /**
   * The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`.
   * Changing it replaces the export.
   */
  projectId?: pulumi.Input<string>;
}

interface Inputs {
  projectId: string;
  batchId?: string;
  workItemIds?: Record<string, string> | string[];
  path: string;
  format?: WrittenFormat;
  categories?: string[];
  manifest?: string;
  /** Computed by check: the categories that the declaration names, each as text. */
  declaredCategories?: string[];
  triggers?: unknown[];
  /** Computed by check: what the file should have. A refresh says here what the file does not have. */
  contents: string;
}

interface State extends Omit<Inputs, "categories">, Merged {
  sha256: string;
  size: number;
  /** How many work items were finished. */
  finishedCount: number;
  /** When the last of them was changed. */
  updatedAt: string | undefined;
}

const schema = z.strictObject({
  projectId: fields.place("projectId"),
  batchId: fields.batch.optional(),
  workItemIds: z
    .union([z.record(z.string(), fields.text), z.array(fields.text)], {
      error: "must be work item ids by key, or a list of them",
    })
    .optional(),
  path: fields.text,
  format: fields.oneOf(...writtenFormats).optional(),
  categories: fields.names.optional(),
  manifest: fields.text.optional(),
  // Given if the engine keeps a computed value because of `ignoreChanges`.
  declaredCategories: z.array(fields.text).optional(),
  triggers: fields.triggers.optional(),
  // Given if the engine keeps a computed value because of `ignoreChanges`.
  contents: fields.text.optional(),
});

/** What a change of each field requires. */
export const annotationExportMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  projectId: "replace",
  batchId: "update",
  workItemIds: "update",
  path: "update",
  format: "update",
  // What they say is in `declaredCategories`.
  categories: "ignore",
  manifest: "ignore",
  declaredCategories: "update",
  triggers: "update",
  contents: "update",
};

const outputs = [
  ...Object.keys(annotationExportMutability),
  "sha256",
  "size",
  "imageCount",
  "annotationCount",
  "finishedCount",
  "updatedAt",
];

const everything = "all finished work items";
const mostNamed = 5;

export const annotationExportLifecycle: Lifecycle<Inputs, State> = {
  asText: ["workItemIds"],
  deleteBeforeReplace: false,

  async check(news, _olds, defaults) {
    const inputs: Plain = { projectId: defaults.projectId, contents: everything, ...news };
    const failures = [...findFailures(schema, inputs), ...placeFailures(inputs)];
    inputs.batchId = batchIdText(inputs.batchId);
    failures.push(...eitherFailures(inputs, "batchId", "workItemIds"));
    const { path, categories, manifest } = inputs;
    if (categories !== undefined && manifest !== undefined) {
      failures.push({
        property: "categories",
        reason: "categories and manifest say the same: give one of them",
      });
    } else if (failures.length === 0 && !hasUnknown([categories, manifest])) {
      const declared = await listDeclaredCategories(inputs as unknown as Inputs);
      if (typeof declared === "string") {
        const [property, what] =
          manifest === undefined
            ? ["categories", "categories"]
            : ["manifest", `manifest ${manifest}:`];
        failures.push({ property, reason: `${what} ${declared}` });
      } else if (declared !== undefined) {
        inputs.declaredCategories ??= declared.map((category) => toJsonText(category));
      }
    }
    const isKnown = typeof path === "string" && !hasUnknown([path, inputs.format]);
    const problem = isKnown
      ? await foreignFileProblem(fileOf(inputs as unknown as Inputs))
      : undefined;
    if (problem !== undefined) {
      failures.push({ property: "path", reason: `path ${problem}` });
    }
    return { inputs, failures };
  },

  diff(olds, news) {
    return differenceByField<Inputs>(annotationExportMutability, olds, news);
  },

  async create(platform, inputs) {
    return { id: setId(inputs.projectId, platform.owner), state: await write(platform, inputs) };
  },

  async read(platform, _id, olds) {
    if (olds.path === undefined) {
      return undefined;
    }
    const known = olds as State;
    const contents = (await whatIsMissing(platform, known)) ?? everything;
    const {
      projectId,
      batchId,
      workItemIds,
      path,
      format,
      manifest,
      declaredCategories,
      triggers,
    } = known;
    return {
      state: { ...known, contents },
      inputs: {
        projectId,
        ...(batchId !== undefined && { batchId }),
        ...(workItemIds !== undefined && { workItemIds }),
        path,
        ...(format !== undefined && { format }),
        ...(manifest !== undefined && { manifest }),
        ...(declaredCategories !== undefined && { declaredCategories }),
        ...(triggers !== undefined && { triggers }),
        contents,
      },
    };
  },

  async update(platform, _id, olds, news) {
    return write(platform, news, olds);
  },

  async delete({ info }, _id, { path }) {
    info(`${path} is kept: delete it where nobody needs it`);
  },
};

/** Writes the file. What has not changed since the last time comes from the earlier file. */
async function write(platform: Platform, inputs: Inputs, olds?: State): Promise<State> {
  const { client } = platform;
  const items = await finishedItems(client, inputs);
  const earlier = olds && (await EarlierFile.open(fileOf(olds), olds.sha256));
  const file = fileOf(inputs);
  try {
    const progress = new Progress(platform, items.length, "results");
    const results = new Results(items, {
      client,
      projectId: inputs.projectId,
      known: earlier,
      progress: () => progress.add(),
    });
    const merged = await writeMerged(file, results, {
      declared: inputs.declaredCategories?.map((text) => JSON.parse(text) as DeclaredCategory),
      earlier: olds?.numbering ?? earlier?.categories,
      provenance: await provenanceIn(client, inputs),
    });
    progress.end(
      `${count(merged.annotationCount)} annotations of ${count(items.length)} finished work items in ${inputs.path}, ${count(results.fetched)} fetched`,
    );
    warnOf(platform, results);
    const { path, format = "coco", manifest } = inputs;
    if (format === "yolo" && inputs.declaredCategories === undefined) {
      platform.info(
        "the classes are numbered in the order in which they first appeared: manifest or categories gives them the numbers of your data set",
      );
    }
    if (format !== "coco") {
      const left = (await writeInFormat(path, format, merged.numbering, manifest)).text();
      if (left !== undefined) {
        platform.warn(`${format} has no place for ${left}: ${mergedName} has them`);
      }
    }
    return {
      ...inputs,
      ...merged,
      ...(await readFingerprint(file)),
      finishedCount: items.length,
      updatedAt: items.map(({ updatedAt }) => updatedAt).reduce(laterOf, undefined),
    };
  } finally {
    await earlier?.close();
  }
}

/** Where the batch comes from, if its metadata say so. */
async function provenanceIn(
  client: Client,
  { projectId, batchId }: Inputs,
): Promise<Provenance | undefined> {
  const batches = batchId === undefined ? undefined : await listBatchesOnce(client, projectId);
  return provenanceOf(batches?.get(batchId ?? "")?.metadata);
}

/** The file with everything, which the next update starts from. */
function fileOf({ path, format = "coco" }: Pick<Inputs, "path" | "format">): string {
  return format === "coco" ? path : join(path, mergedName);
}

function warnOf({ warn }: Platform, { without }: Results): void {
  if (without.length > 0) {
    const names = without.slice(0, mostNamed).map(showItem).join(", ");
    const more = without.length > mostNamed ? ` and ${count(without.length - mostNamed)} more` : "";
    warn(`finished without an annotation, and so not in the file: ${names}${more}`);
  }
}

/** What the file does not have; undefined if it is as it should be. */
async function whatIsMissing(platform: Platform, state: State): Promise<string | undefined> {
  const found = await readFingerprint(fileOf(state)).catch(() => undefined);
  if (found === undefined) {
    return "the file is gone";
  }
  if (found.sha256 !== state.sha256) {
    return "the file was changed";
  }
  const lost =
    state.format === undefined || state.format === "coco" ? [] : await lostFiles(state.path);
  if (lost.length > 0) {
    return `files are gone: ${shortList(lost, 3, String)}`;
  }
  const { finishedCount, changed } = await changesSince(platform, state);
  const difference = Math.abs(finishedCount - state.finishedCount);
  return changed > 0 || difference > 0
    ? `older results: ${count(Math.max(changed, difference))} of ${count(finishedCount)} finished work items are new or changed`
    : undefined;
}

/** How many are finished, and how many of them changed after the latest change that the file has. */
async function changesSince(
  { client }: Platform,
  state: State,
): Promise<{ finishedCount: number; changed: number }> {
  const { projectId, batchId, updatedAt } = state;
  const isNewer = (moment: string | undefined) => laterOf(updatedAt, moment) !== updatedAt;
  if (batchId === undefined) {
    const items = await finishedItems(client, state);
    const changed = items.filter((item) => isNewer(item.updatedAt)).length;
    return { finishedCount: items.length, changed };
  }
  // A large batch is not listed completely: the listing has what changed since, and the batch's counts cover the rest.
  let changed = 0;
  const since = updatedAt === undefined ? {} : { updatedAtFrom: updatedAt };
  const filter = { batchIds: [batchId], status: "COMPLETED", ...since };
  for await (const item of client.workItems.list(projectId, filter)) {
    changed += Number(isNewer(item.updatedAt ?? undefined));
  }
  const batch = (await listBatchesOnce(client, projectId)).get(batchId);
  return { finishedCount: batch?.completedCount ?? state.finishedCount, changed };
}

function laterOf(left: string | undefined, right: string | undefined): string | undefined {
  return left === undefined || (right !== undefined && Date.parse(right) > Date.parse(left))
    ? right
    : left;
}

/** The finished annotations of a batch or of work items, in one local COCO file. Destroying it keeps the file. */
export class AnnotationExport extends DynamicResource {
  static readonly __pulumiType = typeToken("AnnotationExport");

  /** The file, as declared. */
  declare readonly path: pulumi.Output<string>;
  /** The UUID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** What the file has; after a refresh, what it does not have. */
  declare readonly contents: pulumi.Output<string>;
  /** The SHA-256 of the file, in hexadecimal digits. */
  declare readonly sha256: pulumi.Output<string>;
  /** The size of the file in bytes. */
  declare readonly size: pulumi.Output<number>;
  /** How many images the file has. */
  declare readonly imageCount: pulumi.Output<number>;
  /** How many annotations the file has. */
  declare readonly annotationCount: pulumi.Output<number>;
  /** The names of its categories, in the order of the file: declared ones first. */
  declare readonly categories: pulumi.Output<string[]>;
  /** How many work items were finished when the file was written. */
  declare readonly finishedCount: pulumi.Output<number>;
  /** When the last of these was changed, ISO 8601; undefined if none is finished. */
  declare readonly updatedAt: pulumi.Output<string | undefined>;

  constructor(name: string, args: AnnotationExportArgs, options?: pulumi.CustomResourceOptions) {
    const { workItemIds, ...others } = args;
    super(
      "AnnotationExport",
      name,
      { ...others, ...(workItemIds !== undefined && { workItemIds: toText(workItemIds) }) },
      outputs,
      options,
    );
  }
}
