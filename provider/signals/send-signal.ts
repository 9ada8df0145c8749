import { ApiError, ConflictError, NotFoundError } from "../api/errors.ts";
import type { SignalInput, SignalName } from "../api/signals.ts";
import { readItems } from "../items/coalesce.ts";
import { changeEachGroup, eachGroup } from "../items/groups.ts";
import { isStale } from "../items/work-in-progress.ts";
import type { Failures } from "../lifecycle/failures.ts";
import { PartialFailure, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { Progress } from "../lifecycle/progress.ts";
import { count } from "../text/lines.ts";
import { readStatuses } from "./statuses.ts";
import { allowedFrom, statusAfter } from "./transitions.ts";

// A signal has no idempotency key either. So the provider reads each item's status before it sends the signal: an item
// that had another status before, and after a lost answer has the one that the signal leads to, got the signal.

const attempts = 4;

/** What to send. */
export interface Order {
  projectId: string;
  signal: SignalName;
  /**
   * What only the signal to a single item has (`signalWorkItem`). Without it, the items get theirs in bulk
   * (`signalWorkItems`).
   */
  single?: Omit<SignalInput, "signal">;
  /** Whether items that already have the status that the signal leads to count as signaled. */
  skipDone?: boolean;
  /** Only items with one of these statuses get the signal: an item that has another one by then is left out. */
  statuses?: readonly string[];
}

/** A work item that should get a signal. */
export interface Target {
  /** What messages call it. */
  name: string;
  id: string;
  comments: readonly string[];
  /** Whether it may have got the signal before, with only the answer lost. */
  mayBeDone: boolean;
}

/** A target whose status is known. */
export interface KnownTarget extends Target {
  status: string;
}

/** The work items with their status. Operation `listWorkItems`. Items that do not exist are added to `failures`. */
export async function lookAt(
  { client }: Platform,
  projectId: string,
  targets: readonly Target[],
  failures: Failures,
): Promise<KnownTarget[]> {
  const known: KnownTarget[] = [];
  await eachGroup(targets, async (group) => {
    const ids = group.map(({ id }) => id);
    const now = await readItems(client, projectId, ids);
    for (const target of group) {
      const status = now.get(target.id)?.status;
      if (status === undefined) {
        const where = target.name === target.id ? "" : ` ${target.id}`;
        failures.add(
          target.name,
          new Refusal(`the work item${where} is not in project ${projectId}`),
        );
      } else {
        known.push({ ...target, status });
      }
    }
  });
  return known;
}

/** Sends a signal to each of the work items, once. A failure of some does not stop the others. */
export class Delivery {
  readonly failures: Failures;
  /** The ids of the items that got the signal. */
  readonly sent: string[] = [];
  /** The ids of the items that may have got it. */
  readonly unclear: string[] = [];
  readonly #platform: Platform;
  readonly #order: Order;
  readonly #after: string;

  constructor(platform: Platform, order: Order, failures: Failures) {
    this.#platform = platform;
    this.#order = order;
    this.#after = statusAfter(order.signal, order.single?.signalOutcome);
    this.failures = failures;
  }

  async run(targets: readonly KnownTarget[]): Promise<void> {
    const progress = new Progress(this.#platform, targets.length);
    await this.#send(targets, 1, progress);
    progress.end(`${count(this.sent.length)} got the signal ${this.#order.signal}`);
  }

  async #send(targets: readonly KnownTarget[], attempt: number, progress: Progress): Promise<void> {
    const { skipDone = false, statuses } = this.#order;
    const open = targets.filter(({ id, status, mayBeDone }) => {
      const isDone = status === this.#after && (mayBeDone || skipDone);
      if (isDone) {
        this.sent.push(id);
      }
      return !isDone && (statuses === undefined || statuses.includes(status));
    });
    // The platform refuses a whole group for the status of one item. So all items of a group have the same status.
    for (const alike of Map.groupBy(open, ({ status }) => status).values()) {
      await changeEachGroup(alike, (group) => this.#sendGroup(group, attempt, progress));
    }
  }

  /** Returns whether it went well at the first try. */
  async #sendGroup(group: KnownTarget[], attempt: number, progress: Progress): Promise<boolean> {
    try {
      this.failures.throwIfStopped();
      await this.#request(group);
      this.sent.push(...group.map(({ id }) => id));
      this.failures.noteSuccess();
      progress.add(group.length);
      return true;
    } catch (error) {
      const isUnclear = error instanceof ApiError && error.outcomeUnknown;
      const doubtful = group.map((target) => ({
        ...target,
        mayBeDone: target.mayBeDone || (isUnclear && target.status !== this.#after),
      }));
      try {
        if (!isStale(error) || attempt === attempts) {
          throw error;
        }
        const again = await this.#lookAgain(doubtful, error);
        await this.#send(again, attempt + 1, progress);
      } catch (failure) {
        this.#fail(doubtful, failure);
      }
      return false;
    }
  }

  #request(group: readonly KnownTarget[]): Promise<void> {
    const { signals } = this.#platform.client;
    const { projectId, signal, single } = this.#order;
    const [first] = group;
    if (single !== undefined && first !== undefined) {
      return signals.send(projectId, first.id, { signal, ...single });
    }
    const workItems = group.map(({ id, comments }) => ({
      workItemID: id,
      ...(comments.length > 0 && { feedback: { comments: [...comments] } }),
    }));
    return signals.sendMany(projectId, signal, workItems);
  }

  /** The items to signal again, after a refusal or a lost answer. */
  async #lookAgain(group: readonly KnownTarget[], error: unknown): Promise<KnownTarget[]> {
    const now = await lookAt(this.#platform, this.#order.projectId, group, this.failures);
    if (error instanceof NotFoundError && now.length === group.length) {
      throw error;
    }
    const [before] = group;
    // If the status of one item changed meanwhile, the refusal may be for that item alone.
    if (!(error instanceof ConflictError && now.every(({ status }) => status === before?.status))) {
      return now;
    }
    for (const { name, status } of now) {
      this.failures.add(name, this.#refusal(status, error));
    }
    return [];
  }

  #refusal(status: string, error: ConflictError): Error {
    const { signal, statuses } = this.#order;
    const allowed = allowedFrom[signal];
    if (allowed.includes(status)) {
      return error;
    }
    const wayOut =
      status === this.#after && statuses === undefined
        ? "; set skipDone: true where it may be so already"
        : "";
    return new Refusal(
      `the work item is ${status}, and the signal ${signal} is allowed from ${allowed.join(" and ")} only${wayOut}`,
    );
  }

  #fail(group: readonly KnownTarget[], error: unknown): void {
    for (const { name, id, mayBeDone } of group) {
      this.failures.add(name, error);
      if (mayBeDone) {
        this.unclear.push(id);
      }
    }
  }
}

/** What the state keeps of a signal that was sent. */
export interface Signaled {
  signaledIds: string[];
  signaled: number;
  signaledAt: string;
  statuses: Record<string, number>;
}

/** Its names, as outputs of a resource. */
export const signaledOutputs: readonly (keyof Signaled)[] = [
  "signaledIds",
  "signaled",
  "signaledAt",
  "statuses",
];

/** What the state keeps after a delivery; the items in `before` had already got the signal. */
export async function signaledBy(
  platform: Platform,
  projectId: string,
  before: Iterable<string>,
  { failures, sent }: Delivery,
): Promise<Signaled> {
  const signaledIds = [...before, ...sent].sort();
  return {
    signaledIds,
    signaled: signaledIds.length,
    signaledAt: new Date().toISOString(),
    statuses: failures.size > 0 ? {} : await countStatuses(platform, projectId, signaledIds),
  };
}

/** How many of the work items have each status now, as far as the statuses can be read. */
async function countStatuses(
  platform: Platform,
  projectId: string,
  ids: readonly string[],
): Promise<Record<string, number>> {
  try {
    return await readStatuses(platform.client, projectId, ids);
  } catch (error) {
    // The signal was sent, and this failure must not cause it to be sent again.
    const message = error instanceof Error ? error.message : String(error);
    platform.warn(`the statuses after the signal could not be read: ${message}`);
    return {};
  }
}

/** Throws if items did not get the signal; the state keeps what others got. */
export function throwIfFailed(
  { failures, sent, unclear }: Delivery,
  id: string,
  state: object,
  { signal, of }: { signal: SignalName; of: number },
): void {
  if (failures.size === 0) {
    return;
  }
  const lines = failures.lines();
  if (sent.length + unclear.length === 0) {
    throw new Refusal(`the signal ${signal} was not sent: ${lines.join("; ")}`);
  }
  throw new PartialFailure(
    id,
    state,
    `${count(failures.size)} of ${count(of)} work items did not get the signal ${signal}; the next update sends it to these only`,
    lines,
  );
}
