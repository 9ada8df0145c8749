import { join } from "node:path";
import { FilesError } from "../disk/problems.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { annotationsOf } from "../manifests/annotations.ts";
import type { Category } from "../manifests/categories.ts";
import { Dropped } from "../manifests/dropped.ts";
import { readPictures, readSplits } from "../manifests/manifest.ts";
import { type WrittenFormat, writeAnnotations } from "../manifests/write.ts";
import type { Split } from "../manifests/yolo-splits.ts";

/** The file of all results in the folder of another format, which the next update starts from. */
export const mergedName = "annotations.coco.json";

/**
 * Writes the results of a merged file beside it in another format. It leaves out what is no box, and returns what the
 * format has no place for. The splits are those of the manifest, because a part of the pictures does not tell them.
 */
export async function writeInFormat(
  folder: string,
  format: Exclude<WrittenFormat, "coco">,
  categories: readonly Category[],
  manifest: string | undefined,
): Promise<Dropped> {
  const dropped = new Dropped();
  const merged = join(folder, mergedName);
  const splits = format === "yolo" ? await splitsOf(manifest) : undefined;
  try {
    const pictures = await readPictures(merged, { format: "coco", dropped, isLenient: true });
    await writeAnnotations(folder, format, {
      ...annotationsOf(pictures ?? [], categories, dropped, true),
      splits,
    });
    return dropped;
  } catch (error) {
    throw error instanceof FilesError
      ? new Refusal(
          `${merged} has all results, but not all of them fit ${format}: ${error.message}`,
        )
      : error;
  }
}

async function splitsOf(manifest: string | undefined): Promise<Split[] | undefined> {
  try {
    return manifest === undefined ? undefined : await readSplits(manifest);
  } catch (error) {
    throw error instanceof FilesError
      ? new Refusal(`manifest ${manifest}: ${error.message}`)
      : error;
  }
}
