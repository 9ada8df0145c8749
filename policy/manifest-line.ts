import type { FormatName } from "../provider/manifests/formats.ts";
import { rawOf } from "./read-declared.ts";

/** The program's folder, from which manifests are named, unless the language host started the pack in its own folder. */
const startedIn = process.cwd();

/** Where a manifest declares the item with a key: `items.jsonl, line 3`. Undefined if that cannot be found out. */
export async function placeInManifest(
  props: object,
  key: string | undefined,
): Promise<string | undefined> {
  const { manifest, format } = rawOf(props);
  if (key === undefined || typeof manifest !== "string") {
    return undefined;
  }
  // Most previews break no rule, and so do without the readers.
  const [{ resolve }, { lineOf }] = await Promise.all([
    import("node:path"),
    import("../provider/manifests/manifest.ts"),
  ]);
  const line = await lineOf(
    resolve(startedIn, manifest),
    key,
    format as FormatName | undefined,
  ).catch(() => undefined);
  return line === undefined ? undefined : `${manifest}, line ${line}`;
}
