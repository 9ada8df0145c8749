import { randomFillSync } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../platform.ts";
import type { Phase, Size } from "./contender.ts";

/** Of a large file only the beginning is written: the rest is a hole, which is read as zeros. */
const writtenBytes = 200_000;

/** Files that differ, all seen as JPEG pictures. */
export function makeFiles(folder: string, { items, fileBytes = 0 }: Size): void {
  mkdirSync(folder);
  const bytes = Buffer.alloc(Math.min(fileBytes, writtenBytes));
  randomFillSync(bytes);
  bytes.writeUInt32BE(0xffd8ffe0);
  for (let index = 0; index < items; index += 1) {
    bytes.writeUInt32BE(index, 20);
    const file = openSync(join(folder, `${String(index).padStart(7, "0")}.jpg`), "w");
    writeSync(file, bytes);
    ftruncateSync(file, fileBytes);
    closeSync(file);
  }
}

/** What the platform says against a phase: each file must be there, whole. */
export async function filesAsDeclared(
  phase: Phase,
  platform: Platform,
  { items, fileBytes }: Size,
): Promise<string | undefined> {
  if (phase !== "create") {
    return undefined;
  }
  const whole = (await platform.files()).filter(({ size }) => size === fileBytes);
  const different = new Set(whole.map(({ sha256 }) => sha256)).size;
  return whole.length === items && different === items
    ? undefined
    : `${whole.length} files are stored whole, ${different} of ${items}`;
}
