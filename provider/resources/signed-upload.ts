// SignedUpload: a local file, stored in a space of the platform.
//
//   create → S1 GET  …/signedurls   and PUT of the bytes to the URL
//   read   → S2 POST …/signedurls   and GET of the first byte from the URL
//   update → nothing: another content is another path, so a change replaces
//   delete → nothing: the platform cannot delete files

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { fileTypeFromFile } from "file-type";
import mime from "mime";
import { z } from "zod";
import { ApiError, PermissionDeniedError, UnreachableError } from "../api/errors.ts";
import { fileExists, putFile } from "../api/files.ts";
import { differenceByField, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { splitId } from "../lifecycle/ids.ts";
import {
  type Failure,
  type Lifecycle,
  type Plain,
  type Platform,
  Refusal,
} from "../lifecycle/lifecycle.ts";
import { failuresOf } from "../lifecycle/validation.ts";
import { DynamicResource } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { hasUnknown } from "../pulumi/unknowns.ts";

/** What an upload is declared with. */
export interface SignedUploadArgs {
  /**
   * The file: a path, from the program's folder, or a `pulumi.asset.FileAsset`. Streamed, never held in
   * memory whole. A change of its bytes replaces the upload; moving or renaming it does not.
   */
  source: pulumi.Input<string | pulumi.asset.FileAsset>;
  /**
   * The media type that the file is stored with, `image/jpeg` for example. Default: what the first bytes
   * show, then what the file's name says, then `application/octet-stream`. Changing it replaces the
   * upload.
   */
  contentType?: pulumi.Input<string>;
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
}

const schema = z.strictObject({
  spaceId: fields.place("spaceId"),
  source: fields.text,
  contentType: fields.mediaType.optional(),
});

/** What a change of each field asks for. */
export const signedUploadMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  spaceId: "replace",
  source: "ignore",
  contentType: "replace",
  sha256: "replace",
  size: "ignore",
};

const outputs = [...Object.keys(signedUploadMutability), "path"];

const attempts = 3;

export const signedUploadLifecycle: Lifecycle<Inputs, State> = {
  deleteBeforeReplace: false,

  async check(news, _olds, defaults) {
    const inputs: Plain = { spaceId: defaults.spaceId, ...news };
    const failures = failuresOf(schema, inputs);
    const { source } = inputs;
    if (failures.length > 0 || typeof source !== "string" || hasUnknown(source)) {
      return { inputs, failures };
    }
    const missing = await sourceFailure(source);
    if (missing !== undefined) {
      return { inputs, failures: [missing] };
    }
    inputs.contentType ??= await contentTypeOf(source);
    return { inputs: { ...inputs, ...(await fingerprint(source)) }, failures };
  },

  diff(olds, news) {
    return differenceByField<Inputs>(signedUploadMutability, olds, news);
  },

  async create(platform, inputs) {
    const missing = await sourceFailure(inputs.source);
    if (missing !== undefined) {
      throw new Refusal(missing.reason);
    }
    const path = await upload(platform, inputs);
    // The bytes were hashed for the preview; what was sent must be what was reviewed.
    const { sha256 } = await fingerprint(inputs.source);
    if (sha256 !== inputs.sha256) {
      throw new Refusal(
        `source ${inputs.source} changed while it was uploaded: run the update again`,
      );
    }
    return { id: `${inputs.spaceId}/${path}`, state: { ...inputs, path } };
  },

  async read({ client }, id, olds) {
    const [spaceId, path] = splitId(id, "signed upload");
    const [file] = await client.signedUrls.forReading(spaceId, [path]);
    if (file === undefined || !(await fileExists(file.signedUrl))) {
      return undefined;
    }
    const { path: _, ...inputs } = { ...olds, spaceId } as State;
    return { inputs, state: { ...inputs, path } };
  },

  async update(_platform, _id, olds) {
    return olds;
  },

  async delete() {},
};

async function sourceFailure(source: string): Promise<Failure | undefined> {
  const found = await stat(source).catch(
    (error: NodeJS.ErrnoException) => error.code ?? "unreadable",
  );
  if (typeof found !== "string" && found.isFile()) {
    return undefined;
  }
  const why =
    found === "ENOENT"
      ? "there is no such file"
      : typeof found === "string"
        ? found
        : "it is not a file";
  return {
    property: "source",
    reason: `source must be a file, got ${source} (${resolve(source)}): ${why}`,
  };
}

async function fingerprint(source: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(source)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest("hex"), size };
}

async function contentTypeOf(source: string): Promise<string> {
  const seen = await fileTypeFromFile(source);
  return seen?.mime ?? mime.getType(source) ?? "application/octet-stream";
}

/** Sends the file, to a fresh URL at each attempt, as one may have expired. */
async function upload(
  { client }: Platform,
  { spaceId, source, contentType }: Inputs,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const [target] = await client.signedUrls.forUpload(spaceId);
    if (target === undefined) {
      throw new Refusal(`the service gave no URL to upload ${source} to: run the update again`);
    }
    try {
      await putFile(target.signedUrl, source, contentType);
      return target.path;
    } catch (error) {
      // A file that was not stored is no harm, so every passing failure is worth another try.
      const passing =
        error instanceof ApiError &&
        (error.outcomeUnknown ||
          error instanceof UnreachableError ||
          error instanceof PermissionDeniedError);
      if (!passing || attempt === attempts) {
        throw error;
      }
    }
  }
}

/** A local file, stored in a space. The platform cannot delete one: destroying keeps it. */
export class SignedUpload extends DynamicResource {
  static readonly __pulumiType = typeToken("SignedUpload");

  /** The local file, as declared. */
  declare readonly source: pulumi.Output<string>;
  /** The media type that it is stored with. */
  declare readonly contentType: pulumi.Output<string>;
  /** The UUID of the space. */
  declare readonly spaceId: pulumi.Output<string>;
  /** The SHA-256 of the bytes, in hexadecimal digits. */
  declare readonly sha256: pulumi.Output<string>;
  /** The size in bytes. */
  declare readonly size: pulumi.Output<number>;
  /** The path of the file in the space: what the `assetUrl` of a work item takes. */
  declare readonly path: pulumi.Output<string>;

  /**
   * Reads an upload that exists, without managing it. Operation S2. Only `spaceId` and `path` are known
   * of it.
   * @param id `<spaceId>/<path>`.
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

/** The local path; the type that the SDK gives to an unwrapped asset does not say what it is. */
function pathOf(source: unknown): Promise<string> {
  const asset = source as string | pulumi.asset.FileAsset;
  if (typeof asset !== "string" && !(asset.path instanceof Promise)) {
    throw new Error(
      "source must be a path or a FileAsset: what is not a file here cannot be uploaded",
    );
  }
  return Promise.resolve(typeof asset === "string" ? asset : asset.path);
}
