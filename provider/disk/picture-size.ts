import { open } from "node:fs/promises";
import { describeBeginning, isPointer } from "./no-picture.ts";

interface Size {
  width: number;
  height: number;
}

/** The size of a picture in pixels, as people see it; text says why it is not known. */
export async function sizeOfPicture(path: string): Promise<Size | string> {
  const { imageSizeFromFile } = await import("image-size/fromFile");
  try {
    return upright(await imageSizeFromFile(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "there is no such file" : whyNoSize(path, message);
  }
}

async function whyNoSize(path: string, message: string): Promise<string> {
  const handle = await open(path).catch(() => undefined);
  try {
    const { buffer, bytesRead } = (await handle?.read({ length: 64, position: 0 })) ?? {};
    const head = buffer?.subarray(0, bytesRead);
    if (head === undefined) {
      return message;
    }
    if (head.length === 0) {
      return "it is empty";
    }
    if (isPointer(head)) {
      return "it is a pointer of Git LFS: run `git lfs pull`";
    }
    return /^unsupported file type/.test(message)
      ? `it is no picture${describeBeginning(head)}`
      : message;
  } finally {
    await handle?.close();
  }
}

/** A size as people see it: cameras note a quarter turn instead of turning the picture. */
export function upright({ width, height, orientation = 1 }: Size & { orientation?: number }): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
