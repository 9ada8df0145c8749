// SignedUpload: a local file, stored in a space of the platform.
//
//   create → createUploadUrls, and PUT of the bytes to the URL
//   read   → createReadUrls, and GET of the first byte from the URL
//   update → createUploadUrls and PUT: other content gets another path; createReadUrls for content uploaded earlier, and
//            GET of a file that was imported, whose content is not known
//   delete → nothing: the platform cannot delete files

import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Client } from "../api/client.ts";
import { unlessRefused } from "../api/errors.ts";
import { fileBytes } from "../api/files.ts";
import type { SignedUrlWire } from "../api/signed-urls.ts";
import { fileProblem, readFingerprint } from "../disk/local-file.ts";
import { openContent } from "../disk/pieces.ts";
import { FilesError } from "../disk/problems.ts";
import { differenceByField, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { splitId } from "../lifecycle/ids.ts";
import { type Lifecycle, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { type Plain, valueAt } from "../lifecycle/plain.ts";
import { hasUnknown } from "../lifecycle/unknown-values.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { DynamicResource } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { type Levels, levelsSchema } from "../uploads/findings.ts";
import { lookAtOneFile } from "../uploads/look-at-files.ts";
import { isBucket } from "../uploads/source.ts";
import { storedPaths } from "../uploads/stored.ts";
import { uploadFile } from "../uploads/upload.ts";

/** The inputs of an upload. */
export interface SignedUploadArgs {
  /**
   * The file: a path, from the program's folder, or a `pulumi.asset.FileAsset`. It is streamed, never held in memory as
   * a whole. A changed file is sent anew and gets another `path`; a moved or renamed one does not.
   */
  source: pulumi.Input<string | pulumi.asset.FileAsset>;
  /**
   * The media type that the file is stored with, `image/jpeg` for example. Default: what the first bytes show, then
   * what the file's name says, then `application/octet-stream`. Changing it sends the file anew.
   */
  contentType?: pulumi.Input<string>;
  /**
   * What becomes of what a look at a new or changed file finds: `refuse`, `warn` or `ignore`, by name. `empty` (no bytes),
   * `pointer` (of Git LFS) and `broken` (no picture, or its end is missing): default `refuse`. `ending` (the bytes are of
   * another kind than the name) and `thumbnail` (in `@eaDir` and the like): default `warn`. `damaged` (cannot be decoded) needs the package `sharp`: default
   * `ignore`.
   */
  findings?: pulumi.Input<Record<string, pulumi.Input<"refuse" | "warn" | "ignore">>>;
  /**
   * The UUID of the space. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`.
   * Changing it replaces the upload.
   */
  spaceId?: pulumi.Input<string>;
}

interface Inputs {
  spaceId: string;
  source: string;
  contentType: string;
  /** Computed by check, so that the preview shows a changed file. */
  sha256: string;
  size: number;
}

interface State extends Inputs {
  path: string;
  /**
   * The paths of its earlier contents, by content. If a change is taken back, it is the same file as before, so no work
   * item changes.
   */
  earlier?: Record<string, string>;
}

const schema = z.strictObject({
  spaceId: fields.place("spaceId"),
  source: fields.text,
  contentType: fields.mediaType.optional(),
  findings: levelsSchema.optional(),
  // Given if the engine keeps a computed value because of `ignoreChanges`.
  sha256: fields.text.optional(),
  size: fields.number(0, Number.MAX_SAFE_INTEGER).optional(),
});

/** What a change of each field requires. */
export const signedUploadMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  spaceId: "replace",
  source: "ignore",
  contentType: "update",
  sha256: "update",
  size: "ignore",
};

const outputs = [...Object.keys(signedUploadMutability), "path"];

export const signedUploadLifecycle: Lifecycle<Inputs, State> = {
  deleteBeforeReplace: false,
  readsById: true,

  async check(news, olds, defaults) {
    const inputs: Plain = { spaceId: defaults.spaceId, ...news };
    const failures = findFailures(schema, inputs);
    const { source, findings } = inputs;
    if (failures.length > 0 || typeof source !== "string" || hasUnknown([source, findings])) {
      return { inputs, failures };
    }
    const problem = isBucket(source)
      ? `must be a local file, got ${source}: a bucket is the folder of an UploadSet`
      : await fileProblem(source);
    if (problem !== undefined) {
      return { inputs, failures: [{ property: "source", reason: `source ${problem}` }] };
    }
    try {
      const before = typeof olds.sha256 === "string" ? olds.sha256 : undefined;
      const { file, judge } = await lookAtOneFile(source, findings as Levels | undefined);
      // What `ignoreChanges` keeps is not sent.
      const warning = inputs.sha256 === undefined ? judge(before) : undefined;
      return { inputs: { ...file, ...inputs }, failures, warning };
    } catch (error) {
      if (!(error instanceof FilesError)) {
        throw error;
      }
      return { inputs, failures: [{ property: "source", reason: `source: ${error.message}` }] };
    }
  },

  diff(olds, news) {
    return differenceByField<Inputs>(signedUploadMutability, olds, news);
  },

  async create(platform, inputs) {
    const path = await send(platform, inputs);
    return { id: `${inputs.spaceId}/${path}`, state: { ...inputs, path } };
  },

  async read({ client }, id, olds) {
    const [spaceId, first] = splitId(id, "signed upload");
    const { path = first, earlier, ...others } = olds;
    if (!(await isStored(client, spaceId, path))) {
      return undefined;
    }
    const inputs = { ...others, spaceId } as Inputs;
    return { inputs, state: { ...inputs, path, ...(earlier !== undefined && { earlier }) } };
  },

  async update(platform, _id, olds, news) {
    // Of an imported file, only the path is known.
    if (olds.sha256 === undefined) {
      const stored = await storedHash(platform.client, news.spaceId, olds.path);
      return { ...news, path: stored === news.sha256 ? olds.path : await send(platform, news) };
    }
    const known = earlierPath(olds, news);
    // A look that is refused saves no upload.
    const isThere =
      known !== undefined &&
      (await isStored(platform.client, news.spaceId, known).catch(unlessRefused));
    const path = isThere ? known : await send(platform, news);
    return { ...news, path, earlier: { ...olds.earlier, [contentOf(olds)]: olds.path } };
  },

  async delete() {},
};

/** Sends the file, and returns its path. */
async function send(platform: Platform, inputs: Inputs): Promise<string> {
  const problem = await fileProblem(inputs.source);
  if (problem !== undefined) {
    throw new Refusal(`source ${problem}`);
  }
  const path = await uploadFile(
    platform.client,
    () => openContent(inputs.source, inputs.contentType),
    () => takeUrl(platform, inputs),
  );
  // The bytes were hashed for the preview; what is sent must be what was reviewed.
  const { sha256 } = await readFingerprint(inputs.source);
  if (sha256 !== inputs.sha256) {
    throw new Refusal(
      `source ${inputs.source} changed while it was uploaded: run the update again`,
    );
  }
  return path;
}

/** The path of earlier content that is declared again. */
export function earlierPath(
  { earlier }: Pick<State, "earlier">,
  news: Pick<Inputs, "sha256" | "contentType">,
): string | undefined {
  return valueAt(earlier, contentOf(news));
}

function contentOf({ sha256, contentType }: Pick<Inputs, "sha256" | "contentType">): string {
  return `${sha256} ${contentType}`;
}

/** The SHA-256 of a stored file, which is read as a whole. */
async function storedHash(
  client: Client,
  spaceId: string,
  path: string,
): Promise<string | undefined> {
  const [url] = await client.signedUrls.forReading(spaceId, [path]);
  if (url === undefined) {
    return undefined;
  }
  const hash = createHash("sha256");
  for await (const bytes of fileBytes(url.signedUrl, client.standstillMs)) {
    hash.update(bytes);
  }
  return hash.digest("hex");
}

async function isStored(client: Client, spaceId: string, path: string): Promise<boolean> {
  return (await storedPaths(client, spaceId, [path])).found.has(path);
}

async function takeUrl({ client }: Platform, { spaceId, source }: Inputs): Promise<SignedUrlWire> {
  const [url] = await client.signedUrls.forUpload(spaceId);
  if (url === undefined) {
    throw new Refusal(`the service gave no URL to upload ${source} to: run the update again`);
  }
  return url;
}

/** A local file, stored in a space. The platform cannot delete one: destroying it keeps the stored file. */
export class SignedUpload extends DynamicResource {
  static readonly __pulumiType = typeToken("SignedUpload");

  /** The local file, as declared. */
  declare readonly source: pulumi.Output<string>;
  /** The media type that the file is stored with. */
  declare readonly contentType: pulumi.Output<string>;
  /** The UUID of the space. */
  declare readonly spaceId: pulumi.Output<string>;
  /** The SHA-256 of the bytes, in hexadecimal digits. */
  declare readonly sha256: pulumi.Output<string>;
  /** The size in bytes. */
  declare readonly size: pulumi.Output<number>;
  /** The path of the file in the space, for the `assetUrl` of a work item. */
  declare readonly path: pulumi.Output<string>;

  /**
   * Reads an existing upload, without managing it. Operation `createReadUrls`. Only its `spaceId` and `path` are known.
   * @param id `<spaceId>/<path>`. The `id` of an upload has the path that it had first.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): SignedUpload {
    return new SignedUpload(name, undefined, { ...options, id });
  }

  constructor(
    name: string,
    args: SignedUploadArgs | undefined,
    options?: pulumi.CustomResourceOptions,
  ) {
    const source = args && pulumi.output(args.source).apply(pathOf);
    super("SignedUpload", name, { ...args, source }, outputs, options);
  }
}

/** The local path. The SDK may have resolved an asset's promise, which its type does not say. */
async function pathOf(source: unknown): Promise<string> {
  if (typeof source === "string") {
    return source;
  }
  if (typeof source === "object" && source !== null && "path" in source) {
    return String(await source.path);
  }
  throw new Error(
    "source must be a path or a FileAsset: what is not a file here cannot be uploaded",
  );
}
