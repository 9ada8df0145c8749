import type DataLoader from "dataloader";
import type { Client } from "../api/client.ts";
import {
  ApiError,
  CancelledError,
  isPassing,
  NoAnswerError,
  ResponseError,
} from "../api/errors.ts";
import { lookAgainAfterMs, pause } from "../api/look-again.ts";
import type { WorkItemInput, WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { findItem, openLoader } from "./coalesce.ts";
import { keyOfPlace, listLive, type Place } from "./listing.ts";
import { type Mark, readMark, toMetadata } from "./mark.ts";
import { openSession } from "./session.ts";

const attempts = 3;
/** How long a look-up waits for others to share its listing. */
const gatherMs = 100;

/**
 * Creates a work item with its mark, exactly once: if the outcome of a request is unknown, it looks for the item before
 * it sends the request again. `earlier` has the ids of items with the same mark that are not the one to make.
 */
export async function createOnce(
  platform: Platform,
  place: Place,
  input: WorkItemInput,
  mark: Mark,
  earlier: ReadonlySet<string>,
): Promise<WorkItemWire> {
  const { client } = platform;
  const session = openSession(client);
  if (session.keepsMarks === false) {
    throw new Refusal(marksLostText);
  }
  const since = client.clock.now();
  const marked = {
    ...input,
    ...(place.batchId !== undefined && { batchId: place.batchId }),
    metadata: { ...input.metadata, ...toMetadata(mark) },
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const made = await client.workItems.create(place.projectId, marked);
      if (session.keepsMarks === undefined) {
        session.keepsMarks = await isKept(client, place, made, mark);
        if (!session.keepsMarks) {
          platform.warn(`work item ${made.id} was made, but ${marksLostText}`);
        }
      }
      return made;
    } catch (error) {
      if (!(error instanceof ApiError && error.outcomeUnknown)) {
        throw error;
      }
      const made = await findCreated(client, place, { mark, since }, earlier).catch((failure) => {
        // That the platform cannot be asked says less than why it had to be.
        throw isPassing(failure) ? error : failure;
      });
      if (made !== undefined) {
        return made;
      }
      // After a timeout the server may create it yet, and after an answer that cannot be read it probably has: only the
      // next update looks again. A lost connection or a 5xx is final: what is not listed by now was not made.
      const mayComeYet = error instanceof NoAnswerError || error instanceof ResponseError;
      if (mayComeYet || attempt === attempts) {
        throw error;
      }
    }
  }
}

const marksLostText =
  "the platform changes the metadata of work items. The provider finds its own items by it after an interrupted update, so it creates no more of them: they could be paid twice. Ask the service what it does to long texts in metadata";

/** Looks several times for the item that a creation without a good answer may have made. */
async function findCreated(
  client: Client,
  place: Place,
  lookup: Lookup,
  earlier: ReadonlySet<string>,
): Promise<WorkItemWire | undefined> {
  let failure: unknown;
  for (const wait of lookAgainAfterMs) {
    await pause(client, wait);
    try {
      const found = await recentOf(client, place).load(lookup);
      const made = found.find(
        (item) => readMark(item)?.incarnation === lookup.mark.incarnation && !earlier.has(item.id),
      );
      if (made !== undefined) {
        return made;
      }
      failure = undefined;
    } catch (error) {
      if (error instanceof CancelledError) {
        throw error;
      }
      // A later look may succeed. If none does, the next update comes late enough to see the item.
      failure = error;
    }
  }
  if (failure !== undefined) {
    throw failure;
  }
  return undefined;
}

/** Whether the platform keeps marks as they were sent. The answer to a creation need not contain them. */
async function isKept(
  client: Client,
  { projectId }: Place,
  made: WorkItemWire,
  mark: Mark,
): Promise<boolean> {
  const isSame = (item: WorkItemWire | undefined): boolean => {
    const kept = item && readMark(item);
    return kept?.owner === mark.owner && kept.key === mark.key && kept.declared === mark.declared;
  };
  return isSame(made) || isSame(await findItem(client, projectId, made.id));
}

/** A work item that may have been made, and the time from which to look for it. */
export interface Lookup {
  mark: Mark;
  since: Date | undefined;
}

/** Looks for recently created items, in one listing for all callers that ask at about the same time. */
function recentOf(client: Client, place: Place): DataLoader<Lookup, WorkItemWire[]> {
  const look = async (asked: readonly Lookup[]): Promise<WorkItemWire[][]> => {
    const live = await listLive(client.origin, place, earliest(asked));
    return asked.map(({ mark }) => live.find(mark));
  };
  const together = { waitMs: gatherMs, most: Number.POSITIVE_INFINITY };
  return openLoader(openSession(client).lookups, keyOfPlace(place), look, together);
}

/** The time from which to look. If the platform's clock is not known, no item is too old. */
function earliest(asked: readonly Lookup[]): Date | undefined {
  const moments = asked.map(({ since }) => since?.getTime() ?? Number.NaN);
  const first = Math.min(...moments);
  return Number.isNaN(first) ? undefined : new Date(first);
}
