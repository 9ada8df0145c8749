import type { Picture } from "../manifests/annotated.ts";
import type { FormatName } from "../manifests/formats.ts";
import { readManifest, readPictures } from "../manifests/manifest.ts";

/** What a manifest says about a file: nothing if it is a table. */
export type Declared = Pick<Picture, "size" | "boxes" | "from"> | undefined;

/** The files that the items of a manifest name, in order. */
export async function filesOfManifest(
  manifest: string,
  format: FormatName | undefined,
): Promise<Map<string, Declared>> {
  const files = new Map<string, Declared>();
  for await (const [name, declared] of filesIn(manifest, format)) {
    files.set(name, declared);
  }
  return new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function* filesIn(
  manifest: string,
  format: FormatName | undefined,
): AsyncGenerator<[name: string, declared: Declared]> {
  const pictures = await readPictures(manifest, { format });
  if (pictures !== undefined) {
    for (const picture of pictures) {
      if (picture.assetUrl === undefined) {
        yield [picture.name, picture];
      }
    }
    return;
  }
  for await (const [, { file }] of readManifest(manifest, { format })) {
    if (file !== undefined) {
      yield [file, undefined];
    }
  }
}
