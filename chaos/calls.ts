/** What is asked of the process that runs the lifecycles, and what it answers. */

/** A provider process as it starts: with a client of its own, and nothing remembered. */
export interface Begin {
  apiKey: string;
  baseUrl: string;
  projectId: string;
  spaceId: string;
}

export type Kind = "Batch" | "UploadSet" | "WorkItem" | "WorkItemSet";

export interface Call {
  id: number;
  kind: Kind;
  owner: string;
  method: "check" | "diff" | "create" | "read" | "update" | "delete";
  /** All but the platform. */
  values: unknown[];
}

export interface Answer {
  id: number;
  value?: unknown;
  error?: { message: string; partial?: { id: string; state: object } };
}
