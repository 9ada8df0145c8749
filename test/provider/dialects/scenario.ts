import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { findDialects } from "../../../emulator/dialects/table.ts";
import type { Emulator } from "../../../emulator/server.ts";
import { addFault, changeSettings, clearFaults, storeOf } from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { type Lifecycle, PartialFailure } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { platformOf, type TestPlatform } from "../../support/platform.ts";
import { checkSet } from "../../support/work-item-sets.ts";

type Any = Lifecycle<Plain, Plain>;

/** The routes that a user would set for a service that speaks these dialects. */
function routesOf(names: readonly string[]): Record<string, string> {
  const routes = Object.assign({}, ...findDialects(names).map((dialect) => dialect.routes ?? {}));
  const asOurs = Object.entries<string>(routes).map(([operation, route]) => [
    operation,
    route.replaceAll("ID}", "Id}"),
  ]);
  return Object.fromEntries(asOurs);
}

/** A resource of a stack: what is declared, and what the state has. */
class Resource {
  readonly #lifecycle: Any;
  readonly #open: () => TestPlatform;
  inputs: Plain = {};
  state: Plain = {};
  id = "";

  constructor(lifecycle: unknown, open: () => TestPlatform) {
    this.#lifecycle = lifecycle as Any;
    this.#open = open;
  }

  async #checked(declared: Plain, projectId: string): Promise<Plain> {
    const { inputs, failures } =
      "items" in declared
        ? await checkSet(projectId, declared, this.inputs)
        : await this.#lifecycle.check(declared, this.inputs, { projectId, spaceId: undefined });
    assert.deepEqual(failures, []);
    return JSON.parse(JSON.stringify(inputs)) as Plain;
  }

  /** As `pulumi up`: makes it, or changes it where it is to be changed. Answers what it did. */
  async up(declared: Plain, projectId: string): Promise<"made" | "changed" | "same"> {
    const news = await this.#checked(declared, projectId);
    const platform = this.#open();
    if (this.id === "") {
      const made = await this.#lifecycle.create(platform, news);
      Object.assign(this, made);
      this.inputs = news;
      return "made";
    }
    const { changed, replaces } = this.#lifecycle.diff(this.state, news);
    assert.deepEqual(replaces, []);
    this.inputs = news;
    if (!changed) {
      return "same";
    }
    this.state = await this.#lifecycle.update(platform, this.id, this.state, news);
    return "changed";
  }

  async refresh(): Promise<void> {
    const found = await this.#lifecycle.read(this.#open(), this.id, this.state);
    assert.ok(found, "it is gone");
    this.state = JSON.parse(JSON.stringify(found.state)) as Plain;
    if (found.inputs !== undefined) {
      this.inputs = found.inputs;
    }
  }

  async destroy(): Promise<void> {
    await this.#lifecycle.delete(this.#open(), this.id, this.state);
  }

  /** Nothing is to be done: neither after an update, nor after a refresh. */
  async expectSettled(declared: Plain, projectId: string): Promise<void> {
    assert.equal(await this.up(declared, projectId), "same", "an update after an update");
    await this.refresh();
    assert.equal(await this.up(declared, projectId), "same", "an update after a refresh");
  }
}

const metadata = { row: 17, isHard: true, owner: "data team", none: null, empty: {} };
const box = (x: number) => ({
  bbox: [x + 0.25, 2.125, 30.5, 40.0625],
  metadata: { category: "sign" },
});
const item = (name: string, more: Plain = {}): Plain => ({
  assetUrl: `uploads/${name}.png`,
  metadata,
  labels: [box(1), box(200)],
  ...more,
});

/** Dialects on which no second work item is made, as an interrupted update could not find what it made. */
const refused = ["metadata-cut-40", "metadata-dropped"];

/** What a stack goes through, on a service that speaks these dialects. */
export async function play(emulator: Emulator, names: readonly string[]): Promise<void> {
  await changeSettings(emulator, { dialects: [...names] });
  const { url: baseUrl, apiKey, projectId } = emulator;
  const routes = routesOf(names);
  // Each call is a process of its own, that knows nothing of earlier ones.
  const open = (owner: string) => () =>
    platformOf(emulator, { owner, client: new Client({ baseUrl, apiKey, routes }) });
  const urn = (kind: string) =>
    `urn:pulumi:dev::labeling::pulumi-nodejs:dynamic/aidp:${kind}::${randomUUID()}`;
  const stored = async (batchId: unknown) =>
    (await storeOf(emulator)).workItems.filter(
      (each) => batchId === undefined || String(each.batchId) === batchId,
    );

  if (names.some((name) => refused.includes(name))) {
    const set = new Resource(workItemSetLifecycle, open(urn("WorkItemSet")));
    const items = { a: item("a"), b: item("b"), c: item("c") };
    const before = await stored(undefined);
    const error = await set.up({ items }, projectId).catch((reason: Error) => reason);
    assert.ok(error instanceof PartialFailure);
    assert.match(error.reasons.join(), /changes the metadata of work items|answered/);
    assert.equal((await stored(undefined)).length, before.length + 1);
    return;
  }

  const name = `Signs ${randomUUID()}`;
  const batch = new Resource(batchLifecycle, open(urn("Batch")));
  const ofBatch = { name, metadata: { owner: "data team", dataset: "signs" } };
  assert.equal(await batch.up(ofBatch, projectId), "made");
  await batch.expectSettled(ofBatch, projectId);
  const less = { name, metadata: { owner: "others" } };
  assert.equal(await batch.up(less, projectId), "changed");
  await batch.expectSettled(less, projectId);
  const { batchId } = batch.state;
  const second = new Resource(batchLifecycle, open(urn("Batch")));
  await assert.rejects(second.up({ name }, projectId), /is taken: batch \d+ of project/);

  const one = new Resource(workItemLifecycle, open(urn("WorkItem")));
  const declared = { ...item(randomUUID()), dueInSeconds: 3600 };
  assert.equal(await one.up(declared, projectId), "made");
  await one.expectSettled(declared, projectId);
  // What is left of a deadline is less by now.
  await changeSettings(emulator, { clockAheadMs: 900_000 });
  await one.expectSettled(declared, projectId);
  const relabelled = { ...declared, labels: [box(3)] };
  assert.equal(await one.up(relabelled, projectId), "changed");
  await one.expectSettled(relabelled, projectId);
  await one.destroy();
  const ofOne = (await stored(undefined)).filter(({ id }) => id === one.state.workItemId);
  assert.deepEqual(
    ofOne.map(({ status }) => status),
    ["FAILED"],
  );

  const owner = urn("WorkItemSet");
  const set = new Resource(workItemSetLifecycle, open(owner));
  const all = (keys: string[], more: Record<string, Plain> = {}) => ({
    batchId,
    items: Object.fromEntries(keys.map((key) => [key, item(key, more[key])])),
  });
  const first = all(["a", "b", "c", "d", "e"]);
  // The first creation dies before anything of it is in the state.
  await addFault(emulator, { operation: "createWorkItem", status: 400, skip: 2, times: 0 });
  await set.up(first, projectId).catch(() => {});
  await clearFaults(emulator);
  assert.equal(await set.up(first, projectId), "made");
  const live = async () => (await stored(batchId)).filter(({ status }) => status !== "FAILED");
  const expectLive = async () => {
    const ids = (await live()).map(({ id }) => id);
    assert.deepEqual(ids.sort(), Object.values(set.state.ids as Record<string, string>).sort());
    assert.equal(ids.length, Object.keys(set.inputs.items as Plain).length);
  };
  await expectLive();
  await set.expectSettled(first, projectId);
  const made = await live();
  const next = all(["a", "b", "c", "d", "new"], {
    b: { labels: [box(9)] },
    c: { difficulty: 90 },
  });
  assert.equal(await set.up(next, projectId), "changed");
  await expectLive();
  await set.expectSettled(next, projectId);
  await expectLive();
  const kept = new Set((await live()).map(({ id }) => id));
  assert.equal(made.filter(({ id }) => kept.has(id)).length, 3, "items that were kept");
  await set.destroy();
  assert.deepEqual(await live(), []);
  await batch.destroy();
}
