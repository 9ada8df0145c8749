import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The processes that run in a folder and have this word in their command line. Linux only. */
export function processesIn(folder: string, word: string): number[] {
  return readdirSync("/proc").flatMap((entry) => {
    try {
      const isOurs =
        readlinkSync(`/proc/${entry}/cwd`) === folder &&
        readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(word);
      return isOurs ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
}
