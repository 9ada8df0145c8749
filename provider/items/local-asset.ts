import { stat } from "node:fs/promises";
import { got } from "../lifecycle/fields.ts";
import { isUrl } from "../text/urls.ts";

/**
 * What to say where the asset of an item is a path in the space, other than `before`, and there is a local file of that
 * name, which people would not see; undefined otherwise.
 */
export async function localAssetHint(
  asset: unknown,
  before?: unknown,
): Promise<string | undefined> {
  if (typeof asset !== "string" || asset === before || isUrl(asset)) {
    return undefined;
  }
  const found = await stat(asset).catch(() => undefined);
  return found?.isFile()
    ? `assetUrl ${got(asset)} means a file in the space, and there is a local file of that name: if that is meant, upload it with a SignedUpload, an UploadSet or a Dataset`
    : undefined;
}
