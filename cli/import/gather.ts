import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { BatchWire } from "../../provider/api/batches.ts";
import type { Client } from "../../provider/api/client.ts";
import { releasedKey } from "../../provider/items/batches.ts";
import type { Item } from "../../provider/items/item.ts";
import { readStack } from "../../provider/items/mark.ts";
import { declared } from "./declare.ts";
import { Names } from "./names.ts";

/** How many work items a program lists itself. If there are more, they go into a manifest. */
const mostInline = 20;

/** A batch with its work items, as a program declares them. */
export interface Gathered {
  batch: BatchWire;
  /** The name of its resources. */
  name: string;
  /** How many work items are declared. */
  size: number;
  /** The work items by key, if they are few. */
  items: [key: string, item: Partial<Item>][];
  /** The path of the file that lists them, from the program's folder, if they are many. */
  manifest?: string;
  /** How many work items are left out, by reason. */
  leftOut: Map<string, number>;
  /** The stacks that made all its work items; empty if it has none, or if anyone else made one. */
  owners: string[];
}

/** Reads the work items of a batch. Many of them go into a manifest, so that memory never holds all of them. */
export async function gather(
  client: Client,
  projectId: string,
  batch: BatchWire,
  name: string,
  folder: string,
): Promise<Gathered> {
  const gathered: Gathered = { batch, name, size: 0, items: [], leftOut: new Map(), owners: [] };
  const { items, leftOut } = gathered;
  const keys = new Names();
  const makers = new Set<string | undefined>();
  const found = async function* (): AsyncGenerator<[key: string, item: Partial<Item>]> {
    for await (const wire of client.workItems.list(projectId, { batchIds: [batch.id] })) {
      makers.add(readStack(wire));
      const each = declared(wire);
      if ("leftOut" in each) {
        leftOut.set(each.leftOut, (leftOut.get(each.leftOut) ?? 0) + 1);
      } else {
        gathered.size += 1;
        const asset = each.item.assetUrl ?? "";
        yield [keys.unique(asset, (number) => `${asset} (${number})`), each.item];
      }
    }
  };
  const all = found();
  for (let next = await all.next(); next.done !== true; next = await all.next()) {
    items.push(next.value);
    if (items.length > mostInline) {
      break;
    }
  }
  if (items.length > mostInline) {
    gathered.manifest = `manifests/${name}.jsonl`;
    await pipeline(
      linesOf(items.splice(0), all),
      createWriteStream(join(folder, gathered.manifest)),
    );
  }
  // A batch that a stack has let go belongs to nobody, whoever made the work items in it.
  if (!makers.has(undefined) && !(releasedKey in (batch.metadata ?? {}))) {
    gathered.owners = [...makers].filter((maker) => maker !== undefined).sort();
  }
  return gathered;
}

type Entry = Gathered["items"][number];

async function* linesOf(first: Entry[], rest: AsyncIterable<Entry>): AsyncGenerator<string> {
  for (const entry of first) {
    yield lineOf(entry);
  }
  for await (const entry of rest) {
    yield lineOf(entry);
  }
}

/** If a line has no key, its asset serves as the key. */
function lineOf([key, item]: Entry): string {
  return `${JSON.stringify(key === item.assetUrl ? item : { key, ...item })}\n`;
}
