import { open } from "node:fs/promises";
import { loadOnce } from "./load-once.ts";
import { describeBeginning, isPointer } from "./no-picture.ts";
import { upright } from "./picture-size.ts";

const sizes = loadOnce(() => import("image-size"));

/** What the bytes of a file show, apart from its hash. */
export interface PictureLook {
  /** The size in pixels, as people see it. */
  width?: number;
  height?: number;
  /** The media type that the bytes show, where the name says another one. */
  shown?: string;
  /** What keeps people from seeing it. */
  fault?: "empty" | "pointer" | "broken";
  /** What is said of a broken one that is no picture at all. */
  begins?: string;
}

/** Pictures have their size at their beginning, and their end at their end. */
const mostAtEachSide = 512 * 1024;

/** The kinds whose beginning and end are known well enough to tell a broken one. */
export const knownPictures: readonly string[] = [
  "image/jpeg",
  "image/png",
  "image/gif",
  "image/webp",
  "image/bmp",
];

/** Looks at the beginning and the end of a large file. */
export async function lookAtFile(
  path: string,
  size: number,
  named: string | undefined,
  shown: string | undefined,
): Promise<PictureLook> {
  const handle = await open(path);
  try {
    const ends = await bothEnds(size, async (start, length) => {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, start);
      return buffer;
    });
    return await lookAtEnds(ends, size, named, shown);
  } finally {
    await handle.close();
  }
}

/** The beginning and the end of a file. Of a small file, both may be all of it. */
export interface Ends {
  head: Uint8Array;
  tail: Uint8Array;
}

export async function bothEnds(
  size: number,
  read: (start: number, length: number) => Promise<Uint8Array>,
): Promise<Ends> {
  const most = Math.min(size, mostAtEachSide);
  // A store refuses a request for no bytes.
  const head = most === 0 ? new Uint8Array() : await read(0, most);
  return { head, tail: size === most ? head : await read(size - most, most) };
}

/** Looks at both ends of a file of this size. `named` and `shown` are what its name and its bytes say it is. */
export async function lookAtEnds(
  { head, tail }: Ends,
  fileSize: number,
  named: string | undefined,
  shown: string | undefined,
): Promise<PictureLook> {
  if (fileSize === 0) {
    return { fault: "empty" };
  }
  if (isPointer(head)) {
    return { fault: "pointer" };
  }
  const type = shown ?? named ?? "";
  if (!knownPictures.includes(type)) {
    return {};
  }
  try {
    const { imageSize } = await sizes();
    const size = upright(imageSize(head));
    return isWhole(type, head, tail, fileSize) ? size : { ...size, fault: "broken" };
  } catch {
    // The size of a large one may stand later, and other readers are more patient.
    const isOne = shown === type && (fileSize > head.length || isWhole(type, head, tail, fileSize));
    if (isOne) {
      return {};
    }
    return shown === undefined
      ? { fault: "broken", begins: describeBeginning(head) }
      : { fault: "broken" };
  }
}

/** Whether the end of a picture is there. Something else may come after it, as cameras append small pictures. */
function isWhole(type: string, head: Uint8Array, tail: Uint8Array, size: number): boolean {
  const start = Buffer.from(head.buffer, head.byteOffset, head.length);
  const end = Buffer.from(tail.buffer, tail.byteOffset, tail.length);
  if (size > tail.length && end.subarray(-64).every((byte) => byte === end.at(-1))) {
    // Whatever fills up the file may be longer than what was read.
    return true;
  }
  switch (type) {
    case "image/jpeg":
      return end.lastIndexOf(Buffer.from([0xff, 0xd9])) > (size > tail.length ? -1 : scanOf(start));
    case "image/png":
      return end.lastIndexOf("IEND") >= 0;
    case "image/webp":
      return start.readUInt32LE(4) + 8 <= size;
    default:
      return true;
  }
}

/** Where the picture itself begins in a JPEG: a small one before it has an end of its own. */
function scanOf(bytes: Buffer): number {
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && marker === 0xda) {
      return at;
    }
    // Readers step over bytes that belong to no segment.
    const isSegment = bytes[at] === 0xff && marker !== 0xff && marker !== 0;
    at += isSegment ? 2 + bytes.readUInt16BE(at + 2) : 1;
  }
  return bytes.length;
}
