import type { BatchWire } from "../api/batches.ts";
import type { Client } from "../api/client.ts";
import { withoutMark } from "./mark.ts";
import { provenanceEntries } from "./provenance-entries.ts";
import { answerOf, openSession } from "./session.ts";

type ById = Map<string, BatchWire>;

/** The batches of a project by id. Operation `listBatches`, once per run and again after `forgetBatches`. */
export function listBatchesOnce(client: Client, projectId: string): Promise<ById> {
  return answerOf(openSession(client).batches, projectId, () =>
    listBatches(client.origin, projectId),
  );
}

/** Makes the next call of `listBatchesOnce` list the batches again. */
export function forgetBatches(client: Client, projectId: string): void {
  openSession(client).batches.delete(projectId);
}

/** The batch with a given name. */
export async function findBatch(
  client: Client,
  projectId: string,
  name: string,
): Promise<BatchWire | undefined> {
  const all = [...(await listBatchesOnce(client, projectId)).values()];
  return (
    all.find((batch) => batch.name === name) ?? all.find((batch) => isSameName(name, batch.name))
  );
}

/** Whether an answered name is the declared one: the service may keep it trimmed, or in lower case. */
export function isSameName(declared: string, answered: string): boolean {
  return declared.trim().toLowerCase() === answered.trim().toLowerCase();
}

async function listBatches(client: Client, projectId: string): Promise<ById> {
  const batches = await Array.fromAsync(client.batches.list(projectId));
  return new Map(batches.map((batch) => [batch.id, batch]));
}

/** The entries that the platform has added to what was sent. If its answer does not show them, a listing does. */
export async function addedTo(
  client: Client,
  { projectId, metadata = {} }: { projectId: string; metadata?: Record<string, unknown> },
  answer: BatchWire,
): Promise<string[]> {
  const now =
    answer.metadata == null ? (await listBatchesOnce(client, projectId)).get(answer.id) : answer;
  return Object.keys(ownMetadata(now ?? answer)).filter((name) => !Object.hasOwn(metadata, name));
}

/** The metadata entry that marks a batch as released by its stack: the next declaration of its name adopts it. */
export const releasedKey = "pulumiReleased";

/** A batch's metadata as the user sees it. */
export function ownMetadata({ metadata }: Pick<BatchWire, "metadata">): Record<string, unknown> {
  const { [releasedKey]: _released, ...own } = withoutMark(metadata ?? {});
  return Object.fromEntries(
    Object.entries(own).filter(([name]) => !provenanceEntries.includes(name)),
  );
}
