import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What the figures hang on. Load of others before the start makes them worthless. */
export function machine() {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    loadBefore: loadavg().map((load) => Math.round(load * 100) / 100),
  };
}
