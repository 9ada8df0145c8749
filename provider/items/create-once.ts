import type DataLoader from "dataloader";
import type { Client } from "../api/client.ts";
import { ApiError, NoAnswerError, ResponseError } from "../api/errors.ts";
import { lookAgainAfterMs, pause } from "../api/pause.ts";
import type { WorkItemInput, WorkItemWire } from "../api/work-items.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { findItem, openLoader } from "./gather.ts";
import { keyOfPlace, listLive, type Place } from "./listing.ts";
import { type Mark, readMark, toMetadata } from "./mark.ts";
import { openSession } from "./session.ts";

const attempts = 3;
/** How long look-ups wait for others, to share a listing. */
const gatherMs = 100;

/**
 * Creates a work item with its mark, exactly once: where the outcome is unknown, it looks before it repeats.
 * `earlier` are ids of items of the same mark that are not the one to make.
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
      for (const wait of lookAgainAfterMs) {
        await pause(client, wait);
        const found = await recentOf(client, place).load({ mark, since });
        const made = found.find(
          (item) => readMark(item)?.incarnation === mark.incarnation && !earlier.has(item.id),
        );
        if (made !== undefined) {
          return made;
        }
      }
      // The server may still be at work on the first request, or has done it and says so in words of its own.
      const mayBeDone = error instanceof NoAnswerError || error instanceof ResponseError;
      if (mayBeDone || attempt === attempts) {
        throw error;
      }
    }
  }
}

const marksLostText =
  "the platform does not answer the metadata of work items as it was sent, by which an interrupted update finds what it made: no other one is made, as it could be paid twice. Ask the service for what it does to long texts in metadata";

/** Whether the platform keeps marks as they are sent. The answer of a creation need not have them. */
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

/** A work item that may have been made, and since when. */
export interface Lookup {
  mark: Mark;
  since: Date | undefined;
}

/** Looks for what was created lately, in one listing for all that ask at about the same time. */
function recentOf(client: Client, place: Place): DataLoader<Lookup, WorkItemWire[]> {
  const look = async (asked: readonly Lookup[]): Promise<WorkItemWire[][]> => {
    const live = await listLive(client, place, earliest(asked));
    return asked.map(({ mark }) => live.find(mark));
  };
  const together = { waitMs: gatherMs, most: Number.POSITIVE_INFINITY };
  return openLoader(openSession(client).lookups, keyOfPlace(place), look, together);
}

/** From when on to look. Where the platform's clock is not known, nothing is too old. */
function earliest(asked: readonly Lookup[]): Date | undefined {
  const moments = asked.map(({ since }) => since?.getTime() ?? Number.NaN);
  const first = Math.min(...moments);
  return Number.isNaN(first) ? undefined : new Date(first);
}
