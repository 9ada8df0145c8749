import { join } from "node:path";
import type { Contender, Step } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";

/** A plain script, and no engine: what the platform and the network take by themselves. */
export const floor: Contender = {
  name: "floor",
  title: "plain script (ky)",
  of: "items",
  mostItems: Number.POSITIVE_INFINITY,
  usesLibrary: false,
  check: itemsAsDeclared,

  async prepare({ items, concurrency, folder, environment }) {
    const stateFile = join(folder, "ids.json");
    const script = join(import.meta.dirname, "..", "programs", "floor.ts");
    const env = {
      ...process.env,
      ...environment,
      BENCH_ITEMS: String(items),
      BENCH_CONCURRENCY: String(concurrency),
    };
    const step = (phase: string): Step => ({
      file: process.execPath,
      args: [script, phase, stateFile],
      cwd: folder,
      env,
    });
    return {
      steps: { create: step("create"), refresh: step("refresh"), destroy: step("destroy") },
      stateFile,
      roles: { provider: /floor\.ts/ },
    };
  },
};
