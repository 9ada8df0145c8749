import assert from "node:assert/strict";
import type { FaultInput } from "../emulator/http/faults.ts";
import type { Emulator } from "../emulator/server.ts";
import { Client } from "../provider/api/client.ts";

/** A batch as the emulator's store has it. */
export interface StoredBatch {
  id: number;
  projectId: string;
  name: string;
  createdBy: string;
  createdAt: number;
  metadata: Record<string, unknown>;
  totalCount: number;
  completedCount: number;
}

/** A work item as the emulator's store has it. */
interface StoredWorkItem {
  id: string;
  projectId: string;
  batchId: number;
  status: string;
  assetUrl: string;
  assetType: string;
  createdAt: string;
  updatedAt: string;
  metadata?: Record<string, unknown>;
  labels?: Record<string, unknown>[];
  dueInSeconds?: number;
  /** The signals that it got, oldest first. */
  history: { signal: string; feedback?: { comments: string[] }; assignee?: string }[];
  [field: string]: unknown;
}

/** A file as the emulator's store has it. */
interface StoredFile {
  spaceId: string;
  path: string;
  size: number;
  sha256: string;
  contentType: string;
}

/** What the platform has stored. */
export interface Stored {
  batches: StoredBatch[];
  workItems: StoredWorkItem[];
  files: StoredFile[];
}

/** A failure for the emulator to serve; see `emulator/control/control.yaml`. */
export interface Fault extends Omit<FaultInput, "times" | "skip"> {
  /** How many requests are hit. Default: 1; 0 is all of them. */
  times?: number;
  /** How many requests pass first. Default: 0. */
  skip?: number;
}

/** Faults after which a client cannot tell whether its request was carried out. */
export const unclearFaults: readonly Omit<Fault, "operation">[] = [
  { reset: "before" },
  { reset: "after" },
  { truncate: true },
  { status: 500 },
  { status: 504, workDone: true },
];

/** How many requests came in. */
export interface Requests {
  /** The requests by operation. */
  requests: Record<string, number>;
  /** All requests to the API, without files. */
  total: number;
  files: { put: number; get: number };
}

/** A client with the first tenant's key. */
export function clientOf(
  { url, apiKey }: Emulator,
  key: string = apiKey,
  signal?: AbortSignal,
): Client {
  return new Client({ apiKey: key, baseUrl: url, ...(signal !== undefined && { signal }) });
}

/** What the emulator stores for a project. Default: the first one. */
export async function storeOf(
  emulator: Emulator,
  projectId: string = emulator.projectId,
): Promise<Stored> {
  return (await control(emulator, "GET", `/store?projectId=${projectId}`)) as Stored;
}

/** Orders a fault. */
export async function addFault(emulator: Emulator, fault: Fault): Promise<void> {
  await control(emulator, "POST", "/faults", fault);
}

/** How many requests each fault has hit since it was ordered. */
export async function faultHits(emulator: Emulator): Promise<number[]> {
  const { items } = (await control(emulator, "GET", "/faults")) as { items: { hits: number }[] };
  return items.map(({ hits }) => hits);
}

/** Removes all faults. */
export async function clearFaults(emulator: Emulator): Promise<void> {
  await control(emulator, "DELETE", "/faults");
}

/** The requests since the start, or since the last reset. */
export async function requests(emulator: Emulator): Promise<Requests> {
  return (await control(emulator, "GET", "/stats")) as Requests;
}

/** Resets the counts of requests. */
export async function resetRequests(emulator: Emulator): Promise<void> {
  await control(emulator, "DELETE", "/stats");
}

/** Lets people finish the open work items of the first project that match. */
export async function annotate(
  emulator: Emulator,
  which: { batchIds?: number[]; workItemIDs?: string[]; outcome?: "OK" | "NOT_OK" } = {},
): Promise<void> {
  await control(emulator, "POST", "/annotate", { projectId: emulator.projectId, ...which });
}

/** Lets somebody start on the work item that shows an asset. */
export async function startWork(emulator: Emulator, assetUrl: string): Promise<void> {
  const { workItems } = await storeOf(emulator);
  const item = workItems.find((each) => each.assetUrl === assetUrl);
  assert.ok(item, `no work item shows ${assetUrl}`);
  await clientOf(emulator).signals.send(emulator.projectId, item.id, {
    signal: "start",
    taskType: "labeling",
    assignee: "ann@example.com",
    signalOutcome: "OK",
  });
}

/** Changes the emulator's settings until it ends. */
export async function changeSettings(
  emulator: Emulator,
  settings: {
    consistencyDelayMs?: number;
    signedUrlLifetimeSeconds?: number;
    latencyMs?: number;
    exportDurationMs?: number | null;
    exportError?: string | null;
    clockAheadMs?: number;
    dialects?: string[];
  },
): Promise<void> {
  await control(emulator, "PUT", "/settings", settings);
}

async function control(
  { origin }: Emulator,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${origin}/_emulator${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
