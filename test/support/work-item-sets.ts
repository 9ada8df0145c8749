import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Emulator } from "../../emulator/server.ts";
import { clientOf, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { PartialFailure } from "../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { workItemSetLifecycle } from "../../provider/resources/work-item-set.ts";
import { useEmulator } from "./emulator.ts";
import { errorOf } from "./errors.ts";
import { platformOf } from "./platform.ts";

export type SetInputs = Parameters<typeof workItemSetLifecycle.create>[1];
export type SetState = Parameters<typeof workItemSetLifecycle.update>[2];

/** A work item as the emulator's store has it. */
type StoredItem = Awaited<ReturnType<typeof storeOf>>["workItems"][number];

/** Items of a set as a program declares them, each with a picture of its own where it names none. */
export type Items = Readonly<Record<string, Plain>>;

/** What check makes of a program's arguments, as the resource's class hands them over. */
export function checkSet(
  projectId: string,
  { items, defaults, ...others }: Plain,
  olds: Plain = {},
): ReturnType<typeof workItemSetLifecycle.check> {
  const texts =
    typeof items === "object" && items !== null
      ? Object.fromEntries(
          Object.entries(items).map(([key, item]) => [
            key,
            typeof item === "string" ? item : JSON.stringify(item),
          ]),
        )
      : items;
  const news = {
    ...others,
    ...(texts !== undefined && { items: texts }),
    ...(defaults !== undefined && {
      defaults: typeof defaults === "string" ? defaults : JSON.stringify(defaults),
    }),
  };
  return workItemSetLifecycle.check(news, olds, { projectId, spaceId: undefined });
}

/** Many items by key, all alike. */
export function many(size: number, item: Plain = {}, prefix = "item"): Record<string, Plain> {
  return Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`${prefix}-${index}`, { ...item }]),
  );
}

/** The set of one spec: a declaration of its own, in a batch of its own. */
export class TestSet {
  readonly emulator: Emulator;
  readonly owner = `urn:pulumi:dev::labeling::aidp:WorkItemSet::${randomUUID()}`;
  readonly batchId: string;

  private constructor(emulator: Emulator, batchId: string) {
    this.emulator = emulator;
    this.batchId = batchId;
  }

  static async begin(emulator: Emulator): Promise<TestSet> {
    const { projectId } = emulator;
    const { id } = await clientOf(emulator).batches.create(projectId, { name: randomUUID() });
    await resetRequests(emulator);
    return new TestSet(emulator, id);
  }

  /** Inputs as check leaves them. */
  async inputs(items: Items, more: Plain = {}): Promise<SetInputs> {
    const declared = Object.fromEntries(
      Object.entries(items).map(([key, item]) => [
        key,
        "file" in item ? item : { assetUrl: `uploads/${key}.png`, ...item },
      ]),
    );
    const { projectId } = this.emulator;
    const args = { batchId: this.batchId, ...more, items: declared };
    const { inputs, failures } = await checkSet(projectId, args);
    assert.deepEqual(failures, []);
    // As over the engine: nothing is undefined.
    return JSON.parse(JSON.stringify(inputs)) as SetInputs;
  }

  /** A provider process of its own, which knows nothing of the earlier ones. */
  platform() {
    return platformOf(this.emulator, { owner: this.owner });
  }

  async create(items: Items, more?: Plain): Promise<{ id: string; state: SetState }> {
    return workItemSetLifecycle.create(this.platform(), await this.inputs(items, more));
  }

  async update(olds: SetState, items: Items, more?: Plain): Promise<SetState> {
    return this.apply(olds, await this.inputs(items, more));
  }

  apply(olds: SetState, news: SetInputs): Promise<SetState> {
    return workItemSetLifecycle.update(this.platform(), this.id, olds, news);
  }

  async read(olds: SetState) {
    const found = await workItemSetLifecycle.read(this.platform(), this.id, olds);
    assert.ok(found, "the set is gone");
    return found;
  }

  delete(olds: SetState): Promise<void> {
    return workItemSetLifecycle.delete(this.platform(), this.id, olds);
  }

  /** The id of the set; only its project matters. */
  get id(): string {
    return `${this.emulator.projectId}/${"0".repeat(32)}`;
  }

  /** What is in the batch of the set, the oldest first. */
  async stored(): Promise<StoredItem[]> {
    const { workItems } = await storeOf(this.emulator);
    return workItems.filter((item) => String(item.batchId) === this.batchId);
  }

  /** What is live in the batch, by the key in its metadata; each must be there once. */
  async live(): Promise<Record<string, StoredItem>> {
    const live = (await this.stored()).filter(({ status }) => status !== "FAILED");
    const keys = live.map((item) => this.keyOf(item));
    assert.deepEqual(keys, [...new Set(keys)], "a key is live more than once");
    return Object.fromEntries(live.map((item) => [this.keyOf(item), item]));
  }

  /** The live items are those of the state, and those that are declared, each once. */
  async expectLive(state: SetState, ...keys: string[]): Promise<void> {
    const live = await this.live();
    const ids = Object.entries(live).map(([key, { id }]) => [key, id]);
    assert.deepEqual(Object.fromEntries(ids), state.ids);
    assert.deepEqual(Object.keys(state.ids).sort(), [...keys].sort());
    assert.deepEqual(Object.keys(state.items).sort(), [...keys].sort());
  }

  keyOf({ metadata }: { metadata?: Record<string, unknown> }): string {
    const { pulumiUrn: owner, pulumiKey: key } = metadata ?? {};
    assert.equal(owner, this.owner);
    return String(key);
  }

  /** The requests since the spec began, or since they were reset. */
  async sent(): Promise<Record<string, number>> {
    return (await requests(this.emulator)).requests;
  }

  reset(): Promise<void> {
    return resetRequests(this.emulator);
  }

  /** Someone starts or cancels the work on an item. */
  async signal(workItemId: string | undefined, signal: "start" | "cancel"): Promise<void> {
    const input = { signal, taskType: "labeling", signalOutcome: "OK" as const };
    const { projectId } = this.emulator;
    await clientOf(this.emulator).signals.send(projectId, workItemId ?? "", input);
  }
}

/** An emulator for the describe block, and a set for each of its specs. */
export function useTestSet(): { readonly set: TestSet; readonly emulator: Emulator } {
  const test = useEmulator();
  let set: TestSet | undefined;
  beforeEach(async () => {
    set = await TestSet.begin(test.emulator);
  });
  return {
    get set() {
      assert.ok(set, "the set lives within specs only");
      return set;
    },
    get emulator() {
      return test.emulator;
    },
  };
}

/** The partial failure that an update ends with, and the state from which the next one goes on. */
export async function partialOf(
  work: Promise<unknown>,
): Promise<{ state: SetState; reasons: string[]; message: string }> {
  const { state, reasons, message } = await errorOf(work, PartialFailure);
  return { state: state as SetState, reasons, message };
}

/** The state as if the set had one more item, which the platform does not know. */
export function withMissing(state: SetState, like: string, key: string): SetState {
  return {
    ...state,
    items: { ...state.items, [key]: state.items[like]!.replaceAll(like, key) },
    ids: { ...state.ids, [key]: randomUUID() },
  };
}
