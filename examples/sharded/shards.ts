import { hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { RunError } from "@pulumi/pulumi";
import type { WorkItemSetItemArgs } from "pulumi-ai-data-platform";

/**
 * The shard that a key falls to: the first 32 bits of its SHA-256, modulo the number of shards. It must never
 * change, as an item that falls to another stack is cancelled in the one and made anew in the other.
 */
export function shardOf(key: string, shards: number): number {
  return hash("sha256", key, "buffer").readUInt32BE(0) % shards;
}

/** The items of a JSON Lines file that fall to a shard. The file is read as a stream, and never held whole. */
export async function itemsOfShard(
  manifest: string,
  shard: number,
  shards: number,
): Promise<Record<string, WorkItemSetItemArgs>> {
  // A shard that does not exist would have no items, and what its stack has would be cancelled.
  if (!Number.isInteger(shard) || !Number.isInteger(shards) || shard < 0 || shard >= shards) {
    throw new RunError(`shard must be 0 to ${shards - 1}, for ${shards} shards, and not ${shard}`);
  }
  const items = new Map<string, WorkItemSetItemArgs>();
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(manifest) })) {
    line += 1;
    if (text.trim() === "") {
      continue;
    }
    const { key, ...item } = readLine(text, `${manifest}, line ${line}`);
    if (shardOf(key, shards) !== shard) {
      continue;
    }
    if (items.has(key)) {
      throw new RunError(`${manifest}, line ${line}: there are two "${key}"`);
    }
    items.set(key, item);
  }
  return Object.fromEntries(items);
}

function readLine(text: string, place: string): WorkItemSetItemArgs & { key: string } {
  try {
    const item = JSON.parse(text);
    if (typeof item?.key === "string") {
      return item;
    }
  } catch {
    // Said below, with the line.
  }
  throw new RunError(`${place}: it must be a JSON object with a "key"`);
}
