import { ApiError } from "../api/errors.ts";
import { type Lifecycle, PartialFailure, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { entriesIn, isDigest } from "../lifecycle/packed-values.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { parseUrn } from "../lifecycle/urns.ts";
import { unfitFailures } from "../lifecycle/validation.ts";
import { inOneLine } from "../text/lines.ts";
import { clockProblem, openClient } from "./clients.ts";
import { open } from "./contents.ts";
import { allShown, log } from "./engine-log.ts";
import { type FormOptions, Forms } from "./forms.ts";
import { withOthersMissing } from "./missing-settings.ts";
import { keepNote } from "./notes.ts";
import { forHeader } from "./packing.ts";
import { pickedUp, visible, withContents } from "./properties.ts";

/** What differs between the ways in which the engine calls a lifecycle. */
export interface AdapterOptions extends FormOptions {
  /** The URN by which the engine shows the resource of a declaration. */
  shownUrn(owner: string): string;
}

/** What a difference asks of the engine. */
interface Asked {
  changed: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** What exists although not everything could be done, in the form in which the engine keeps it. */
export class Incomplete extends Error {
  override readonly name = "Incomplete";
  readonly id: string;
  readonly properties: Plain;
  readonly reasons: string[];

  constructor(id: string, properties: Plain, message: string, reasons: string[]) {
    super(message);
    this.id = id;
    this.properties = properties;
    this.reasons = reasons;
  }
}

/**
 * What lies between a lifecycle and the engine, however the engine calls: hidden properties, large maps, messages, and
 * what is remembered between the calls. The properties of each call name the declaration as `__urn`.
 */
export class Adapter<Inputs extends object, State extends object> {
  readonly #lifecycle: Lifecycle<Inputs, State>;
  readonly #options: AdapterOptions;
  readonly #forms: Forms;
  /** The resources that were checked with what they are now. If checked without it, or created, they are replaced. */
  readonly #existing = new Set<string>();
  /** The states that the engine has shown in this process, by URN. */
  readonly #states = new Map<string, Plain>();
  /** The resources that were created in this process. */
  readonly #created = new Set<string>();
  /** The resources whose check knew only digests of some maps. */
  readonly #unchecked = new Set<string>();

  constructor(lifecycle: Lifecycle<Inputs, State>, options: AdapterOptions) {
    this.#lifecycle = lifecycle;
    this.#options = options;
    this.#forms = new Forms(lifecycle, options);
  }

  /** The completed inputs, and a line for each thing that is wrong with them. */
  async check(olds: Plain, news: Plain): Promise<{ inputs: Plain; reasons: string[] }> {
    return this.#toldInOneLine(async () => {
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

  async #check(olds: Plain, news: Plain): Promise<{ inputs: Plain; reasons: string[] }> {
    const configuration = this.#options.configured();
    const { projectId, spaceId, provenance } = configuration;
    const urn = urnOf(news);
    const known = this.#forms.decode(olds);
    const sent = this.#forms.decode(news);
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
    const { inputs, failures, warning } =
      unfit.length > 0
        ? { inputs: given, failures: unfit, warning: undefined }
        : await this.#lifecycle.check(given, known, { projectId, spaceId, provenance });
    if (warning !== undefined) {
      this.#log("warning", warning, urn);
    }
    if (failures.length === 0 && !isUnchecked) {
      this.#recordHoldings(known, urnOf(olds), news, visible(inputs));
      await this.#foresee(known, news, inputs);
      // What exists is compared, and told then.
      if (urn !== undefined && !this.#existing.has(urn)) {
        this.#describe(undefined, {}, news, inputs);
      }
    }
    const told = withOthersMissing(failures, inputs, configuration);
    return {
      inputs: this.#forms.encodeInputs(inputs, news),
      reasons: told.map(({ reason }) => inOneLine(reason)),
    };
  }

  /** `olds` is the state; `news` are checked inputs. */
  async diff(olds: Plain, news: Plain): Promise<Asked> {
    return this.#toldInOneLine(async () => {
      const urn = urnOf(news);
      const known = this.#forms.decode(olds);
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
      const { changed, replaces, warning } = this.#lifecycle.diff(
        known as State,
        given as Inputs,
        urn,
      );
      if (warning !== undefined) {
        this.#log("warning", warning, urn);
      }
      if (changed) {
        this.#describe(known as State, olds, news, given, replaces);
      }
      this.#recordHoldings(known, urnOf(olds), news, given);
      const { deleteBeforeReplace } = this.#lifecycle;
      return { changed, replaces, deleteBeforeReplace };
    });
  }

  async create(news: Plain, signal?: AbortSignal): Promise<{ id: string; properties: Plain }> {
    return this.#toldInOneLine(async () => {
      const urn = urnOf(news);
      const isReplacing = urn !== undefined && this.#existing.has(urn);
      const replaced = new Set(this.#lifecycle.idsOf?.(this.#stateOf(urn) as Partial<State>));
      const { id, state } = await this.#lifecycle.create(
        { ...this.#platform(news, signal), isReplacing, replaced },
        this.#whole(news),
      );
      this.#created.add(urn ?? "");
      return { id, properties: this.#forms.encode(state, news) };
    }, news);
  }

  /** Outputs that a creation will have, as far as they are known. If they cannot be found, the user only sees less. */
  async expect(news: Plain): Promise<Plain> {
    try {
      const inputs = this.#opened(news) as Inputs;
      return visible(await this.#lifecycle.expect?.(this.#platform(news), inputs));
    } catch {
      return {};
    }
  }

  /** What exists now, and the inputs that would declare it, where they may differ from those of before. */
  async read(
    id: string,
    olds: Plain,
    signal?: AbortSignal,
  ): Promise<{ properties: Plain; inputs: Plain | undefined } | undefined> {
    return this.#toldInOneLine(async () => {
      const known = this.#forms.decode(olds) as Partial<State>;
      if (Object.keys(known).length === 0 && this.#lifecycle.readsById !== true) {
        throw new Refusal(
          `"${id}" cannot be imported, since the platform does not have all that is declared of it: declare it, with adopt: true if it has work items that exist`,
        );
      }
      const found = await this.#lifecycle.read(this.#platform(olds, signal), id, known);
      return (
        found && {
          properties: this.#forms.encode(found.state, olds),
          inputs: found.inputs && this.#forms.encodeInputs(found.inputs, olds),
        }
      );
    });
  }

  async update(id: string, olds: Plain, news: Plain, signal?: AbortSignal): Promise<Plain> {
    return this.#toldInOneLine(async () => {
      const state = await this.#lifecycle.update(
        this.#platform(news, signal),
        id,
        this.#forms.decode(olds) as State,
        this.#whole(news),
      );
      return this.#forms.encode(state, news);
    }, news);
  }

  async delete(id: string, olds: Plain, signal?: AbortSignal): Promise<void> {
    const state = this.#forms.decode(olds);
    const urn = urnOf(olds);
    this.#noteState(urn, state);
    if (urn !== undefined && this.#created.has(urn) && this.#lifecycle.deleteBeforeReplace) {
      const { name } = parseUrn(urn);
      this.#log(
        "warning",
        `${name} keeps its work items, since its replacement was made first: to have them ended and made anew, set the option deleteBeforeReplace`,
        urn,
      );
    }
    return this.#toldInOneLine(() =>
      this.#lifecycle.delete(this.#platform(olds, signal), id, state as State),
    );
  }

  /** Says what a change does to many things; each of them only where the engine does not show it. */
  #describe(
    known: State | undefined,
    olds: Plain,
    news: Plain,
    given: Plain,
    replaces: readonly string[] = [],
  ): void {
    const urn = urnOf(news);
    const { name } = parseUrn(urn ?? "");
    // Of defaults that an earlier release has applied, nobody knows.
    const isSecret = [olds, news].some((side) => "defaults" in side && side.__secret !== false);
    const described = { name, replaces, isSecret };
    const lines = this.#lifecycle.describeChanges?.(known, given as Inputs, described) ?? [];
    const isHidden = replaces.length === 0 && Object.values(news).some(isDigest);
    if (lines.length > 0) {
      this.#log("info", isHidden ? lines : lines.slice(0, 1), urn);
    }
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
    try {
      return this.#options.configured().apiKey !== undefined && urnOf(news) !== undefined;
    } catch {
      return false;
    }
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
      this.#log("warning", `what is adopted cannot be told yet: ${message}`, urn);
    }
  }

  /** Inputs as their lifecycle knows them, with what `ignoreChanges` keeps from the state. */
  #opened(news: Plain): Plain {
    const state = this.#stateOf(urnOf(news));
    const isComplete = state.incomplete !== true;
    return withContents(
      this.#forms.decode(news),
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

  #log(
    kind: "info" | "status" | "warning",
    message: string | readonly string[],
    owner: string | undefined,
  ): void {
    log(kind, message, owner && this.#options.shownUrn(owner));
  }

  #platform(properties: Plain, signal?: AbortSignal): Platform {
    const configuration = this.#options.configured();
    const owner = urnOf(properties);
    const { __organization: organization } = properties;
    const client = openClient(configuration);
    return {
      client: signal === undefined ? client : client.until(signal),
      owner,
      ...(typeof organization === "string" && { organization }),
      info: (message, facts) => {
        this.#log("info", message, owner);
        if (facts !== undefined && owner !== undefined) {
          keepNote({ resource: this.#options.shownUrn(owner), text: message, ...facts });
        }
      },
      status: (message) => {
        if (configuration.progress) {
          this.#log("status", message, owner);
        }
      },
      warn: (message) => this.#log("warning", message, owner),
    };
  }

  /** Puts messages in one line, and what exists after a partial failure into the form that the engine keeps. */
  async #toldInOneLine<T>(work: () => Promise<T>, properties: Plain = {}): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PartialFailure) {
        const [message = "", ...reasons] = [error.message, ...error.reasons].map(inOneLine);
        const kept = forHeader(this.#forms.encode(error.state, properties), error.secret);
        throw kept === undefined
          ? new Error([message, ...reasons].join("; "))
          : new Incomplete(error.id, kept, message, reasons);
      }
      if (isForUser(error)) {
        error.message = inOneLine(error.message);
      }
      throw error;
    } finally {
      const problem = clockProblem();
      if (problem !== undefined) {
        log("warning", problem, undefined);
      }
      await allShown();
    }
  }
}

/** Whether an error is an answer to the user, and not a fault of the program. */
export function isForUser(error: unknown): error is Refusal | ApiError {
  return error instanceof Refusal || error instanceof ApiError;
}

function urnOf({ __urn }: Plain): string | undefined {
  return typeof __urn === "string" && !isUnknown(__urn) ? __urn : undefined;
}
