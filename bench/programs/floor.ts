/**
 * The floor: what a plain script takes, without Pulumi, at the same concurrency.
 * node floor.ts create|refresh|destroy STATE_FILE
 */
import { readFileSync, writeFileSync } from "node:fs";
import ky from "ky";
import { dueInSeconds, itemsOf } from "./items.ts";

interface Batch {
  id: number;
}

interface WorkItem {
  id: string;
  status: string;
}

interface State {
  batchId: number;
  /** The platform's ids by the items' keys. */
  ids: Record<string, string>;
}

const { AIDP_BASE_URL, AIDP_API_KEY, AIDP_PROJECT_ID, BENCH_CONCURRENCY } = process.env;
const [phase = "", stateFile = ""] = process.argv.slice(2);
const pageSize = 100;

const api = ky.create({
  prefix: `${AIDP_BASE_URL}/projects/${AIDP_PROJECT_ID}`,
  headers: { "x-api-key": AIDP_API_KEY },
  timeout: 30_000,
});

const phases: Record<string, () => Promise<void>> = {
  async create() {
    const batch = await api.post("batches", { json: { name: "pictures" } }).json<Batch>();
    const ids: Record<string, string> = {};
    await inParallel(Object.entries(itemsOf(process.env)), async ([key, item]) => {
      const json = {
        assetType: "image",
        batchId: batch.id,
        dueInSeconds,
        ...item,
        metadata: { ...item.metadata, key },
      };
      const { id } = await api.post("workItems", { json }).json<WorkItem>();
      ids[key] = id;
    });
    const state: State = { batchId: batch.id, ids };
    writeFileSync(stateFile, JSON.stringify(state));
  },

  async refresh() {
    const statuses = new Map<string, string>();
    await inParallel(pages(), async (page) => {
      const searchParams = [...page.map((id) => ["workItemIDs", id]), ["limit", String(pageSize)]];
      const { items } = await api.get("workItems", { searchParams }).json<{ items: WorkItem[] }>();
      for (const { id, status } of items) {
        statuses.set(id, status);
      }
    });
  },

  async destroy() {
    await inParallel(pages(), async (page) => {
      const workItems = page.map((workItemID) => ({ workItemID }));
      await api.post("workItems/signal", { json: { signal: "cancel", workItems } }).json();
    });
    writeFileSync(stateFile, "");
  },
};

function pages(): string[][] {
  const { ids }: State = JSON.parse(readFileSync(stateFile, "utf8"));
  const all = Object.values(ids);
  return Array.from({ length: Math.ceil(all.length / pageSize) }, (_, page) =>
    all.slice(page * pageSize, (page + 1) * pageSize),
  );
}

/** Does the work for each, as many at a time as asked for. */
async function inParallel<T>(all: T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  await Promise.all(
    Array.from({ length: Number(BENCH_CONCURRENCY) }, async () => {
      for (const one of rest) {
        await work(one);
      }
    }),
  );
}

await phases[phase]?.();
