import type { Client } from "../api/client.ts";
import type { Plain } from "./plain.ts";

/** What is wrong with one input. */
export interface Failure {
  property: string;
  reason: string;
}

/** Whether the inputs ask for something other than what exists, and which fields force a new resource. */
export interface Difference {
  changed: boolean;
  replaces: string[];
  /** What a reviewer must know before this is applied. */
  warning?: string;
}

/** What is said about a change besides what changes. */
export interface Described {
  /** The name of the resource. */
  name: string;
  /** The inputs that force a new resource, if any do. */
  replaces: readonly string[];
  /** Whether inputs that the change is told from are secret, so that no value of them may be shown. */
  isSecret: boolean;
}

/** What is filled in where a resource leaves it out. */
interface Defaults {
  projectId: string | undefined;
  spaceId: string | undefined;
  /** Whether batches say in their metadata where they come from. */
  provenance?: boolean;
}

/** What a message says, as data. */
export interface Facts {
  /** How many existing work items, or batches, the resource adopts. */
  adopted: number;
  /** The keys of the work items; for a single one, its name. */
  keys?: readonly string[] | undefined;
}

/** What a lifecycle works with. */
export interface Platform {
  client: Client;
  /** The resource's URN, which says which stack declares what is made here, and under which name. */
  owner: string | undefined;
  /** The URN under which the state has the resource, if it was renamed since: its deletion still goes by that name. */
  formerOwner?: string;
  /** The organization of that stack, if the backend has organizations. */
  organization?: string | undefined;
  /** Whether the state has had this resource until now, so that its creation is a replacement. Only creations have it. */
  isReplacing?: boolean;
  /** The ids of the work items that this creation replaces, as the state had them: the engine ends or retains them. */
  replaced?: ReadonlySet<string>;
  /** Tells the user something. `facts` is what a report reads from it. */
  info(message: string, facts?: Facts): void;
  /** Shows how far the work has come, until the next line replaces it. */
  status(message: string): void;
  /** Tells the user something to look at. */
  warn(message: string): void;
}

/** What exists after a create or an update. */
interface Created<State> {
  id: string;
  state: State;
}

/**
 * What was found on the platform, as outputs and as the inputs that would declare it. If `inputs` is left out, the
 * inputs are as they were.
 */
interface Found<Inputs, State> {
  state: State;
  inputs?: Inputs;
}

/**
 * The life of one kind of resource, over plain values and a client. It knows nothing about the engine that calls it.
 * `check` and `diff` ask nothing of the platform; they and `foresee` run at preview, where values may be unknown.
 */
export interface Lifecycle<Inputs, State> {
  /**
   * Completes the inputs and says what is wrong with them. `olds` are the inputs of the last update. A large map in them,
   * or one that `ignoreChanges` keeps, may be unknown. A `warning` is told to people, and stops nothing.
   */
  check(
    news: Plain,
    olds: Plain,
    defaults: Defaults,
  ): Promise<{ inputs: Plain; failures: Failure[]; warning?: string | undefined }>;
  /** What is wrong with the changes that `check` could not see, because it did not know the maps of before. */
  checkChanges?(olds: State, news: Inputs): Failure[];
  /** `owner` is the resource's URN, to name it in a warning. */
  diff(olds: State, news: Inputs, owner?: string): Difference;
  /**
   * What an update does to many things, of which the engine shows one change: a line of counts, and then lines that are
   * for maps that are too large for the engine to show. `olds` is undefined if there is nothing yet.
   */
  describeChanges?(olds: State | undefined, news: Inputs, described: Described): string[];
  /**
   * Reports what adopting will find, at preview and before an update. It is the one look at the platform that a check
   * causes, and only if `adopt` asks for it. `olds` are the inputs of the last update, or all that is known about the
   * resource; `batchName` is the name of the batch, whose id may be unknown.
   */
  foresee?(
    platform: Platform,
    inputs: Inputs,
    olds: Plain,
    batchName: string | undefined,
  ): Promise<void>;
  /** Outputs that a creation will have, as far as they are known before it. Only the plugin asks, at preview. */
  expect?(platform: Platform, inputs: Inputs): Promise<Partial<State>>;
  /**
   * Records what a declaration has and wants, to find out which work items move to another declaration and which batches
   * want their provenance; asks nothing of the platform. `olds` are the inputs of the last update, or all that is known
   * about the resource.
   */
  recordHoldings?(platform: Platform, olds: Plain, news: Inputs): void;
  /** Says that a check begins, after which `recordHoldings` may be called; the returned call says that it is over. */
  beginCheck?(platform: Platform): () => void;
  /** Maps of which the engine shows each entry, as long as they are not large. */
  readonly asEntries?: readonly (keyof State & string)[];
  /** Maps that are kept as JSON text, because the engine spends a long time on each of their entries. */
  readonly asText?: readonly (keyof State & string)[];
  /** The ids of the work items in a state. */
  idsOf?(state: Partial<State>): Iterable<string>;
  /** What may repeat secret inputs under another name, so that the engine would not see that it is secret. */
  readonly asSecret?: readonly (keyof State & string)[];
  /** Inputs that are secret if another one is, because they may repeat it. */
  readonly secretIf?: Readonly<Record<string, string>>;
  /** Outputs that no update changes, besides the inputs. */
  readonly stable?: readonly (keyof State & string)[];
  /** True if `read` finds everything by the id alone. */
  readonly readsById?: boolean;
  /** True when a replacement must end the old resource first. */
  readonly deleteBeforeReplace: boolean;
  create(platform: Platform, inputs: Inputs): Promise<Created<State>>;
  /** What exists under the id now; undefined if it is gone. `olds` is empty on a first read by id. */
  read(
    platform: Platform,
    id: string,
    olds: Partial<State>,
  ): Promise<Found<Inputs, State> | undefined>;
  update(platform: Platform, id: string, olds: State, news: Inputs): Promise<State>;
  delete(platform: Platform, id: string, olds: State): Promise<void>;
}

/** Something exists, but not everything that was declared: the next update goes on from `state`. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  readonly id: string;
  readonly state: object;
  readonly reasons: string[];
  /** Properties with values that no input has any more, so the engine cannot see which of them are secret. */
  readonly secret: readonly string[];

  constructor(
    id: string,
    state: object,
    message: string,
    reasons: string[] = [message],
    secret: readonly string[] = [],
  ) {
    super(message);
    this.id = id;
    this.state = state;
    this.reasons = reasons;
    this.secret = secret;
  }
}

/** An answer to the user, not a fault of the program: shown without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
