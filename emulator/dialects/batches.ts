import type { JsonObject } from "../model.ts";
import { answering, type Dialect, each, ofBatches, storing } from "./dialect.ts";

function names(change: (name: string) => string): NonNullable<Dialect["around"]> {
  return storing(["createBatch", "updateBatch"], (body) =>
    typeof body.name === "string" ? { ...body, name: change(body.name) } : body,
  );
}

/** What batches look like once they are stored. */
export const batchDialects = {
  "batch-metadata-merged": {
    about: "metadata of a batch is merged with what is there, and an entry that is null is removed",
    around: (exchange, next) => {
      const { operation, params, platform } = exchange;
      const exact = exchange.exact as JsonObject;
      if (operation !== "updateBatch" || exact.metadata == null) {
        return next(exchange);
      }
      const { projectID, batchID } = params;
      const known = platform.store.batches.get(String(projectID), Number(batchID))?.metadata;
      const all = Object.entries({ ...known, ...(exact.metadata as JsonObject) });
      const metadata = Object.fromEntries(all.filter(([, value]) => value !== null));
      return next({ ...exchange, exact: { ...exact, metadata } });
    },
  },
  "batch-metadata-more": {
    about: "the service adds an entry of its own to the metadata of a batch",
    around: each(ofBatches, (batch) => ({
      ...batch,
      metadata: { ...(batch.metadata as JsonObject), source: "api" },
    })),
  },
  "batch-metadata-in-lists-only": {
    about: "metadata of a batch is answered in lists only",
    around: each(["createBatch", "updateBatch"], ({ metadata: _, ...batch }) => batch),
  },
  "batch-counts-missing": {
    about: "lists of batches have no counts",
    around: answering(["listBatches"], (answer) => {
      const body = answer.body as { items: JsonObject[] };
      const items = body.items.map(({ totalCount: _, completedCount: __, ...batch }) => batch);
      return { ...answer, body: { ...body, items } };
    }),
  },
  "names-trimmed": {
    about: "names of batches are trimmed, and unique so",
    around: names((name) => name.trim()),
  },
  "names-folded": {
    about: "names of batches are kept in small letters, and unique so",
    around: names((name) => name.toLowerCase()),
  },
} satisfies Record<string, Dialect>;
