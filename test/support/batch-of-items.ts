import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Emulator } from "../../emulator/server.ts";
import { clientOf, storeOf } from "../../harness/emulator.ts";
import type { Lifecycle } from "../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../provider/lifecycle/plain.ts";

type StoredItem = Awaited<ReturnType<typeof storeOf>>["workItems"][number];

/** A batch of its own with work items that others made. */
export class BatchOfItems {
  readonly emulator: Emulator;
  readonly batchId: string;
  /** The ids of its items, the oldest first. */
  readonly ids: string[];

  private constructor(emulator: Emulator, batchId: string, ids: string[]) {
    this.emulator = emulator;
    this.batchId = batchId;
    this.ids = ids;
  }

  static async create(emulator: Emulator, size: number): Promise<BatchOfItems> {
    const { projectId } = emulator;
    const client = clientOf(emulator);
    const { id } = await client.batches.create(projectId, { name: randomUUID() });
    const batch = new BatchOfItems(emulator, id, []);
    for (let index = 0; index < size; index += 1) {
      await batch.add();
    }
    return batch;
  }

  async add(): Promise<void> {
    const input = { assetUrl: "a.png", assetType: "image", batchId: this.batchId };
    const { id } = await clientOf(this.emulator).workItems.create(this.emulator.projectId, input);
    this.ids.push(id);
  }

  /** Someone else signals an item. */
  async signal(index: number, signal: "start" | "complete" | "cancel"): Promise<void> {
    const input = { signal, taskType: "labeling", signalOutcome: "OK" as const };
    const { projectId } = this.emulator;
    await clientOf(this.emulator).signals.send(projectId, this.ids[index]!, input);
  }

  /** Its items on the platform, in the order of `ids`. */
  async stored(): Promise<StoredItem[]> {
    const { workItems } = await storeOf(this.emulator);
    return this.ids.map((id) => workItems.find((item) => item.id === id)!);
  }

  /** The status of each item, with the signals that it got. */
  async lives(): Promise<string[]> {
    const items = await this.stored();
    return items.map(({ status, history }) =>
      [status, ...history.map(({ signal }) => signal)].join(" "),
    );
  }

  async comments(): Promise<(string[] | undefined)[]> {
    return (await this.stored()).map(({ history }) => history.at(-1)?.feedback?.comments);
  }
}

/** Inputs as check leaves them. */
export async function checked<Inputs>(
  lifecycle: Pick<Lifecycle<Inputs, never>, "check">,
  { projectId }: Emulator,
  news: Plain,
): Promise<Inputs> {
  const { inputs, failures } = await lifecycle.check(news, {}, { projectId, spaceId: undefined });
  assert.deepEqual(failures, []);
  // As over the engine: nothing is undefined.
  return JSON.parse(JSON.stringify(inputs)) as Inputs;
}

/** What check says is wrong. */
export async function reasonsOf(
  lifecycle: Pick<Lifecycle<never, never>, "check">,
  news: Plain,
): Promise<string[]> {
  const defaults = { projectId: randomUUID(), spaceId: undefined };
  const { failures } = await lifecycle.check(news, {}, defaults);
  return failures.map(({ reason }) => reason);
}
