// Dataset: a folder of pictures, or a COCO file with its pictures, as one component: a Batch, an UploadSet and a
// WorkItemSet.

import * as pulumi from "@pulumi/pulumi";
import { ofMediaTypes, type Selection } from "../disk/select-files.ts";
import type { FormatName } from "../manifests/formats.ts";
import { programSettings } from "../pulumi/set-inputs.ts";
import { inOneLine, shortList } from "../text/lines.ts";
import { unknownNames } from "../text/unknown-names.ts";
import { openSource } from "../uploads/source.ts";
import { Batch } from "./batch.ts";
import { UploadSet, type UploadSetArgs } from "./upload-set.ts";
import { type WorkItemDefaults, WorkItemSet, type WorkItemSetItemArgs } from "./work-item-set.ts";

/** The inputs of a dataset. */
export interface DatasetArgs {
  /** The name of the batch for the work items: unique in the project. */
  batchName: pulumi.Input<string>;
  /** Free metadata of the batch. Default: none. */
  batchMetadata?: pulumi.Input<Record<string, unknown>>;
  /** Whether the batch says where it comes from; see `BatchArgs`. Default: the setting `aidp:provenance`, or false. */
  provenance?: pulumi.Input<boolean>;
  /**
   * Whether to adopt a batch that already has this name, and the work items that this declaration made in it earlier.
   * Default: false. Items made by others show files of their own, not those uploaded here: to adopt them, declare a
   * `WorkItemSet` with their `assetUrl`.
   */
  adopt?: pulumi.Input<boolean>;
  /**
   * The folder of the pictures, from the program's folder, or a bucket: `s3://<bucket>/<prefix>`,
   * `gs://<bucket>/<prefix>` or `az://<container>/<prefix>`; see `UploadSetArgs`.
   */
  folder: pulumi.Input<string>;
  /**
   * A COCO file, a YOLO data set, or another manifest of a work item set, that says which pictures there are and what
   * is known about them; its names start from the `folder`. Default: none, each picture of the folder is a work item
   * without labels.
   */
  manifest?: pulumi.Input<string>;
  /** The format of the manifest; see `WorkItemSetArgs`. Default: the one that its name and first characters tell. */
  format?: pulumi.Input<FormatName>;
  /** What to keep of the annotations of the manifest; see `WorkItemSetArgs`. Default: box and category only. */
  keep?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Which files of the folder to label, as patterns. Default: those whose name fits the `assetType` in `defaults`, so
   * pictures, or videos, and all if it is `external`; a message says how many others there are. Not together with
   * `manifest`.
   */
  include?: pulumi.Input<pulumi.Input<string>[]>;
  /** Which of these to leave out, as patterns. Default: none. Not together with `manifest`. */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether to follow links in the folder; see `UploadSetArgs`. Default: false. */
  followLinks?: pulumi.Input<boolean>;
  /** What becomes of pictures that are broken, empty, there twice and the like; see `UploadSetArgs`. */
  findings?: UploadSetArgs["findings"];
  /** How people get pictures that lie in a bucket: `upload` or `url`; see `UploadSetArgs`. Default: `upload`. */
  by?: UploadSetArgs["by"];
  /** What every work item has: deadline, difficulty, taxonomy, metadata. Default: nothing. */
  defaults?: pulumi.Input<WorkItemDefaults>;
  /**
   * Whether the metadata of each item has the name of its picture, as `pulumiFile`; see `WorkItemSetArgs`. Its key is
   * that name as well. Default: true.
   */
  fileNames?: pulumi.Input<boolean>;
  /** What ending an item does once people have begun; see `WorkItemSetArgs`. Default: `refuse`. */
  onWorkInProgress?: pulumi.Input<"refuse" | "cancel">;
  /** The UUID of the project. Default: the setting `aidp:projectId`, or `AIDP_PROJECT_ID`. */
  projectId?: pulumi.Input<string>;
  /** The UUID of the space. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`. */
  spaceId?: pulumi.Input<string>;
}

/** The names of the arguments. */
const inputs = Object.keys({
  batchName: 0,
  batchMetadata: 0,
  provenance: 0,
  adopt: 0,
  folder: 0,
  manifest: 0,
  format: 0,
  keep: 0,
  include: 0,
  exclude: 0,
  followLinks: 0,
  findings: 0,
  by: 0,
  defaults: 0,
  fileNames: 0,
  onWorkInProgress: 0,
  projectId: 0,
  spaceId: 0,
} satisfies Record<keyof DatasetArgs, 0>);

/** A folder of pictures, or a COCO file with its pictures, handed to people to label. */
export class Dataset extends pulumi.ComponentResource {
  /** The batch of the work items. */
  readonly batch: Batch;
  /** The uploaded pictures. */
  readonly uploads: UploadSet;
  /** The work items, by the name of their picture. */
  readonly workItems: WorkItemSet;

  constructor(name: string, args: DatasetArgs, options?: pulumi.ComponentResourceOptions) {
    // No provider checks a component, and an argument with a wrong name would never reach its children.
    const unknown = unknownNames(args, "Dataset", inputs);
    if (unknown.length > 0) {
      throw new pulumi.RunError(inOneLine(`Dataset "${name}": ${unknown.join("; ")}`));
    }
    super("aidp:index:Dataset", name, {}, options);
    const { folder, manifest, format, include, exclude, followLinks, projectId, spaceId } = args;
    const parent = { parent: this };
    const mediaTypes =
      manifest === undefined && include === undefined ? labelled(args.defaults) : undefined;
    this.batch = new Batch(
      name,
      {
        name: args.batchName,
        ...defined({ metadata: args.batchMetadata, adopt: args.adopt, projectId }),
        ...defined({ provenance: args.provenance }),
        ...((args.provenance ?? programSettings()?.provenance) && {
          provenanceOf: manifest === undefined ? [folder] : [folder, manifest],
        }),
      },
      parent,
    );
    this.uploads = new UploadSet(
      name,
      {
        folder,
        ...defined({ manifest, format, include, exclude, followLinks, mediaTypes, spaceId }),
        ...defined({ findings: args.findings, by: args.by }),
      },
      // The batch comes first, so that a name that is taken is reported before anything is sent.
      { ...parent, dependsOn: this.batch },
    );
    this.workItems = new WorkItemSet(
      name,
      {
        batchId: this.batch,
        uploads: this.uploads.paths,
        ...(manifest === undefined
          ? { items: itemsOf(this, { folder, include, exclude, followLinks, mediaTypes }) }
          : { manifest, ...defined({ format, keep: args.keep }) }),
        ...defined({
          defaults: args.defaults,
          fileNames: args.fileNames,
          onWorkInProgress: args.onWorkInProgress,
          adopt: args.adopt,
          projectId,
        }),
      },
      parent,
    );
    this.registerOutputs({ batchId: this.batch.batchId, statuses: this.workItems.statuses });
  }
}

/** An item for each file, which is known before anything is uploaded. */
function itemsOf(
  dataset: Dataset,
  selection: pulumi.Inputs & Pick<DatasetArgs, "folder">,
): pulumi.Output<Record<string, WorkItemSetItemArgs>> {
  return pulumi.output(selection).apply(async ({ mediaTypes, ...others }: Selection) => {
    const all = await selectIn(others).catch(async (error: Error) => {
      // Its check lists the files as well, and says in one line what is wrong with them. Then this never goes on.
      await registered(dataset.uploads);
      throw new pulumi.RunError(inOneLine(`folder ${others.folder}: ${error.message}`));
    });
    const files = await ofMediaTypes(mediaTypes, all);
    const taken = new Set(files);
    const leftOut = all.filter((name) => !taken.has(name));
    if (leftOut.length > 0) {
      const some = shortList(leftOut, 3, String);
      await pulumi.log.info(
        inOneLine(
          `${leftOut.length} of ${all.length} files of ${others.folder} left out, as their names are not of ${mediaTypes} (${some}): name them by include`,
        ),
        dataset,
      );
    }
    return Object.fromEntries(files.map((file) => [file, { file }]));
  });
}

function registered({ urn }: pulumi.Resource): Promise<unknown> {
  return new Promise((resolve) => urn.apply(resolve));
}

async function selectIn(selection: Selection): Promise<string[]> {
  return (await openSource(selection.folder)).select(selection);
}

/** The media types of what is labelled: the assets of the items are all of one kind. */
function labelled(defaults: DatasetArgs["defaults"] = {}): pulumi.Output<string[]> {
  // This is known even if other defaults are not known yet.
  const { assetType } = pulumi.output(defaults) as pulumi.Output<Record<"assetType", unknown>>;
  return assetType.apply((type = "image") => [type === "external" ? "*/*" : `${type}/*`]);
}

/** The given properties: an optional argument must be left out, not undefined. */
function defined<T extends object>(values: T): { [K in keyof T]: NonNullable<T[K]> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: NonNullable<T[K]> };
}
