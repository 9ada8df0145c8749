import { basename, dirname, resolve } from "node:path";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { valueAt } from "../../provider/lifecycle/plain.ts";
import { isBucket } from "../../provider/uploads/source.ts";
import { type Reason, type ShownUploads, textsOf } from "../build/shown-uploads.ts";
import { type Side, secret } from "../engine/events.ts";
import type { ItemChange } from "../model.ts";

/** A file on this machine that the stack declares as an upload. */
export interface LocalFile {
  /** The absolute path of the folder that the declaration names. */
  folder: string;
  /** The name of the file relative to that folder. */
  name: string;
  /** The hash of its bytes, as declared or at the last update. */
  sha256: string;
  /** The size in bytes. */
  size: number;
  /** Whether the file may be a link to somewhere else. */
  followLinks: boolean;
}

/** Finds the local files that work items show, but only those that the stack uploads. */
export class LocalFiles {
  readonly #uploads: ShownUploads;
  readonly #programFolder: string;

  constructor(uploads: ShownUploads, programFolder: string) {
    this.#uploads = uploads;
    this.#programFolder = programFolder;
  }

  /** The file that an item shows before or after the change, or why there is none. */
  of(item: ItemChange, side: "old" | "new"): LocalFile | Reason {
    const upload = this.#uploads.of(item, side);
    if (typeof upload === "string") {
      return upload;
    }
    const { step, name } = upload;
    // A step may know only one side, if the stack is being deleted or only looked at.
    const declared = declaredOf(step[side] ?? step.old ?? step.new, name);
    if (declared === undefined) {
      return isBucket(String(step.new?.inputs.folder))
        ? "it lies in a bucket, and a report fetches nothing"
        : "its file is secret, or not known before the update";
    }
    // A file that has moved is where its declaration puts it now.
    const now = declaredOf(step.new, name) ?? declared;
    const { sha256, size } = declared;
    return { ...now, folder: resolve(this.#programFolder, now.folder), sha256, size };
  }
}

/** What the stack declares about a file of an upload; undefined if it declares none, or if the engine hides it. */
function declaredOf(side: Side | undefined, name: string | undefined): LocalFile | undefined {
  if (side === undefined) {
    return undefined;
  }
  const { folder, source, followLinks } = side.inputs;
  if (name === undefined) {
    return typeof source === "string"
      ? fileOf(dirname(source), basename(source), false, side.inputs)
      : undefined;
  }
  const text = valueAt(textsOf(side), name);
  return typeof folder === "string" && typeof text === "string" && text !== secret
    ? fileOf(folder, name, followLinks === true, JSON.parse(text) as Plain)
    : undefined;
}

function fileOf(
  folder: string,
  name: string,
  followLinks: boolean,
  { sha256, size }: Plain,
): LocalFile | undefined {
  return typeof sha256 === "string" && typeof size === "number"
    ? { folder, name, sha256, size, followLinks }
    : undefined;
}
