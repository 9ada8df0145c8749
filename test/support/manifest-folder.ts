import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import type { SetItem } from "../../provider/items/set-item.ts";
import { Dropped } from "../../provider/manifests/dropped.ts";
import type { FormatName } from "../../provider/manifests/formats.ts";
import { readManifest } from "../../provider/manifests/manifest.ts";
import { assertRefused } from "./errors.ts";

/** A label as readers make it. */
export const label = (category: string, ...bbox: number[]) => ({ bbox, metadata: { category } });

/** An item as readers make it. */
export const item = (file: string, ...labels: object[]) => ({
  file,
  assetType: "image",
  ...(labels.length > 0 && { labels }),
});

/** An empty folder for each spec of the describe block that calls this, for manifests and their pictures. */
export function useManifestFolder() {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-manifest-folder-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (name: string) => join(folder, name);
  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text);
    }
  }
  /** A picture of 200 by 100, which `orientation` turns. */
  async function draw(name: string, orientation = 1): Promise<void> {
    mkdirSync(dirname(at(name)), { recursive: true });
    await sharp({ create: { width: 200, height: 100, channels: 3, background: "#00f" } })
      .withMetadata({ orientation })
      .jpeg()
      .toFile(at(name));
  }
  async function read(
    name: string,
    dropped = new Dropped(),
    format?: FormatName,
  ): Promise<Record<string, SetItem>> {
    return Object.fromEntries(await Array.fromAsync(readManifest(at(name), { dropped, format })));
  }
  const refuses = (name: string, message: RegExp) => assertRefused(read(name), message);
  return { at, write, draw, read, refuses };
}
