import { createHash, hash } from "node:crypto";
import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, parse, resolve, sep } from "node:path";
import { count } from "../text/lines.ts";
import { loadOnce } from "./load-once.ts";
import {
  type Ends,
  knownPictures,
  lookAtEnds,
  lookAtFile,
  type PictureLook,
} from "./picture-look.ts";
import { pieceBytes, readPieces } from "./pieces.ts";

const fileType = loadOnce(() => import("file-type"));
const mimeTypes = loadOnce(() => import("mime"));

/** Identifies a file's bytes, so that a change of them shows. */
export interface Fingerprint {
  /** In hexadecimal digits. */
  sha256: string;
  /** In bytes. */
  size: number;
}

/** What is known about a file without reading it again. */
export interface KnownFile extends Fingerprint {
  contentType: string;
}

/** Why a path is not a file that can be uploaded; undefined if it is. */
export async function fileProblem(source: string): Promise<string | undefined> {
  const found = await stat(source).catch(
    (error: NodeJS.ErrnoException) => error.code ?? "unreadable",
  );
  if (typeof found !== "string" && found.isFile()) {
    return sizeProblem(found.size);
  }
  const why =
    found === "ENOENT"
      ? `there is no such file${await nearMiss(source)}`
      : typeof found === "string"
        ? found
        : "it is not a file";
  return `must be a file, got ${source} (${resolve(source)}): ${why}`;
}

/** What a storage service takes in one request. */
const mostBytes = 5 * 2 ** 30;

/** Why a file of this size cannot be sent; undefined if it can. */
export function sizeProblem(size: number): string | undefined {
  return size > mostBytes
    ? `has ${count(size)} bytes, and a storage service takes 5 GiB (${count(mostBytes)}) at most: split it, or bring it to the space by other means and name its path as assetUrl`
    : undefined;
}

/** What may be meant by the path of a file that is not there, as the end of a sentence. */
export async function nearMiss(source: string): Promise<string> {
  const path = resolve(source);
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const names = await readdir(dirname(at)).catch(() => undefined);
    // If the folder is not there either, its own name may be the wrong one.
    if (names !== undefined) {
      return nearPart(basename(at), names, at === path);
    }
  }
  return "";
}

function nearPart(part: string, names: readonly string[], isLast: boolean): string {
  if (names.includes(part)) {
    return "";
  }
  const twin = names.find((each) => each.normalize() === part.normalize());
  if (twin !== undefined) {
    const form = twin === twin.normalize() ? "NFC" : "NFD";
    return `, but one whose name looks the same is there, in the Unicode form ${form}: write the name in that form, or rename the file`;
  }
  if (sep === "/" && part.includes("\\")) {
    return ': write "/" between folders, not "\\"';
  }
  // Only the last part can be a file that is named without its ending.
  const isMeant = (each: string) =>
    each.toLowerCase() === part.toLowerCase() || (isLast && parse(each).name === part);
  const other = names.find(isMeant);
  return other === undefined ? "" : `, but ${other} is there`;
}

/** Reads a file once, in pieces. */
export async function readFingerprint(source: string): Promise<Fingerprint> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of readPieces(source)) {
    hash.update(piece);
    size += piece.length;
  }
  return { sha256: hash.digest("hex"), size };
}

/** What a file is, and what its bytes show. */
export interface Identified {
  file: KnownFile;
  look: PictureLook;
}

/** Reads a file; one that fits into one piece is read only once. */
export async function identifyFile(source: string, size: number): Promise<Identified> {
  const named = await typeOfName(source);
  if (size <= pieceBytes) {
    const { fileTypeFromBuffer } = await fileType();
    for await (const bytes of readPieces(source)) {
      // At once, while the processor has them at hand: other files are read in between.
      const fingerprint = { sha256: hash("sha256", bytes), size: bytes.length };
      const shown = (await fileTypeFromBuffer(bytes))?.mime;
      const look = await lookAtEnds({ head: bytes, tail: bytes }, bytes.length, named, shown);
      return identified(fingerprint, named, shown, look);
    }
  }
  const { fileTypeFromFile } = await fileType();
  const shown = (await fileTypeFromFile(source))?.mime;
  const fingerprint = await readFingerprint(source);
  return identified(fingerprint, named, shown, await lookAtFile(source, size, named, shown));
}

/** What both ends of a file show, wherever it lies. */
export async function lookAtNamed(name: string, size: number, ends: Ends): Promise<PictureLook> {
  const { fileTypeFromBuffer } = await fileType();
  const named = await typeOfName(name);
  const shown = (await fileTypeFromBuffer(ends.head))?.mime;
  return withKind(await lookAtEnds(ends, size, named, shown), named, shown);
}

function identified(
  fingerprint: Fingerprint,
  named: string | undefined,
  shown: string | undefined,
  look: PictureLook,
): Identified {
  const file = { ...fingerprint, contentType: contentType(named, shown) };
  return { file, look: withKind(look, named, shown) };
}

/** With the kind that the bytes show, where the name says another one. */
function withKind(
  look: PictureLook,
  named: string | undefined,
  shown: string | undefined,
): PictureLook {
  if (shown === undefined || named === undefined || contentType(named, shown) === named) {
    return look;
  }
  // Many kinds have several names for themselves.
  const isOther = [named, shown].every((type) => knownPictures.includes(type));
  const isSaid = isOther || named.split("/")[0] !== shown.split("/")[0];
  return isSaid ? { ...look, shown } : look;
}

/** The media type that the name of a file stands for. */
export async function typeOfName(source: string): Promise<string | undefined> {
  const { default: mime } = await mimeTypes();
  return mime.getType(source) ?? undefined;
}

/**
 * A text that changes when the file is written to; making it does not read the file. A program can set back the time of
 * the last write, but not that of the last change.
 */
export function toVersion({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size}-${mtimeMs}-${ctimeMs}-${ino}`;
}

/** Types whose marks also begin texts of other types: any XML, and what begins with two letters. */
const weakTypes = ["application/xml", "image/bmp", "application/x-msdownload"];
const ofTexts = /^text\/|[+/](xml|json)$/;

function contentType(named: string | undefined, shown: string | undefined): string {
  if (shown === undefined) {
    return named ?? "application/octet-stream";
  }
  return named !== undefined && weakTypes.includes(shown) && ofTexts.test(named) ? named : shown;
}
