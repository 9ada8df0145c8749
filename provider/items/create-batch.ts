import type { BatchWire } from "../api/batches.ts";
import type { Client } from "../api/client.ts";
import { ApiError, ConflictError } from "../api/errors.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { findBatch, forgetBatches, releasedKey } from "./batches.ts";
import { declarationText, isMarkOf, type Mark, makeMark, readMark, readStack } from "./mark.ts";
import { openSession } from "./session.ts";

/** A batch that should exist. */
interface Wanted {
  projectId: string;
  name: string;
  adopt?: boolean;
}

/** How far apart the clocks of the platform's own machines may be. */
const clockSkewMs = 5 * 60_000;
const attempts = 3;

/** Whether this process adopted a batch, and so must not release it. */
export function isTakenNow(client: Client, id: string): boolean {
  return openSession(client).adopted.has(id);
}

/** Makes the batch, or adopts the one that has its name if that is allowed. Never makes a second one. */
export async function createBatch(platform: Platform, inputs: Wanted): Promise<BatchWire> {
  const { projectId, name, adopt = false } = inputs;
  const { client } = platform;
  const startedAt = performance.now();
  let mayBeOurs = false;
  for (let attempt = 1; ; attempt += 1) {
    let failure: ApiError;
    try {
      return await client.batches.create(projectId, { name });
    } catch (error) {
      if (
        !(error instanceof ApiError) ||
        !(error instanceof ConflictError || error.outcomeUnknown)
      ) {
        throw error;
      }
      failure = error;
    }
    mayBeOurs ||= failure.outcomeUnknown;
    forgetBatches(client, projectId);
    const existing = await findBatch(client, projectId, name);
    if (existing === undefined) {
      if (failure instanceof ConflictError || attempt === attempts) {
        throw failure;
      }
      continue;
    }
    if (
      mayBeOurs &&
      isBlank(existing) &&
      Date.parse(existing.createdAt ?? "") >= earliestOf(client, startedAt)
    ) {
      // A batch with the same name that somebody else made in these minutes looks the same.
      platform.info(
        `took batch ${existing.id} for the one that was asked for without a good answer`,
      );
      return existing;
    }
    const holder = holderOf(existing, platform);
    const isOwn = platform.isReplacing === true && isMarked(existing) && holder === undefined;
    if (adopt || isOwn || releasedKey in (existing.metadata ?? {})) {
      openSession(client).adopted.add(`${projectId}/${existing.id}`);
      platform.info(`adopted the existing batch "${name}" with ${workItems(existing)}`);
      if (holder !== undefined) {
        platform.warn(
          `batch "${name}" is declared by ${declarationText(holder)}, too: its metadata becomes what is declared here, and destroying it here gives it back`,
        );
      }
      return existing;
    }
    throw new Refusal(
      `name "${name}" is taken: batch ${existing.id} of project ${projectId} has it, with ${workItems(existing)}${await makersOf(client, projectId, existing.id)}, created ${existing.createdAt ?? "at an unknown time"}${holder === undefined ? "" : ` and declared by ${declarationText(holder)}`}. ` +
        "Choose another name, or set adopt: true to manage that batch here (also when an interrupted update of this stack created it)",
    );
  }
}

/** The earliest creation time of a batch that this process may have made. Without the platform's time, none may be. */
function earliestOf({ clock }: Client, startedAt: number): number {
  return (clock.at(startedAt)?.getTime() ?? Number.POSITIVE_INFINITY) - clockSkewMs;
}

/** The other declaration that has a batch; none if it released the batch. */
export function holderOf({ metadata }: BatchWire, platform: Platform): Mark | undefined {
  const mark = releasedKey in (metadata ?? {}) ? undefined : readMark({ metadata });
  return mark === undefined || isMarkOf(mark, makeMark(platform)) ? undefined : mark;
}

function isMarked({ metadata }: BatchWire): boolean {
  return readMark({ metadata }) !== undefined;
}

function isBlank({ metadata, totalCount }: BatchWire): boolean {
  return (totalCount ?? 0) === 0 && Object.keys(metadata ?? {}).length === 0;
}

/** How many work items of a batch `makersOf` looks at. */
const mostLooked = 100;

/** Which stacks made the work items of a batch, judging by the first of them. */
async function makersOf(client: Client, projectId: string, batchId: string): Promise<string> {
  const makers = new Set<string>();
  let looked = 0;
  for await (const item of client.workItems.list(projectId, { batchIds: [batchId] })) {
    const maker = readStack(item);
    if (maker !== undefined) {
      makers.add(maker);
    }
    looked += 1;
    if (looked === mostLooked) {
      break;
    }
  }
  return makers.size === 0 ? "" : ` made by ${[...makers].join(" and ")}`;
}

/** How many work items a batch has, in words. */
export function workItems({ totalCount }: BatchWire): string {
  return totalCount === 1 ? "1 work item" : `${totalCount ?? 0} work items`;
}
