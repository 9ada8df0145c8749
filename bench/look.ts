/**
 * Looking at pictures before they are uploaded, beside only hashing them: with an empty cache of what was found, and
 * then with a full one. The pictures themselves are in the memory of the file system for all three.
 * npm run bench:look -- [--files 10000] [--bytes 200000] [--rounds 3]
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pMap from "p-map";
import { readFingerprint } from "../provider/disk/local-file.ts";
import { lookAtFiles } from "../provider/uploads/look-at-files.ts";
import { integer } from "../scripts/integer.ts";
import { runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import { projectRoot } from "../scripts/paths.ts";
import { machine } from "./machine.ts";
import { median } from "./median.ts";

/** The most that a look without a cache may take, as a multiple of hashing. */
const mostCold = 1.5;
/** The most seconds that a look with a cache may add to a preview of 10,000 pictures. */
const mostWarm = 2;

const photo = readFileSync(join(projectRoot, "examples/quickstart/photos/coffee.jpg"));

/** A picture of its own of about this size: a photograph with comments in it. */
function picture(bytes: number): Buffer {
  const parts = [photo.subarray(0, 2)];
  for (let left = bytes - photo.length; left > 4; left -= 65_535) {
    const length = Math.min(65_533, left - 2);
    const head = Buffer.from([0xff, 0xfe, 0, 0]);
    head.writeUInt16BE(length, 2);
    parts.push(head, randomBytes(length - 2));
  }
  return Buffer.concat([...parts, photo.subarray(2)]);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      files: { type: "string", default: "10000" },
      bytes: { type: "string", default: "200000" },
      rounds: { type: "string", default: "3" },
    },
  });
  const files = integer("--files", values.files, 1);
  const bytes = integer("--bytes", values.bytes, photo.length + 8);
  const rounds = integer("--rounds", values.rounds, 1);
  const root = mkdtempSync(join(tmpdir(), "aidp-bench-look-"));
  const folder = join(root, "pictures");
  try {
    mkdirSync(folder);
    for (let index = 0; index < files; index += 1) {
      writeFileSync(join(folder, `${index}.jpg`), picture(bytes));
    }
    const paths = readdirSync(folder).map((name) => join(folder, name));
    const look = () => lookAtFiles({ folder });
    const taken = { hashing: [] as number[], cold: [] as number[], warm: [] as number[] };
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      process.env.XDG_CACHE_HOME = join(root, `cache-${round}`);
      const hashing = await seconds(() => pMap(paths, readFingerprint, { concurrency: 16 }));
      const cold = await seconds(look);
      const warm = await seconds(look);
      if (round > 0) {
        taken.hashing.push(hashing);
        taken.cold.push(cold);
        taken.warm.push(warm);
      }
    }
    console.log(`${JSON.stringify(machine())}\n`);
    const rows = Object.entries(taken).map(([what, each]) => [what, median(each).toFixed(2)]);
    console.log(table([`${files} pictures of ${bytes} bytes`, "seconds"], rows));
    const part = median(taken.cold) / median(taken.hashing);
    const warm = median(taken.warm);
    console.log(`cold / hashing: ${part.toFixed(2)} (at most ${mostCold})`);
    console.log(`warm: ${warm.toFixed(2)} s (at most ${mostWarm})`);
    return part <= mostCold && warm <= mostWarm ? 0 : 1;
  } finally {
    rmSync(root, { recursive: true });
  }
});
