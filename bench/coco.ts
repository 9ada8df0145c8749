/**
 * What reading a large COCO file takes: seconds, and the memory that its size must not decide.
 * npm run bench:coco -- [--mb 1024]
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { readManifest } from "../provider/manifests/manifest.ts";
import { runMain } from "../scripts/main.ts";

const images = 10_000;
/** About 1 KB an annotation, as outlines make them. */
const outline = Array.from({ length: 200 }, (_, index) => 100 + index / 8);

function* lines(megabytes: number): Generator<string> {
  const annotations = megabytes * 1_000;
  yield '{"categories":[{"id":1,"name":"sign"}],"images":[';
  for (let id = 0; id < images; id += 1) {
    yield `${id > 0 ? "," : ""}{"id":${id},"file_name":"${id}.jpg","width":640,"height":480}\n`;
  }
  yield '],"annotations":[';
  const segmentation = JSON.stringify([outline]);
  for (let id = 0; id < annotations; id += 1) {
    yield `${id > 0 ? "," : ""}{"id":${id},"image_id":${id % images},"category_id":1,"bbox":[1,2,30,40],"segmentation":${segmentation}}\n`;
  }
  yield "]}";
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({ options: { mb: { type: "string", default: "1024" } } });
  const folder = mkdtempSync(join(tmpdir(), "aidp-coco-"));
  const file = join(folder, "large.json");
  try {
    await pipeline(Readable.from(lines(Number(values.mb))), createWriteStream(file));
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 100);
    const startedAt = performance.now();
    const items = new Map(await Array.fromAsync(readManifest(file)));
    clearInterval(watch);
    const seconds = (performance.now() - startedAt) / 1000;
    const megabytes = statSync(file).size / 2 ** 20;
    console.log(
      `${megabytes.toFixed(0)} MiB, ${items.size} work items: ${seconds.toFixed(1)} s, ` +
        `${((peak - before) / 2 ** 20).toFixed(0)} MiB of memory more than before`,
    );
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
