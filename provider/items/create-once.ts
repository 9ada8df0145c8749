import type DataLoader from "dataloader";
import type { Client } from "../api/client.ts";
import { ApiError, NoAnswerError, ResponseError } from "../api/errors.ts";
import { lookAgainAfterMs, pause } from "../api/pause.ts";
import type { WorkItemInput, WorkItemWire } from "../api/work-items.ts";
import { loaderOf } from "./gather.ts";
import { listLive, nameOf, type Place } from "./listing.ts";
import { type Mark, readMark, toMetadata } from "./mark.ts";
import { sessionOf } from "./session.ts";

const attempts = 3;
/** How long look-ups wait for others, to share a listing. */
const gatherMs = 100;

/**
 * Creates a work item with its mark, exactly once: where the outcome is unknown, it looks before it repeats.
 * `earlier` are ids of items of the same mark that are not the one to make.
 */
export async function createOnce(
  client: Client,
  place: Place,
  input: WorkItemInput,
  mark: Mark,
  earlier: ReadonlySet<string>,
): Promise<WorkItemWire> {
  const since = client.clock.now();
  const marked = {
    ...input,
    ...(place.batchId !== undefined && { batchId: place.batchId }),
    metadata: { ...input.metadata, ...toMetadata(mark) },
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.workItems.create(place.projectId, marked);
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
  return loaderOf(sessionOf(client).lookups, nameOf(place), look, together);
}

/** From when on to look. Where the platform's clock is not known, nothing is too old. */
function earliest(asked: readonly Lookup[]): Date | undefined {
  const moments = asked.map(({ since }) => since?.getTime() ?? Number.NaN);
  const first = Math.min(...moments);
  return Number.isNaN(first) ? undefined : new Date(first);
}
