// What the platform stores, in the terms of its API. Times are in milliseconds; ISO text occurs only on the wire.

export type JsonObject = Record<string, unknown>;

export type Status = "NEW" | "IN_PROGRESS" | "COMPLETED" | "FAILED";
export type Signal = "start" | "release" | "complete" | "cancel" | "reopen";
export type SignalOutcome = "OK" | "NOT_OK";

export interface Tenant {
  companyId: string;
  spaceId: string;
  spaceName: string;
  apiKey: string;
  /** The user to whom the space's key belongs: `createdBy` of its batches. */
  userId: string;
}

export interface Project {
  id: string;
  spaceId: string;
  companyId: string;
  name: string;
  description: string;
  dataType: string;
  createdAt: number;
}

export interface Batch {
  id: number;
  projectId: string;
  name: string;
  createdBy: string;
  createdAt: number;
  metadata: JsonObject;
  totalCount: number;
  completedCount: number;
}

export interface Label extends JsonObject {
  metadata?: JsonObject;
  bbox?: [number, number, number, number];
}

/** The fields of a work item that never change, as they were sent. */
export interface WorkItemFields {
  assetUrl: string;
  assetType: string;
  [field: string]: unknown;
}

export interface WorkItem {
  /** The insertion order, which is the second part of the list's sort key. */
  seq: number;
  id: string;
  projectId: string;
  batchId: number;
  status: Status;
  fields: WorkItemFields;
  labels: Label[] | undefined;
  createdAt: number;
  updatedAt: number;
}

export interface SignalEvent {
  signal: Signal;
  outcome?: SignalOutcome;
  taskType?: string;
  assignee?: string;
  feedback?: { comments: string[] };
}

/** Records that the labels were replaced by this many. */
export interface LabelEvent {
  labels: number;
}

export interface Annotation {
  id: string;
  projectId: string;
  workItemId: string;
  inference: JsonObject;
  metadata: JsonObject;
  createdAt: number;
  updatedAt: number;
}

type ExportStatus = "PENDING" | "IN_PROGRESS" | "COMPLETED" | "FAILED";

/** What the client asked for, as it was sent. */
export interface ExportInput {
  name: string;
  format: "COCO_JSON" | "JSON" | "CSV";
  content: "ANNOTATION" | "INFERENCE" | "ASSET_METADATA";
  projectIds?: string[];
  batchIds?: number[];
  createdAtFrom?: string;
  createdAtTo?: string;
  updatedAtFrom?: string;
  updatedAtTo?: string;
}

export interface Export {
  /** The insertion order, which is the list's sort key. */
  seq: number;
  id: string;
  spaceId: string;
  input: ExportInput;
  status: ExportStatus;
  /** The path of its file in the space, once it is COMPLETED. */
  path: string | undefined;
  /** The error, once it is FAILED. */
  error: string | undefined;
  createdAt: number;
}

export interface StoredFile {
  spaceId: string;
  path: string;
  /** The name of the blob on disk. It is generated, never taken from a request. */
  blob: string;
  contentType: string;
  size: number;
  sha256: string;
  createdAt: number;
}
