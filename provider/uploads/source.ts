import type { FileContent } from "../api/files.ts";
import type { Decode, Decoded } from "../disk/picture-decode.ts";
import type { PictureLook } from "../disk/picture-look.ts";
import { FilesError } from "../disk/problems.ts";
import type { Selection } from "../disk/select-files.ts";
import { count } from "../text/lines.ts";

/** What is known about a file without sending it. */
export interface Seen {
  /** As the state has it: it changes if the file does. */
  text: string;
  /** Equal for files of the same bytes. */
  digest: string;
  look: PictureLook;
  /** What decoding it tells, where it was decoded. */
  decoded?: Decoded | undefined;
}

/** What to look at beyond what costs nothing. */
export interface Asked {
  /** Decodes pictures, where the source can. */
  decode?: Decode | undefined;
  /** Whether to read the beginnings and ends of files that would not be read otherwise. */
  withEnds?: boolean;
}

/** Where the files of an upload set lie: a folder, or a bucket. */
export interface Source {
  /** The names of the files that are meant, in order. Problems are `FilesError`s. */
  select(selection: Selection): Promise<string[]>;
  /** Throws unless each of these is a file that may be sent; `show` names one in a message. */
  confirm(
    selection: Selection,
    names: readonly string[],
    show: (name: string) => string,
  ): Promise<void>;
  identify(names: readonly string[], asked: Asked): Promise<Map<string, Seen>>;
  /** The content to send; refuses if it is not the one of this text any more. */
  open(name: string, text: string): Promise<FileContent>;
  /** Refuses if the file changed while it was sent. */
  finish(name: string, text: string): Promise<void>;
}

/** How people get the files: as copies in the space, or by the URLs at which they lie. */
export type By = "upload" | "url";

/**
 * Says that a manifest and a folder have no file in common, and which folder has the files. If that is not known, it ends
 * with `nearMiss`: what else may be wrong with the first name.
 */
export function noneThere(
  names: readonly string[],
  place: string,
  other: string | undefined,
  nearMiss = "",
): FilesError {
  const hint = other === undefined ? nearMiss : `. They are in ${other}: set folder to that`;
  return new FilesError(
    `none of its ${count(names.length)} files is in ${place}, such as ${names[0]}${hint}`,
  );
}

/** What is wrong with the place itself, whichever files are meant. */
export class SourceError extends FilesError {}

/** What a folder must look like to be a bucket. */
const bucket = /^[a-z][a-z0-9]*:\/\//i;

export function isBucket(folder: string): boolean {
  return bucket.test(folder);
}

export async function openSource(folder: string, by?: By): Promise<Source> {
  if (isBucket(folder)) {
    const { BucketSource } = await import("./bucket-source.ts");
    return BucketSource.open(folder, by);
  }
  if (by === "url") {
    throw new SourceError('its files have no URL: by: "url" is for pictures in a bucket');
  }
  const { FolderSource } = await import("./folder-source.ts");
  return new FolderSource(folder);
}
