import pMap from "p-map";
import type { WorkItem } from "../model.ts";
import type { Platform } from "../platform.ts";

export interface Size {
  width: number;
  height: number;
}

const filesAtOnce = 8;

/**
 * The sizes of the pictures of work items, by asset. It knows only uploaded pictures, and only if the optional package
 * `sharp` is installed and can read them.
 */
export async function pictureSizes(
  { store, files }: Platform,
  spaceId: string,
  items: readonly WorkItem[],
): Promise<Map<string, Size>> {
  const sizes = new Map<string, Size>();
  const sharp = await import("sharp").then(
    (module) => module.default,
    () => undefined,
  );
  const assets = new Set(items.map(({ fields }) => fields.assetUrl));
  await pMap(
    sharp === undefined ? [] : assets,
    async (asset) => {
      const file = store.files.get(spaceId, asset);
      // A picture that cannot be read has no size.
      const metadata =
        file &&
        (await sharp?.(files.blobFile(file.blob))
          .metadata()
          .catch(() => {}));
      if (metadata) {
        sizes.set(asset, metadata.autoOrient);
      }
    },
    { concurrency: filesAtOnce },
  );
  return sizes;
}
