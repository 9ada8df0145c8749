// UploadSet: many local files as one resource, stored in a space of the platform.
//
//   create → createUploadUrls: 10 URLs a request, and PUT of each file to its URL
//   read   → createReadUrls: 1,000 paths a request, and GET of each file's first byte
//   update → createUploadUrls and PUT for the files that are new or changed; createReadUrls, and GET of the first byte,
//            for those that were uploaded earlier
//   delete → nothing: the platform cannot delete files
//
// By URL, nothing is sent, and nothing is asked of the space.

import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Client } from "../api/client.ts";
import { PermissionDeniedError } from "../api/errors.ts";
import { FilesError } from "../disk/problems.ts";
import { folderProblem, type Selection } from "../disk/select-files.ts";
import { isEqual, type Mutability } from "../lifecycle/diff.ts";
import { Failures } from "../lifecycle/failures.ts";
import * as fields from "../lifecycle/fields.ts";
import { setId, splitId } from "../lifecycle/ids.ts";
import {
  type Failure,
  type Lifecycle,
  PartialFailure,
  type Platform,
  Refusal,
} from "../lifecycle/lifecycle.ts";
import { isObject, type Plain, valueAt } from "../lifecycle/plain.ts";
import { Progress } from "../lifecycle/progress.ts";
import { hasUnknown } from "../lifecycle/unknown-values.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { type FormatName, formatNames } from "../manifests/formats.ts";
import { DynamicResource, fromText, openWhenRead } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { eachKey } from "../sets/each-key.ts";
import { toJsonText } from "../text/json.ts";
import { count, shortList } from "../text/lines.ts";
import { isUrl } from "../text/urls.ts";
import { describeFiles } from "../uploads/describe-files.ts";
import { comeBack, earlierOf } from "../uploads/earlier.ts";
import { levelsSchema } from "../uploads/findings.ts";
import { noteLeaving } from "../uploads/leaving-paths.ts";
import { linkOf } from "../uploads/links.ts";
import { type LookedAtFiles, lookAtFiles, type Meant } from "../uploads/look-at-files.ts";
import { type By, isBucket, openSource, type Source, SourceError } from "../uploads/source.ts";
import { storedPaths } from "../uploads/stored.ts";
import { UploadUrls, uploadFile } from "../uploads/upload.ts";

/** The inputs of a set of uploads. */
export interface UploadSetArgs {
  /**
   * The folder of the files, from the program's folder, or a bucket: `s3://<bucket>/<prefix>`, `gs://<bucket>/<prefix>`
   * or `az://<container>/<prefix>`. A file is identified by its name relative to this folder, with `/` between folders:
   * `street/1.jpg`. A bucket is listed at each preview, with the credentials that the store's SDK finds; it needs the
   * package `@aws-sdk/client-s3`, `@google-cloud/storage` or `@azure/storage-blob`.
   */
  folder: pulumi.Input<string>;
  /**
   * How people get the files of a bucket: `upload` copies them into the space, `url` names the public URL at which each
   * lies, and sends nothing. A change of it makes the work items of all files anew. Default: `upload`.
   */
  by?: pulumi.Input<By>;
  /**
   * Which files of the folder to upload: patterns (`**` for folders, `*` for parts of a name), or names. Default: all
   * of them, except hidden ones.
   */
  include?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * A manifest of a work item set: only the files that its items name are uploaded, and each must be in the folder.
   * Default: none. Not together with `include`, `exclude` or `mediaTypes`.
   */
  manifest?: pulumi.Input<string>;
  /** The format of the manifest; see `WorkItemSetArgs`. Default: the one that its name and first characters tell. */
  format?: pulumi.Input<FormatName>;
  /**
   * What becomes of what a look at new and changed files finds: `refuse`, `warn` or `ignore`, by name. `empty` (no bytes),
   * `pointer` (of Git LFS), `broken` (no picture, or its end is missing), `size` (the manifest has another one) and `box`
   * (reaches out of the picture): default `refuse`. `ending` (the bytes are of another kind than the name), `thumbnail`
   * (in `@eaDir` and the like) and `duplicate` (of the same bytes): default `warn`. `damaged` (cannot be decoded) and
   * `similar` (looks like another one) need the package `sharp`: default `ignore`. A preview reads the
   * objects of a bucket only if this sets `pointer`, `broken`, `size`, `box` or `ending` to `refuse` or `warn`.
   */
  findings?: pulumi.Input<Record<string, pulumi.Input<"refuse" | "warn" | "ignore">>>;
  /** Which files of the folder to leave out: patterns, or names. Default: none. */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Which of these to upload, by the media type that a file's name stands for: `image/*`, `video/mp4`. Default: any.
   */
  mediaTypes?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether to follow links in the folder, wherever they lead, as in a folder that DVC or git-annex fills. A selected
   * link that leads nowhere is refused. Default: false, links are left out, and a file of a manifest must not be a link
   * out of the folder.
   */
  followLinks?: pulumi.Input<boolean>;
  /**
   * The UUID of the space. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`.
   * Changing it replaces the set: every file is uploaded anew.
   */
  spaceId?: pulumi.Input<string>;
}

interface Inputs extends Selection {
  spaceId: string;
  /** Computed by check: each file as text, so that the preview shows exactly those that change. */
  files: Record<string, string>;
}

interface State extends Inputs {
  paths: Record<string, string>;
  /**
   * The paths of files that were let go, by name and content. If such a file comes back, it is the same file as before,
   * so no work item changes.
   */
  earlier?: Record<string, Record<string, string>>;
}

const schema = z.strictObject({
  spaceId: fields.place("spaceId"),
  folder: fields.text,
  include: z.array(fields.text, { error: "must be a list of patterns" }).min(1).optional(),
  exclude: z.array(fields.text, { error: "must be a list of patterns" }).optional(),
  mediaTypes: fields.mediaRanges.optional(),
  manifest: fields.text.optional(),
  format: fields.oneOf(...formatNames).optional(),
  findings: levelsSchema.optional(),
  by: fields.oneOf("upload", "url").optional(),
  followLinks: fields.flag.optional(),
  // Given if the engine keeps a computed value because of `ignoreChanges`.
  files: z.record(z.string(), fields.text, { error: "must be an object of texts" }).optional(),
});

/** What a change of each field requires. */
export const uploadSetMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  spaceId: "replace",
  folder: "ignore",
  include: "ignore",
  exclude: "ignore",
  mediaTypes: "ignore",
  followLinks: "ignore",
  files: "update",
};

const outputs = [...Object.keys(uploadSetMutability), "paths"];

export const uploadSetLifecycle: Lifecycle<Inputs, State> = {
  asEntries: ["files"],
  asText: ["paths", "earlier"],
  deleteBeforeReplace: false,

  async check(news, olds, defaults) {
    const inputs: Plain = { spaceId: defaults.spaceId, ...news };
    const { spaceId: _, files, ...meant } = inputs;
    const { folder } = meant;
    const failures = [...findFailures(schema, inputs), ...bothFailures(inputs)];
    const isKept = files !== undefined;
    if (failures.length > 0 || isKept || hasUnknown(meant)) {
      return { inputs, failures };
    }
    const problem = isBucket(String(folder)) ? undefined : await folderProblem(String(folder));
    if (problem !== undefined) {
      return { inputs, failures: [{ property: "folder", reason: `folder ${problem}` }] };
    }
    try {
      const { texts, judge } = await lookAtFiles(meant as unknown as Meant);
      if (Object.keys(texts).length === 0) {
        return { inputs, failures: [emptyFailure(inputs)] };
      }
      inputs.files = texts;
      judgements.set(placeOf(inputs), judge);
      // A large map of before is not known here: `checkChanges` judges again.
      const isKnown = olds.files === undefined || isObject(olds.files);
      const warning = judge(isKnown ? ((olds.files ?? {}) as Plain) : undefined);
      return { inputs, failures, warning: warning && `folder ${folder}: ${warning}` };
    } catch (error) {
      return { inputs, failures: [filesFailure(inputs, error)] };
    }
  },

  checkChanges(olds, news) {
    try {
      judgements.get(placeOf({ ...news }))?.(olds.files);
      return [];
    } catch (error) {
      return [filesFailure({ ...news }, error)];
    }
  },

  diff(olds, news, owner = "") {
    const replaces = isEqual(olds.spaceId, news.spaceId) ? [] : ["spaceId"];
    noteLeaving(owner, replaces.length > 0 ? olds.paths : pathsGivenUp(olds, news));
    return { changed: replaces.length > 0 || !isEqual(olds.files, news.files), replaces };
  },

  describeChanges: describeFiles,

  async create(platform, inputs) {
    const id = setId(inputs.spaceId, platform.owner);
    return { id, state: await send(platform, id, { ...inputs, files: {}, paths: {} }, inputs) };
  },

  async read({ client, warn }, id, olds) {
    const [spaceId] = splitId(id, "upload set");
    const {
      paths = {},
      earlier,
      ...inputs
    } = { folder: ".", ...olds, spaceId } as Partial<State> & Inputs;
    const { found: there, refused } = await storedPaths(client, spaceId, Object.values(paths));
    if (refused.length > 0) {
      // To send one again would replace its work items, so it counts as there.
      const names = Object.keys(paths).filter((name) => refused.includes(paths[name] ?? ""));
      warn(
        `the storage refuses to show some files, which it may do for what is gone. If such a file is gone, rename it, and the next update sends it and replaces its work items: ${shortList(names, 5, String)}`,
      );
    }
    const known = new Set([...there, ...refused]);
    const only = (of: Record<string, string> = {}) =>
      Object.fromEntries(Object.entries(of).filter(([name]) => known.has(paths[name] ?? "")));
    const found = { ...inputs, files: only(inputs.files) };
    return {
      inputs: found,
      state: { ...found, paths: only(paths), ...(earlier !== undefined && { earlier }) },
    };
  },

  async update(platform, id, olds, news) {
    return send(platform, id, olds, news);
  },

  async delete() {},
};

/** The paths of files that are sent anew, or no longer declared; none while the files are not known. */
function pathsGivenUp({ paths = {}, files: olds }: State, { files }: Inputs): State["paths"] {
  if (!isObject(files)) {
    return {};
  }
  const left = Object.entries(paths).filter(([name, path]) => {
    const text = valueAt(files, name);
    return text === undefined || (text !== valueAt(olds, name) && linkOf(text) !== path);
  });
  return Object.fromEntries(left);
}

/** How what was found in a folder is judged, once the files of before are known. */
const judgements = new Map<string, LookedAtFiles["judge"]>();

function placeOf({ files: _, ...inputs }: Plain): string {
  return toJsonText(inputs);
}

/** What is wrong with the files. */
function filesFailure(inputs: Plain, error: unknown): Failure {
  if (!(error instanceof FilesError)) {
    throw error;
  }
  const isOfManifest = inputs.manifest !== undefined && !(error instanceof SourceError);
  const property = isOfManifest ? "manifest" : "folder";
  return { property, reason: `${property} ${String(inputs[property])}: ${error.message}` };
}

/** A manifest names its files itself, so options that it would ignore are refused. */
function bothFailures({ manifest, ...others }: Plain): Failure[] {
  const given = ["include", "exclude", "mediaTypes"].filter((name) => others[name] !== undefined);
  return manifest === undefined || given.length === 0
    ? []
    : [
        {
          property: "manifest",
          reason: `manifest names its files itself: leave out ${given.join(" and ")}, or the manifest`,
        },
      ];
}

/** The reason why there is nothing to upload. */
function emptyFailure({ folder, manifest, mediaTypes, followLinks }: Plain): Failure {
  if (manifest !== undefined) {
    const reason = `manifest ${manifest} names no file to upload: give its items a file`;
    return { property: "manifest", reason };
  }
  const ofTypes = Array.isArray(mediaTypes) ? ` of ${mediaTypes.join(", ")}` : "";
  const links = followLinks === true ? "" : ", and followLinks where they are links";
  const advice = isBucket(String(folder))
    ? "check the prefix, include and exclude"
    : `check include and exclude${links}`;
  const reason = `folder ${folder} has no file${ofTypes} to upload: ${advice}`;
  return { property: "folder", reason };
}

/** Sends the files that are new or changed, and keeps the paths of the others. */
async function send(platform: Platform, id: string, olds: State, news: Inputs): Promise<State> {
  const names = Object.keys(news.files);
  const { client } = platform;
  const back = await comeBack(client, olds, news);
  const changed = names.filter(
    (name) =>
      !back.has(name) &&
      (valueAt(olds.paths, name) === undefined || valueAt(olds.files, name) !== news.files[name]),
  );
  const failures = new Failures();
  const progress = new Progress(platform, changed.length, "files");
  const urls = new UploadUrls(client, news.spaceId, changed.length);
  const source = await openSource(news.folder);
  const sent = new Map(back);
  await eachKey(changed, client.concurrency, failures, progress, async (name) => {
    try {
      const text = news.files[name] ?? "";
      sent.set(name, linkOf(text) ?? (await sendFile(client, source, name, text, urls)));
    } catch (error) {
      // A refused URL concerns only its own file, and must not stop the others.
      throw error instanceof PermissionDeniedError ? new Refusal(error.message) : error;
    }
  });
  const word = [...sent.values()].some(isUrl) ? "named by URL" : "uploaded";
  const left = Object.keys(olds.files).filter((name) => valueAt(news.files, name) === undefined);
  const done: [number, string][] = [
    [sent.size - back.size, word],
    [back.size, "came back"],
    [left.length, "left the stack"],
  ];
  const words = done
    .filter(([files]) => files > 0)
    .map(([files, text]) => `${count(files)} ${text}`);
  progress.end(words.join(", ") || "nothing done");
  const known = names.flatMap((name) => {
    // A file that failed stays as it was before.
    const text = failures.has(name) ? valueAt(olds.files, name) : news.files[name];
    const path = sent.get(name) ?? valueAt(olds.paths, name);
    return text === undefined || path === undefined ? [] : [{ name, text, path }];
  });
  const state: State = {
    ...news,
    files: Object.fromEntries(known.map(({ name, text }) => [name, text])),
    paths: Object.fromEntries(known.map(({ name, path }) => [name, path])),
  };
  const earlier = earlierOf(olds, state);
  if (Object.keys(earlier).length > 0) {
    state.earlier = earlier;
  }
  if (failures.size > 0) {
    const summary = `${count(failures.size)} of ${count(changed.length)} files could not be uploaded, the others are: run the update again`;
    throw new PartialFailure(id, state, summary, failures.lines());
  }
  return state;
}

async function sendFile(
  client: Client,
  source: Source,
  name: string,
  text: string,
  urls: UploadUrls,
): Promise<string> {
  const open = () => source.open(name, text);
  const path = await uploadFile(client, open, () => urls.take());
  await source.finish(name, text);
  return path;
}

/** Many files of a folder or a bucket as one resource. The platform cannot delete files: destroying it keeps them. */
export class UploadSet extends DynamicResource {
  static readonly __pulumiType = typeToken("UploadSet");

  /** The folder, as declared. */
  declare readonly folder: pulumi.Output<string>;
  /** The UUID of the space. */
  declare readonly spaceId: pulumi.Output<string>;
  /** The media type, the size, and the SHA-256 or what a bucket calls the content, of each file as JSON text, by name. */
  declare readonly files: pulumi.Output<Record<string, string>>;
  /** The path of each file in the space, or its URL, by name, for the `uploads` of a work item set. */
  declare readonly paths: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: UploadSetArgs, options?: pulumi.CustomResourceOptions) {
    super("UploadSet", name, { ...args }, outputs, options);
    const { files, paths } = this;
    openWhenRead(this, { files: () => fromText(files, paths), paths: () => fromText(paths) });
  }
}
