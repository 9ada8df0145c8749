// What the platform holds, in the words of its API. Times are milliseconds; only the wire has ISO text.

export type JsonObject = Record<string, unknown>;

export type Status = "NEW" | "IN_PROGRESS" | "COMPLETED" | "FAILED";
export type Signal = "start" | "release" | "complete" | "cancel" | "reopen";
export type SignalOutcome = "OK" | "NOT_OK";

export interface Tenant {
  companyId: string;
  spaceId: string;
  spaceName: string;
  apiKey: string;
  /** The user the space's key belongs to: `createdBy` of its batches. */
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
  /** Insertion order, the second half of the list key. */
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

/** The labels were replaced by so many. */
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

/** What was asked for, as it was sent. */
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
  /** Insertion order, the key of the list. */
  seq: number;
  id: string;
  spaceId: string;
  input: ExportInput;
  status: ExportStatus;
  /** Path of its file in the space, once COMPLETED. */
  path: string | undefined;
  /** Once FAILED. */
  error: string | undefined;
  createdAt: number;
}

export interface StoredFile {
  spaceId: string;
  path: string;
  /** Name of the blob on disk; generated, never taken from a request. */
  blob: string;
  contentType: string;
  size: number;
  sha256: string;
  createdAt: number;
}
