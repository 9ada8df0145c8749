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

/** How many work items a program spells out; more are in a manifest. */
const mostInline = 20;

/** A batch with its work items, as a program declares them. */
export interface Gathered {
  batch: BatchWire;
  /** The name of its resources. */
  name: string;
  /** How many work items are declared. */
  size: number;
  /** The work items by key, where they are few. */
  items: [key: string, item: Partial<Item>][];
  /** The file that lists them, from the program's folder, where they are many. */
  manifest?: string;
  /** How many are left out, by the reason. */
  leftOut: Map<string, number>;
  /** The stacks that made all its work items, where it has some and nobody else made any. */
  owners: string[];
}

/** Reads the work items of a batch, and writes them to a manifest where they are many: never all in memory. */
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
  // What a stack let go of is nobody's, whoever made the work items in it.
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

/** Where no key is given, the asset is it. */
function lineOf([key, item]: Entry): string {
  return `${JSON.stringify(key === item.assetUrl ? item : { key, ...item })}\n`;
}
