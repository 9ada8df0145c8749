import { basename } from "node:path";
import { z } from "zod";
import { Failure } from "../main.ts";
import type { Emulator } from "./emulator.ts";

const storeSchema = z.looseObject({
  batches: z.array(z.looseObject({ id: z.number(), projectId: z.string(), name: z.string() })),
  workItems: z.array(
    z.looseObject({
      batchId: z.number(),
      status: z.string(),
      assetUrl: z.string(),
      dueInSeconds: z.number().optional(),
      labels: z.array(z.unknown()).optional(),
      metadata: z.looseObject({ file: z.string().optional() }).optional(),
    }),
  ),
  files: z.array(z.looseObject({ path: z.string(), contentType: z.string(), size: z.number() })),
});

/** What the platform holds, as it reports it. */
export type Store = z.infer<typeof storeSchema>;

export async function readStore(emulator: Emulator): Promise<Store> {
  const address = new URL("/_emulator/store", emulator.url);
  address.searchParams.set("projectId", emulator.projectId);
  const response = await fetch(address);
  const store = storeSchema.safeParse(await response.json());
  if (!store.success) {
    throw new Failure(`The emulator's store cannot be read: ${z.prettifyError(store.error)}`);
  }
  return store.data;
}

/** The batches with their items, and the uploads, as lines of text. */
export function describeStore(store: Store): string {
  const lines = store.batches
    .map((batch) => ({
      batch,
      items: store.workItems.filter((item) => item.batchId === batch.id),
    }))
    // Every project has the batch Default, which nobody declared.
    .filter(({ batch, items }) => items.length > 0 || batch.name !== "Default")
    .flatMap(({ batch, items }) => [
      `Batch "${batch.name}" (${batch.id}): ${count(items.length, "work item")}${cancelled(items)}`,
      ...table(
        items.filter(isOpen).map((item) => [
          item.status,
          // The platform chooses the path of an upload, so the program notes the file's name.
          item.metadata?.file ?? basename(item.assetUrl),
          count(item.labels?.length ?? 0, "label"),
          item.dueInSeconds === undefined ? "no deadline" : `due in ${duration(item.dueInSeconds)}`,
        ]),
      ),
    ]);
  const files = store.files.map((file) => [
    file.path,
    file.contentType,
    `${Math.ceil(file.size / 1024)} KB`,
  ]);
  return [...lines, `Uploads: ${count(files.length, "file")}`, ...table(files)].join("\n");
}

function isOpen({ status }: Store["workItems"][number]): boolean {
  return status !== "FAILED";
}

function cancelled(items: Store["workItems"]): string {
  const ended = items.length - items.filter(isOpen).length;
  return ended === 0 ? "" : `, ${ended} of them cancelled`;
}

function table(rows: string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (longest, row) => row.map((cell, at) => Math.max(cell.length, longest[at] ?? 0)),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd(),
  );
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function duration(seconds: number): string {
  if (seconds % 86_400 === 0) {
    return count(seconds / 86_400, "day");
  }
  if (seconds % 3_600 === 0) {
    return count(seconds / 3_600, "hour");
  }
  return count(seconds, "second");
}
