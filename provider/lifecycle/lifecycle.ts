import type { Client } from "../api/client.ts";
import type { Plain } from "./plain.ts";

/** What is wrong with one input. */
export interface Failure {
  property: string;
  reason: string;
}

/** Whether the inputs ask for something else than what exists, and which fields force a new resource. */
export interface Difference {
  changed: boolean;
  replaces: string[];
  /** What a reviewer must know before this is applied. */
  warning?: string;
}

/** What is filled in where a resource does not say. */
interface Defaults {
  projectId: string | undefined;
  spaceId: string | undefined;
}

/** What a message says, as data. */
export interface Facts {
  /** How many existing work items the resource adopts. */
  adopted: number;
}

/** What a lifecycle works with. */
export interface Platform {
  client: Client;
  /** The resource's URN: which stack declares what is made here, under which name. */
  owner: string | undefined;
  /** The organization of that stack, where the backend has organizations. */
  organization?: string | undefined;
  /** Whether the state has had this resource until now: it is made anew because it is replaced. */
  isReplacing?: boolean;
  /** Tells the user something. `facts` are what a report reads of it. */
  info(message: string, facts?: Facts): void;
  /** Shows how far the work is, until the next line does. */
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
 * What was found on the platform, as outputs and as the inputs that would declare it. Inputs that are left
 * out are as they were.
 */
interface Found<Inputs, State> {
  state: State;
  inputs?: Inputs;
}

/**
 * The life of one kind of resource, over plain values and a client. Knows nothing of the engine that
 * calls it. `check` and `diff` ask nothing of the platform; they and `foresee` run at preview, where values
 * may be unknown.
 */
export interface Lifecycle<Inputs, State> {
  /** Completes the inputs and says what is wrong with them. `olds` are the inputs of the last update. */
  check(
    news: Plain,
    olds: Plain,
    defaults: Defaults,
  ): Promise<{ inputs: Plain; failures: Failure[] }>;
  /** `owner` is the resource's URN, to name it in a warning. */
  diff(olds: State, news: Inputs, owner?: string): Difference;
  /**
   * Tells what adopting will find, at preview and before an update: the one look at the platform that a
   * check brings about, and only where `adopt` asks for it. `olds` are the inputs of the last update;
   * `batchName` is that of the batch, whose id may be unknown.
   */
  foresee?(
    platform: Platform,
    inputs: Inputs,
    olds: Plain,
    batchName: string | undefined,
  ): Promise<void>;
  /**
   * Takes down which work items a declaration has and wants, so that those that move to another one are known; asks
   * nothing of the platform. `olds` are the inputs of the last update, or all that is known of the resource.
   */
  note?(platform: Platform, olds: Plain, news: Inputs): void;
  /** Large maps that are kept as JSON text, as the engine takes long over each of their entries. */
  readonly asText?: readonly (keyof State & string)[];
  /** True when a replacement must end the old resource first. */
  readonly deleteBeforeReplace: boolean;
  create(platform: Platform, inputs: Inputs): Promise<Created<State>>;
  /** What exists under the id now; nothing when it is gone. `olds` is empty on a first read by id. */
  read(
    platform: Platform,
    id: string,
    olds: Partial<State>,
  ): Promise<Found<Inputs, State> | undefined>;
  update(platform: Platform, id: string, olds: State, news: Inputs): Promise<State>;
  delete(platform: Platform, id: string, olds: State): Promise<void>;
}

/** Something exists, but not all that was declared: the next update goes on from `state`. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  readonly id: string;
  readonly state: object;
  readonly reasons: string[];
  /** Properties that hold what no input does any more, so that the engine cannot see what of it is secret. */
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
