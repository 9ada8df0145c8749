import type { FileHandle } from "node:fs/promises";

/** Most pictures are one piece. */
const pieceBytes = 256 * 1024;

/**
 * The first `most` bytes of a file, in pieces. They share their memory: each is good only until the next
 * one is asked for. Streams make a buffer a piece, and 2 GiB of these are 60 MiB that wait to be freed.
 */
export async function* piecesOf(
  handle: FileHandle,
  most: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(most, pieceBytes));
  for (let left = most; left > 0; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(left, buffer.length));
    if (bytesRead === 0) {
      return;
    }
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
