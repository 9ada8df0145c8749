/**
 * How long it takes to load the package, beside Pulumi's SDK alone; each in a process of its own, in turn.
 * npm run bench:imports -- [--rounds 15]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureLibrary } from "../scripts/build-library.ts";
import { integer } from "../scripts/integer.ts";
import { linkModules } from "../scripts/link-modules.ts";
import { runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import { median } from "./median.ts";

const sdk = "@pulumi/pulumi";
/** What is loaded, and how many times as long as the SDK it may take. */
const modules = [
  [sdk, undefined],
  ["pulumi-ai-data-platform", 1.3],
  ["pulumi-ai-data-platform/runtime", 1.2],
] as const;

function milliseconds(folder: string, module: string): number {
  const args = ["--input-type=module", "-e", `await import(${JSON.stringify(module)})`];
  // The runtime keeps a socket open where it is given an engine's address; here it has none.
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return performance.now() - startedAt;
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
  const rounds = integer("--rounds", values.rounds, 1);
  await ensureLibrary();
  const folder = mkdtempSync(join(tmpdir(), "aidp-imports-"));
  try {
    linkModules(folder);
    const times = new Map<string, number[]>(modules.map(([module]) => [module, []]));
    // The first round reads files from the disk, and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [module] of modules) {
        const took = milliseconds(folder, module);
        if (round > 0) {
          times.get(module)?.push(took);
        }
      }
    }
    const floor = median(times.get(sdk) ?? []);
    const rows = modules.map(([module, most]) => {
      const took = median(times.get(module) ?? []);
      const ratio = took / floor;
      const isMet = most === undefined ? "" : ratio <= most ? "yes" : "NO";
      return [
        module,
        took.toFixed(0),
        ratio.toFixed(2),
        most === undefined ? "" : `${most}`,
        isMet,
      ];
    });
    console.log(table(["module", "ms, median", "times the SDK", "at most", "met"], rows));
    return rows.some((row) => row.includes("NO")) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
});
