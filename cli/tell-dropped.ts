import type { Dropped } from "../provider/manifests/dropped.ts";

/** Says on stderr what of the annotations was left out. */
export function tellDropped(dropped: Dropped): void {
  const text = dropped.text();
  if (text !== undefined) {
    process.stderr.write(`warning: the format has no place for: ${text}\n`);
  }
}
