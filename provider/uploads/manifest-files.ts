import type { PictureSize } from "../items/box.ts";
import { isObject } from "../lifecycle/plain.ts";
import type { FormatName } from "../manifests/formats.ts";
import { readManifest, readPictures } from "../manifests/manifest.ts";

/** What a manifest says about a file. */
export interface Declared {
  /** The file of the manifest that is about this file alone. */
  from?: string | undefined;
  /** Empty if the manifest is a table. */
  size: PictureSize;
  /** A table may have anything here, because it is not checked yet. */
  boxes: readonly unknown[];
}

/** The files that the items of a manifest name, in order. */
export async function filesOfManifest(
  manifest: string,
  format: FormatName | undefined,
): Promise<Map<string, Declared>> {
  const files = new Map<string, Declared>();
  for await (const [name, declared] of filesIn(manifest, format)) {
    // Two items may show one picture.
    const earlier = files.get(name)?.boxes ?? [];
    files.set(name, { ...declared, boxes: [...earlier, ...declared.boxes] });
  }
  return new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function* filesIn(
  manifest: string,
  format: FormatName | undefined,
): AsyncGenerator<[name: string, declared: Declared]> {
  const pictures = await readPictures(manifest, { format });
  if (pictures !== undefined) {
    for (const { name, assetUrl, from, size, boxes } of pictures) {
      if (assetUrl === undefined) {
        yield [name, { from, size, boxes: boxes.map(({ bbox }) => bbox) }];
      }
    }
    return;
  }
  for await (const [, { file, labels }] of readManifest(manifest, { format })) {
    if (file !== undefined) {
      yield [file, { size: {}, boxes: boxesOf(labels) }];
    }
  }
}

function boxesOf(labels: unknown): unknown[] {
  const all: unknown[] = Array.isArray(labels) ? labels : [];
  return all.map((label) => (isObject(label) ? label.bbox : undefined));
}
