import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "../emulator/server.ts";
import type { Call, Kind } from "./calls.ts";
import { type Declaration, manners, setNames, urnOf } from "./declaration.ts";
import { CallFailed, Killed, ProviderProcess } from "./provider-process.ts";
import type { ChaosStack, Outcome, Place, Update } from "./stack.ts";

type Plain = Record<string, unknown>;

/** A resource in the state. */
interface Entry {
  kind: Kind;
  id: string;
  inputs: Plain;
  state: Plain;
  /** Whether the last operation failed halfway. The engine then updates the resource again, whatever its diff says. */
  isUnfinished: boolean;
}

/** The state could not be written. */
class DiskFull extends Error {}

/**
 * Runs the lifecycles alone, in a process that can be killed. It plays the part of the engine around them: the order of
 * operations, and what the state holds after each way of ending.
 */
export class LifecycleStack implements ChaosStack {
  readonly #emulator: () => Emulator;
  readonly #place: Place;
  readonly #folder = mkdtempSync(join(tmpdir(), "aidp-chaos-files-"));
  readonly #entries = new Map<string, Entry>();
  #process: ProviderProcess | undefined;
  #isDiskFull = false;

  constructor(emulator: () => Emulator, place: Place) {
    this.#emulator = emulator;
    this.#place = place;
  }

  async up(declaration: Declaration, { refresh, replace }: Update): Promise<Outcome> {
    const { url: baseUrl, apiKey, projectId, spaceId } = this.#emulator();
    for (const [name, content] of declaration.contents) {
      writeFileSync(join(this.#folder, name), content);
    }
    const running = ProviderProcess.begin({ baseUrl, apiKey, projectId, spaceId });
    this.#process = running;
    this.#isDiskFull = false;
    try {
      if (refresh) {
        await all([...this.#entries].map(([name, entry]) => this.#refresh(name, entry)));
      }
      await this.#apply(declaration, replace);
      return { how: "done", message: "" };
    } catch (error) {
      if (error instanceof Killed || error instanceof DiskFull) {
        return { how: "interrupted", message: error.message };
      }
      if (error instanceof CallFailed) {
        return { how: "failed", message: error.message };
      }
      throw error;
    } finally {
      this.#process = undefined;
      running.end();
    }
  }

  kill(): void {
    this.#process?.kill();
  }

  fillDisk(): void {
    this.#isDiskFull = true;
  }

  ids(): Map<string, string> {
    const { stack } = this.#place;
    return new Map(
      [...this.#entries].flatMap(([name, { kind, state }]): [string, string][] => {
        const urn = urnOf(stack, kind, name);
        if (kind === "WorkItem") {
          return [[urn, String(state.workItemId)]];
        }
        const ids = kind === "WorkItemSet" ? (state.ids as Record<string, string>) : {};
        return Object.entries(ids).map(([key, id]) => [`${urn}#${key}`, id]);
      }),
    );
  }

  incarnations(): string[] {
    return [...this.#entries.values()].map(({ state }) => String(state.incarnation));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #apply(declaration: Declaration, replace: readonly string[]): Promise<void> {
    const declared = new Set<string>();
    const put = (kind: Kind, name: string, news: Plain): Promise<void> => {
      declared.add(name);
      return this.#put(kind, name, news, replace.includes(name));
    };
    await all([
      put("UploadSet", "pictures", { folder: this.#folder }),
      ...(this.#place.batchId === undefined
        ? [put("Batch", "batch", { name: "own", adopt: true, metadata: declaration.batchMetadata })]
        : []),
    ]);
    const batchId = this.#place.batchId ?? this.#entries.get("batch")?.state.batchId;
    const uploads = this.#entries.get("pictures")?.state.paths;
    const sets = setNames.flatMap((name) => {
      const items = Object.fromEntries(declaration.itemsOf(name));
      const news = { ...manners[name], batchId, uploads, items: JSON.stringify(items) };
      return Object.keys(items).length > 0 ? [put("WorkItemSet", name, news)] : [];
    });
    const signs = (["sign-0", "sign-1"] as const).flatMap((name) =>
      declaration
        .itemsOf(name)
        .map(([, item]) => put("WorkItem", name, { ...manners[name], ...item, batchId })),
    );
    await all([...sets, ...signs]);
    const gone = [...this.#entries].filter(([name]) => !declared.has(name));
    await all(gone.map(([name, entry]) => this.#delete(name, entry)));
  }

  async #put(kind: Kind, name: string, news: Plain, isForced: boolean): Promise<void> {
    const old = this.#entries.get(name);
    const { inputs, failures } = await this.#call<{ inputs: Plain; failures: unknown[] }>(
      kind,
      name,
      "check",
      [news, old?.inputs ?? {}],
    );
    if (failures.length > 0) {
      throw new Error(`check of ${name}: ${JSON.stringify(failures)}`);
    }
    if (old === undefined) {
      return this.#create(kind, name, inputs);
    }
    const { changed, replaces } = await this.#call<{ changed: boolean; replaces: string[] }>(
      kind,
      name,
      "diff",
      [old.state, inputs],
    );
    if (replaces.length > 0 || isForced) {
      const replaced = [...this.ids().values()];
      await this.#delete(name, old);
      return this.#create(kind, name, inputs, replaced);
    }
    if (!changed && !old.isUnfinished) {
      return;
    }
    const state = await this.#keepingPartial(kind, name, inputs, () =>
      this.#call<Plain>(kind, name, "update", [old.id, old.state, inputs]),
    );
    this.#save(name, { ...old, inputs, state, isUnfinished: false });
  }

  async #create(
    kind: Kind,
    name: string,
    inputs: Plain,
    replaced?: Call["replaced"],
  ): Promise<void> {
    const made = await this.#keepingPartial(kind, name, inputs, () =>
      this.#call<{ id: string; state: Plain }>(kind, name, "create", [inputs], replaced),
    );
    this.#save(name, { kind, inputs, ...made, isUnfinished: false });
  }

  async #delete(name: string, { kind, id, state }: Entry): Promise<void> {
    await this.#call(kind, name, "delete", [id, state]);
    this.#save(name, undefined);
  }

  async #refresh(name: string, entry: Entry): Promise<void> {
    const { kind, id, state } = entry;
    const found = await this.#call<{ inputs?: Plain; state: Plain } | undefined>(
      kind,
      name,
      "read",
      [id, state],
    );
    this.#save(name, found && { ...entry, ...found, isUnfinished: false });
  }

  /** Saves what exists after a failure in the state, and throws the failure again. */
  async #keepingPartial<T>(
    kind: Kind,
    name: string,
    inputs: Plain,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CallFailed && error.partial !== undefined) {
        const { id, state } = error.partial;
        this.#save(name, { kind, id, inputs, state: state as Plain, isUnfinished: true });
      }
      throw error;
    }
  }

  #save(name: string, entry: Entry | undefined): void {
    if (this.#isDiskFull) {
      throw new DiskFull("the state could not be written");
    }
    if (entry === undefined) {
      this.#entries.delete(name);
    } else {
      this.#entries.set(name, entry);
    }
  }

  async #call<T>(
    kind: Kind,
    name: string,
    method: string,
    values: unknown[],
    replaced?: Call["replaced"],
  ): Promise<T> {
    if (this.#process === undefined) {
      throw new Killed("killed");
    }
    const owner = urnOf(this.#place.stack, kind, name);
    return this.#process.call<T>({ kind, owner, method: method as "check", replaced, values });
  }
}

/** Waits for all of the work, and only then throws the worst error. */
async function all(work: Promise<void>[]): Promise<void> {
  const reasons = (await Promise.allSettled(work)).flatMap((result) =>
    result.status === "rejected" ? [result.reason as Error] : [],
  );
  const worst = reasons.find((reason) => !(reason instanceof CallFailed)) ?? reasons[0];
  if (worst !== undefined) {
    throw worst;
  }
}
