/** The emulator as the benchmark needs it: a fresh one each time, with a latency, counts and checks. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type Emulator, startEmulator } from "../scripts/demo/emulator.ts";

const statsSchema = z.object({
  requests: z.record(z.string(), z.number()),
  files: z.object({ put: z.number(), get: z.number() }),
  maxConcurrent: z.number(),
  seconds: z.number(),
});

const batchesSchema = z.object({
  items: z.array(z.object({ id: z.number(), name: z.string(), totalCount: z.number() })),
});
const storeSchema = z.object({
  files: z.array(z.object({ size: z.number(), sha256: z.string() })),
  workItems: z.array(z.object({ assetUrl: z.string(), status: z.string(), batchId: z.number() })),
});
type Store = z.output<typeof storeSchema>;
const itemsSchema = z.object({ items: z.array(z.unknown()) });

export interface Traffic {
  /** Requests by operation, files included. */
  requests: Record<string, number>;
  maxConcurrent: number;
  /** From the first request to the last answer. */
  seconds: number;
}

export class Platform {
  readonly emulator: Emulator;
  readonly #folder: string;

  private constructor(emulator: Emulator, folder: string) {
    this.emulator = emulator;
    this.#folder = folder;
  }

  static async start(latencyMs: number): Promise<Platform> {
    const folder = mkdtempSync(join(tmpdir(), "aidp-bench-platform-"));
    const platform = new Platform(await startEmulator(folder), folder);
    await platform.#control("settings", "PUT", { latencyMs });
    return platform;
  }

  async stop(): Promise<void> {
    await this.emulator.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What a contender is told of it. */
  environment(): Record<string, string> {
    const { url, apiKey, spaceId, projectId } = this.emulator;
    return {
      AIDP_BASE_URL: url,
      AIDP_API_KEY: apiKey,
      AIDP_SPACE_ID: spaceId,
      AIDP_PROJECT_ID: projectId,
    };
  }

  async resetTraffic(): Promise<void> {
    await this.#control("stats", "DELETE");
  }

  async traffic(): Promise<Traffic> {
    const { requests, files, ...rest } = statsSchema.parse(await this.#control("stats"));
    const fileRequests = Object.entries({ putFile: files.put, getFile: files.get });
    const busy = fileRequests.filter(([, count]) => count > 0);
    return { requests: { ...requests, ...Object.fromEntries(busy) }, ...rest };
  }

  /** Has people finish all work items. */
  async annotate(): Promise<void> {
    await this.#control("annotate", "POST", { projectId: this.emulator.projectId });
  }

  /** How many work items there are, open or not. */
  async countItems(): Promise<number> {
    return (await this.batches()).reduce((sum, { totalCount }) => sum + totalCount, 0);
  }

  /** The first hundred batches. */
  async batches(): Promise<z.output<typeof batchesSchema>["items"]> {
    return batchesSchema.parse(await this.#get("batches?limit=100")).items;
  }

  /** Whether a work item is left that nobody cancelled. */
  async hasOpenItems(): Promise<boolean> {
    const { items } = itemsSchema.parse(await this.#get("workItems?status=NEW&limit=1"));
    return items.length > 0;
  }

  /** The files that were uploaded. */
  async files(): Promise<Store["files"]> {
    return storeSchema.parse(await this.#control("store")).files;
  }

  /** All work items, open or not. */
  async workItems(): Promise<Store["workItems"]> {
    return storeSchema.parse(await this.#control("store")).workItems;
  }

  async #control(path: string, method = "GET", body?: unknown): Promise<unknown> {
    const response = await fetch(new URL(`/_emulator/${path}`, this.emulator.url), {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    return await answerOf(response);
  }

  async #get(path: string): Promise<unknown> {
    const { url, apiKey, projectId } = this.emulator;
    const headers = { "x-api-key": apiKey };
    return await answerOf(await fetch(`${url}/projects/${projectId}/${path}`, { headers }));
  }
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) {
    throw new Error(`The emulator answered ${response.status}: ${await response.text()}`);
  }
  return await response.json();
}
