/** The calls to the process that runs the lifecycles, and its answers. */

/** Makes the process like a new provider process, which has a client of its own and remembers nothing. */
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
  /** The ids of the work items that a creation replaces, as the adapter to the engine tells the lifecycle. */
  replaced?: string[] | undefined;
  /** All arguments except the platform. */
  values: unknown[];
}

export interface Answer {
  id: number;
  value?: unknown;
  error?: { message: string; partial?: { id: string; state: object } };
}
