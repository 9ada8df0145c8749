import { createHash, hash } from "node:crypto";
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pieceBytes, readPieces } from "./pieces.ts";

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
    return undefined;
  }
  const why =
    found === "ENOENT"
      ? "there is no such file"
      : typeof found === "string"
        ? found
        : "it is not a file";
  return `must be a file, got ${source} (${resolve(source)}): ${why}`;
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

/** The media type that the first bytes show, otherwise the one that the name suggests. */
export async function detectContentType(source: string): Promise<string> {
  const { fileTypeFromFile } = await import("file-type");
  return (await fileTypeFromFile(source))?.mime ?? (await contentTypeOfName(source));
}

/** Fingerprint and media type; a file that fits into one piece is read only once. */
export async function identifyFile(source: string, size: number): Promise<KnownFile> {
  if (size <= pieceBytes) {
    // It takes long to load, and programs without uploads do without it.
    const { fileTypeFromBuffer } = await import("file-type");
    for await (const bytes of readPieces(source)) {
      const contentType =
        (await fileTypeFromBuffer(bytes))?.mime ?? (await contentTypeOfName(source));
      return { sha256: hash("sha256", bytes), size: bytes.length, contentType };
    }
  }
  return { ...(await readFingerprint(source)), contentType: await detectContentType(source) };
}

/** A text that changes when the file is written to; making it does not read the file. */
export function toVersion({ size, mtimeMs, ino }: Stats): string {
  return `${size}-${mtimeMs}-${ino}`;
}

async function contentTypeOfName(source: string): Promise<string> {
  const { default: mime } = await import("mime");
  return mime.getType(source) ?? "application/octet-stream";
}
