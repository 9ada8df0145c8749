import type * as pulumi from "@pulumi/pulumi";
import { ApiError } from "../api/errors.ts";
import { type Lifecycle, PartialFailure, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { entriesIn, isDigest } from "../lifecycle/packed-values.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { unfitFailures } from "../lifecycle/validation.ts";
import { toJsonText } from "../text/json.ts";
import { inOneLine } from "../text/lines.ts";
import { clockProblem, openClient } from "./clients.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { hold, open, share } from "./contents.ts";
import { log } from "./engine-log.ts";
import { withOthersMissing } from "./missing-settings.ts";
import { keepNote } from "./notes.ts";
import { asSecret, forHeader, pack } from "./packing.ts";
import { hidden, pickedUp, readProperties, visible, withContents } from "./properties.ts";

/**
 * What the SDK prints for an error of check, read or delete whose message the engine shows anyway. The runtime leaves
 * such lines out, so that the user reads each error once.
 */
export const shownByEngine = "[shown by the engine]";

/**
 * Adapts a lifecycle to Pulumi's dynamic providers: hidden properties, configuration, warnings, and
 * the form in which errors reach the user.
 */
export class DynamicProvider<Inputs extends object, State extends object>
  implements pulumi.dynamic.ResourceProvider
{
  readonly #lifecycle: Lifecycle<Inputs, State>;
  /** The resources that were checked with what they are now. If checked without it, or created, they are replaced. */
  readonly #existing = new Set<string>();
  /** The states that the engine has shown in this process, by URN. */
  readonly #states = new Map<string, Plain>();
  /** The resources whose check knew only digests of some maps. */
  readonly #unchecked = new Set<string>();
  #configuration: Configuration | Error = new Error("the provider is not configured");

  constructor(lifecycle: Lifecycle<Inputs, State>) {
    this.#lifecycle = lifecycle;
  }

  /** Awaits nothing: the SDK lets other calls in as soon as this one waits. */
  async configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    try {
      this.#configuration = readConfiguration((key) => config.get(key));
    } catch (error) {
      this.#configuration = error instanceof Error ? error : new Error(String(error));
    }
  }

  async check(olds: Plain, news: Plain): Promise<pulumi.dynamic.CheckResult> {
    return this.#withReadableErrors(async () => {
      const end = this.#mayMove(news)
        ? this.#lifecycle.beginCheck?.(this.#platform(news))
        : undefined;
      try {
        return await this.#check(olds, news);
      } finally {
        end?.();
      }
    });
  }

  async #check(olds: Plain, news: Plain): Promise<pulumi.dynamic.CheckResult> {
    const configuration = this.#configured();
    const { projectId, spaceId } = configuration;
    const urn = urnOf(news);
    const known = this.#decode(olds);
    const sent = this.#decode(news);
    // What `ignoreChanges` keeps is the digest of before, and a policy may have put another one.
    const given = withContents(pickedUp(sent), (digest, name) =>
      digest === known[name] ? undefined : open(digest),
    );
    if (urn !== undefined && Object.keys(known).length > 0) {
      this.#existing.add(urn);
    }
    const isUnchecked = [known, given].some((each) => Object.values(each).some(isDigest));
    if (urn !== undefined && isUnchecked) {
      this.#unchecked.add(urn);
    }
    // Whoever made a digest has looked at what it stands for.
    const unfit = unfitFailures(sent);
    const { inputs, failures } =
      unfit.length > 0
        ? { inputs: given, failures: unfit }
        : await this.#lifecycle.check(given, known, { projectId, spaceId });
    if (failures.length === 0 && !isUnchecked) {
      this.#recordHoldings(known, urnOf(olds), news, visible(inputs));
      await this.#foresee(known, news, inputs);
    }
    // Reasons name their field. If given the name separately, the engine prints its value as well: a whole set.
    const told = withOthersMissing(failures, inputs, configuration);
    const unnamed = told.map(({ reason }) => ({ property: "", reason: inOneLine(reason) }));
    return { inputs: this.#encodeInputs(inputs, news), failures: unnamed };
  }

  async diff(_id: string, olds: Plain, news: Plain): Promise<pulumi.dynamic.DiffResult> {
    return this.#withReadableErrors(async () => {
      const urn = urnOf(news);
      const known = this.#decode(olds);
      // A resource that was renamed keeps its old URN in the state, which another one may have by now.
      this.#noteState(urn, known);
      const given = this.#opened(news);
      if (urn !== undefined && this.#unchecked.delete(urn)) {
        const [failure] = this.#lifecycle.checkChanges?.(known as State, given as Inputs) ?? [];
        if (failure !== undefined) {
          throw new Refusal(failure.reason);
        }
        await this.#foresee(known, news, given);
      }
      const { changed, replaces, warning, note } = this.#lifecycle.diff(
        known as State,
        given as Inputs,
        urn,
      );
      if (warning !== undefined) {
        log("warning", warning, urn);
      }
      if (note !== undefined) {
        log("info", note, urn);
      }
      if (changed && replaces.length === 0 && Object.values(news).some(isDigest)) {
        const lines = this.#lifecycle.describeChanges?.(known as State, given as Inputs) ?? [];
        if (lines.length > 0) {
          log("info", lines, urn);
        }
      }
      this.#recordHoldings(known, urnOf(olds), news, given);
      // If `changes` is left out, the engine finds and shows the changed properties itself.
      return changed
        ? {
            replaces,
            deleteBeforeReplace: replaces.length > 0 && this.#lifecycle.deleteBeforeReplace,
          }
        : { changes: false };
    });
  }

  async create(news: Plain): Promise<pulumi.dynamic.CreateResult> {
    return this.#withReadableErrors(async () => {
      const urn = urnOf(news);
      const isReplacing = urn !== undefined && this.#existing.has(urn);
      const replaced = new Set(this.#lifecycle.idsOf?.(this.#stateOf(urn) as Partial<State>));
      const { id, state } = await this.#lifecycle.create(
        { ...this.#platform(news), isReplacing, replaced },
        this.#whole(news),
      );
      return { id, outs: this.#encode(state, news) };
    }, news);
  }

  async read(id: string, olds: Plain): Promise<pulumi.dynamic.ReadResult> {
    return this.#withReadableErrors(async () => {
      const found = await this.#lifecycle.read(
        this.#platform(olds),
        id,
        this.#decode(olds) as Partial<State>,
      );
      if (found === undefined) {
        // A blank id tells the engine that the resource is gone.
        return { id: "", props: {} };
      }
      return {
        id,
        props: this.#encode(found.state, olds),
        ...(found.inputs !== undefined && { inputs: this.#encodeInputs(found.inputs, olds) }),
      };
    });
  }

  async update(id: string, olds: Plain, news: Plain): Promise<pulumi.dynamic.UpdateResult> {
    return this.#withReadableErrors(async () => {
      const state = await this.#lifecycle.update(
        this.#platform(news),
        id,
        this.#decode(olds) as State,
        this.#whole(news),
      );
      return { outs: this.#encode(state, news) };
    }, news);
  }

  async delete(id: string, olds: Plain): Promise<void> {
    const state = this.#decode(olds);
    this.#noteState(urnOf(olds), state);
    return this.#withReadableErrors(() =>
      this.#lifecycle.delete(this.#platform(olds), id, state as State),
    );
  }

  #noteState(urn: string | undefined, state: Plain): void {
    if (urn !== undefined) {
      this.#states.set(urn, state);
    }
  }

  #stateOf(urn: string | undefined): Plain {
    return this.#states.get(urn ?? "") ?? {};
  }

  /** Whether work items can move: without a key nothing is updated. */
  #mayMove(news: Plain): boolean {
    const isReadable = !(this.#configuration instanceof Error);
    return isReadable && this.#configured().apiKey !== undefined && urnOf(news) !== undefined;
  }

  #recordHoldings(known: Plain, formerOwner: string | undefined, news: Plain, inputs: Plain): void {
    if (this.#mayMove(news)) {
      const platform = {
        ...this.#platform(news),
        ...(formerOwner !== undefined && { formerOwner }),
      };
      this.#lifecycle.recordHoldings?.(platform, known, inputs as Inputs);
    }
  }

  /** Looks at what there is to adopt. If that fails, the user only sees less. */
  async #foresee(known: Plain, news: Plain, inputs: Plain): Promise<void> {
    const urn = urnOf(news);
    if (inputs.adopt !== true || urn === undefined || this.#lifecycle.foresee === undefined) {
      return;
    }
    if (Object.keys(known).length === 0 && this.#existing.has(urn)) {
      return;
    }
    const { __batchName: name } = news;
    const batchName = typeof name === "string" && !isUnknown(name) ? name : undefined;
    try {
      const platform = this.#platform(news);
      await this.#lifecycle.foresee(platform, visible(inputs) as Inputs, known, batchName);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log("warning", `what is adopted cannot be told yet: ${message}`, urn);
    }
  }

  /** A resource's properties, as its lifecycle knows them. */
  #decode(properties: Plain): Plain {
    return readProperties(properties, this.#lifecycle.asText);
  }

  /** Inputs as their lifecycle knows them, with what `ignoreChanges` keeps from the state. */
  #opened(news: Plain): Plain {
    const state = this.#stateOf(urnOf(news));
    const isComplete = state.incomplete !== true;
    return withContents(
      this.#decode(news),
      (digest, name) => open(digest) ?? (isComplete ? state[name] : undefined),
    );
  }

  /** The same, refusing inputs of which this process has nothing but a digest. */
  #whole(news: Plain): Inputs {
    const inputs = this.#opened(news);
    const [missing, digest] = Object.entries(inputs).find(([, value]) => isDigest(value)) ?? [];
    if (missing !== undefined) {
      throw new Refusal(
        `${missing} has ${entriesIn(String(digest))}, and this process does not have these entries: take ${missing} out of ignoreChanges for one update`,
      );
    }
    return inputs as Inputs;
  }

  /** Properties as the engine keeps them, with the hidden ones from those that it sent. */
  #encode(properties: object, sent: Plain): Plain {
    return this.#kept(properties, sent, pack);
  }

  /** The same for inputs, which have digests in the place of large maps. */
  #encodeInputs(properties: object, sent: Plain): Plain {
    return this.#kept(properties, sent, (value) => {
      const digest = hold(value);
      share(digest);
      return digest;
    });
  }

  #kept(properties: object, sent: Plain, packing: (value: object) => unknown): Plain {
    const own = visible(properties);
    const { asText = [], asEntries = [], asSecret: secret = [] } = this.#lifecycle;
    const { entriesShown } = this.#configured();
    for (const name of [...asText, ...asEntries]) {
      const value = own[name];
      if (typeof value !== "object" || value === null) {
        continue;
      }
      if (Object.keys(value).length > entriesShown) {
        own[name] = packing(value);
      } else if (asText.includes(name)) {
        own[name] = toJsonText(value);
      }
    }
    for (const name of secret) {
      if (own[name] !== undefined) {
        own[name] = asSecret(own[name]);
      }
    }
    return { ...own, ...hiddenOf(sent) };
  }

  #configured(): Configuration {
    if (this.#configuration instanceof Error) {
      throw new Refusal(this.#configuration.message);
    }
    return this.#configuration;
  }

  #platform(properties: Plain): Platform {
    const configuration = this.#configured();
    const owner = urnOf(properties);
    const { __organization: organization } = properties;
    return {
      client: openClient(configuration),
      owner,
      ...(typeof organization === "string" && { organization }),
      info: (message, facts) => {
        log("info", message, owner);
        if (facts !== undefined && owner !== undefined) {
          keepNote({ resource: owner, text: message, ...facts });
        }
      },
      status: (message) => {
        if (configuration.progress) {
          log("status", message, owner);
        }
      },
      warn: (message) => log("warning", message, owner),
    };
  }

  /** Gives an error the form that the SDK passes on. */
  async #withReadableErrors<T>(work: () => Promise<T>, properties: Plain = {}): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PartialFailure) {
        const { id } = error;
        const [message = "", ...reasons] = [error.message, ...error.reasons].map(inOneLine);
        const kept = forHeader(this.#encode(error.state, properties), error.secret);
        throw kept === undefined
          ? new Error([message, ...reasons].join("; "))
          : { id, properties: kept, reasons, message };
      }
      if (error instanceof Refusal || error instanceof ApiError) {
        error.message = inOneLine(error.message);
        // The SDK also prints these errors itself; see `shownByEngine`.
        error.stack = "";
        error.toString = () => shownByEngine;
      }
      throw error;
    } finally {
      const problem = clockProblem();
      if (problem !== undefined) {
        log("warning", problem, undefined);
      }
    }
  }
}

function hiddenOf(properties: Plain): Plain {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => hidden.includes(key)));
}

function urnOf({ __urn }: Plain): string | undefined {
  return typeof __urn === "string" && !isUnknown(__urn) ? __urn : undefined;
}
