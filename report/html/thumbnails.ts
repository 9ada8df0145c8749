import { hash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Limiter } from "../../provider/api/limiter.ts";
import { outsideProblem } from "../../provider/disk/select-files.ts";
import { loadSharp, mostPixels } from "../../provider/disk/sharp.ts";
import { bytes } from "../../provider/text/lines.ts";
import type { Reason } from "../build/shown-uploads.ts";
import * as words from "../words.ts";
import type { LocalFile } from "./local-files.ts";

/** A small copy of a picture. */
export interface Thumbnail {
  /** The copy, as a `data:` URL. */
  url: string;
  /** The size of the picture itself in pixels, turned the way people see it. */
  width: number;
  height: number;
}

/** Makes a small copy of a picture, or says why it cannot. */
export type MakeThumbnail = (file: LocalFile) => Promise<Thumbnail | Reason>;

/** The longest side of a thumbnail, in pixels. */
const longestSide = 320;
const quality = 72;
/** The largest file to read: a few pictures are held in memory at once. */
const mostFileBytes = 64_000_000;
const mostDecodedBytes = 600_000_000;
/** Larger pictures are decoded one at a time. */
const largePixels = 25_000_000;
const large = new Limiter(1);
/** Pixel formats only: files in other formats can name further files to show. */
const formats: readonly string[] = ["jpeg", "png", "webp", "gif", "tiff", "heif"];

/**
 * Returns the function that makes thumbnails; undefined if the optional package `sharp` is not installed for this
 * machine.
 */
export async function thumbnailMaker(): Promise<MakeThumbnail | undefined> {
  const sharp = await loadSharp();
  if (sharp === undefined) {
    return undefined;
  }
  return async (file) => {
    const picture = await contentOf(file);
    if (typeof picture === "string") {
      return picture;
    }
    try {
      const image = sharp(picture, { limitInputPixels: mostPixels });
      const { format, autoOrient, width, height, channels, depth } = await image.metadata();
      if (!formats.includes(format)) {
        return `its file is ${format}, of which no picture is made`;
      }
      const decoded = width * height * channels * (depth === "uchar" ? 1 : 2);
      if (decoded > mostDecodedBytes) {
        return `its picture would take ${bytes(decoded)} of memory`;
      }
      const shrink = () =>
        image
          .autoOrient()
          .resize({
            width: longestSide,
            height: longestSide,
            fit: "inside",
            withoutEnlargement: true,
          })
          .webp({ quality })
          .toBuffer();
      const small = width * height > largePixels ? await large.run(shrink) : await shrink();
      return { url: `data:image/webp;base64,${small.toString("base64")}`, ...autoOrient };
    } catch (error) {
      return /pixel limit/.test(String(error))
        ? `its picture has more than ${words.thousands(mostPixels)} pixels`
        : "its file cannot be read as a picture";
    }
  };
}

/**
 * The bytes of a file, if they are those that the stack declares. Links out of its folder are followed only if the
 * stack declares so. Because the bytes must have the declared hash, a page only ever shows what is, or was, uploaded.
 */
async function contentOf(file: LocalFile): Promise<Buffer | Reason> {
  const { folder, name, sha256, size } = file;
  if (size > mostFileBytes) {
    return `its file is large, ${bytes(size)}`;
  }
  try {
    if ((await outsideProblem(file, name)) !== undefined) {
      return "its file is a link to elsewhere";
    }
    const path = join(folder, name);
    const found = await stat(path);
    if (!found.isFile()) {
      return "its file is no file any more";
    }
    const content = found.size === size ? await readFile(path) : undefined;
    return content !== undefined && hash("sha256", content) === sha256
      ? content
      : "its file was changed since, and the earlier picture is not kept on this machine";
  } catch {
    return "its file is not on this machine";
  }
}
