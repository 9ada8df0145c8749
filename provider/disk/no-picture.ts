// What is said of files that should be pictures, and are none.

/** How a pointer of Git LFS begins, which lies in the place of the file until `git lfs pull`. */
const pointer = "version https://git-lfs";

export function isPointer(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, pointer.length)).toString("latin1") === pointer;
}

/** The beginning of a file, as the end of a message that it is no picture: nothing if it is no text that can be shown. */
export function describeBeginning(head: Uint8Array): string {
  const text = Buffer.from(head.subarray(0, 100)).toString();
  // Bytes of no text may be like a few letters.
  const [shown] = /^(?!.{0,3}\ufffd)[\p{L}\p{N}\p{P}\p{S} ]{4,20}/u.exec(text) ?? [];
  return shown === undefined ? "" : ` (it begins with ${JSON.stringify(shown)})`;
}
