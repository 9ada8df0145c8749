import assert from "node:assert/strict";
import type { Platform } from "../../provider/lifecycle/lifecycle.ts";
import { type Lifecycle, PartialFailure } from "../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../provider/lifecycle/plain.ts";

interface Known {
  id: string;
  state: Plain;
}

/** As a value comes over the engine: nothing is undefined. */
const overEngine = (value: Plain) => JSON.parse(JSON.stringify(value)) as Plain;

/** A resource as an engine has it: in a state that outlives updates, each in a process of its own. */
export class DeclaredResource {
  readonly #lifecycle: Lifecycle<Plain, Plain>;
  readonly #platform: () => Platform;
  readonly #defaults: { projectId: string; spaceId: string };
  #known: Known | undefined;
  /** Those of the last update, as check completed them. */
  #inputs: Plain = {};
  #isIncomplete = false;
  /** What a replacement has left to delete. */
  #old: Known[] = [];

  constructor(
    lifecycle: object,
    platform: () => Platform,
    defaults: { projectId: string; spaceId: string },
  ) {
    this.#lifecycle = lifecycle as Lifecycle<Plain, Plain>;
    this.#platform = platform;
    this.#defaults = defaults;
  }

  get state(): Plain | undefined {
    return this.#known?.state;
  }

  /** `pulumi up`. */
  async up(news: Plain): Promise<void> {
    const { inputs, failures } = await this.#lifecycle.check(news, this.#inputs, this.#defaults);
    assert.deepEqual(failures, []);
    const plain = overEngine(inputs);
    try {
      await this.#apply(plain);
      this.#inputs = plain;
      this.#isIncomplete = false;
    } catch (error) {
      if (error instanceof PartialFailure) {
        this.#known = { id: error.id, state: overEngine(error.state as Plain) };
        this.#inputs = plain;
        this.#isIncomplete = true;
      }
      throw error;
    }
    await this.#deleteOld();
    if (this.#known !== undefined) {
      assert.equal(this.#lifecycle.diff(this.#known.state, plain).changed, false);
    }
  }

  /** `pulumi refresh`, while nothing changes on the platform: it must not find that anything did. */
  async refresh(): Promise<void> {
    if (this.#known !== undefined) {
      const { id, state } = this.#known;
      const found = await this.#lifecycle.read(this.#platform(), id, state);
      assert.ok(found, "what exists is not gone");
      this.#known = { id, state: overEngine(found.state) };
      assert.equal(this.#lifecycle.diff(this.#known.state, this.#inputs).changed, false);
      this.#inputs = overEngine(found.inputs ?? this.#inputs);
    }
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<void> {
    if (this.#known !== undefined) {
      this.#old.push(this.#known);
      this.#known = undefined;
    }
    await this.#deleteOld();
  }

  async #apply(inputs: Plain): Promise<void> {
    if (this.#known === undefined) {
      this.#known = await this.#create(inputs);
      return;
    }
    const { id, state } = this.#known;
    const { changed, replaces } = this.#lifecycle.diff(state, inputs);
    if (replaces.length > 0) {
      if (this.#lifecycle.deleteBeforeReplace) {
        await this.#lifecycle.delete(this.#platform(), id, state);
        this.#known = undefined;
      }
      try {
        this.#replaceBy(await this.#create(inputs));
      } catch (error) {
        // What was made in part takes the place of the old one too.
        if (error instanceof PartialFailure) {
          this.#replaceBy(undefined);
        }
        throw error;
      }
    } else if (changed || this.#isIncomplete) {
      const updated = await this.#lifecycle.update(this.#platform(), id, state, inputs);
      this.#known = { id, state: overEngine(updated) };
    }
  }

  async #create(inputs: Plain): Promise<Known> {
    const { id, state } = await this.#lifecycle.create(this.#platform(), inputs);
    return { id, state: overEngine(state) };
  }

  #replaceBy(made: Known | undefined): void {
    if (this.#known !== undefined) {
      this.#old.push(this.#known);
    }
    this.#known = made;
  }

  async #deleteOld(): Promise<void> {
    for (let old = this.#old[0]; old !== undefined; old = this.#old[0]) {
      await this.#lifecycle.delete(this.#platform(), old.id, old.state);
      this.#old.shift();
    }
  }
}
