import { open, stat } from "node:fs/promises";
import type { FileContent } from "../api/files.ts";

/** Most pictures are one piece. */
export const pieceBytes: number = 256 * 1024;

/** Buffers to use again: new ones for each file would take a third of the time, because they must be freed. */
const spare: Buffer[] = [];

/**
 * The first `most` bytes of a file, in pieces. The pieces share their memory: each is valid only until the caller asks
 * for the next one.
 */
export async function* readPieces(
  file: string,
  most: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const handle = await open(file);
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(pieceBytes);
  try {
    for (let left = most; left > 0; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(left, pieceBytes));
      if (bytesRead === 0) {
        return;
      }
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    spare.push(buffer);
    await handle.close();
  }
}

/** A file as it is sent. */
export async function openContent(file: string, contentType: string): Promise<FileContent> {
  const { size } = await stat(file);
  return { pieces: readPieces(file, size), size, contentType };
}
