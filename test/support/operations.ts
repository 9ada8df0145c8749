import type { Client } from "../../provider/api/client.ts";

/** An operation of the platform as a client asks for it. */
export interface AskedOperation {
  ask: (client: Client) => Promise<unknown>;
  /** The least that it must be told; in a listing, of each item. */
  least: string;
  listed?: true;
  /** Whether asking twice does no more than asking once. */
  repeatable: boolean;
  /** Whether any JSON will do, since the platform documents none. */
  undocumented?: true;
}

/** More than a JavaScript number holds: the largest int64. */
export const largeId = "9223372036854775807";

const signedUrl = '{"path":"p","signedUrl":"https://files.example/p"}';
const batch = `{"id":${largeId},"name":"n"}`;
const project = '{"id":"p","name":"n"}';
const workItem = '{"id":"w","status":"NEW"}';
const exported = '{"exportId":"e","status":"PENDING"}';
const signal = { signal: "cancel", taskType: "labeling", signalOutcome: "OK" } as const;

/** Each operation of the client, those of the published page and of exports. */
export const askedOperations: Readonly<Record<string, AskedOperation>> = {
  createUploadUrls: {
    ask: ({ signedUrls }) => signedUrls.forUpload("s"),
    ...{ least: signedUrl, listed: true, repeatable: true },
  },
  createReadUrls: {
    ask: ({ signedUrls }) => signedUrls.forReading("s", ["p"]),
    ...{ least: signedUrl, listed: true, repeatable: true },
  },
  createBatch: {
    ask: ({ batches }) => batches.create("p", { name: "n" }),
    ...{ least: batch, repeatable: false },
  },
  listBatches: {
    ask: ({ batches }) => Array.fromAsync(batches.list("p")),
    ...{ least: batch, listed: true, repeatable: true },
  },
  updateBatch: {
    ask: ({ batches }) => batches.update("p", largeId, { name: "n" }),
    ...{ least: batch, repeatable: true },
  },
  listProjects: {
    ask: ({ projects }) => projects.list("s"),
    ...{ least: project, listed: true, repeatable: true },
  },
  getProject: {
    ask: ({ projects }) => projects.get("s", "p"),
    ...{ least: project, repeatable: true },
  },
  signalWorkItems: {
    ask: ({ signals }) => signals.sendMany("p", "cancel", [{ workItemID: "w" }]),
    ...{ least: "{}", undocumented: true, repeatable: false },
  },
  createWorkItem: {
    ask: ({ workItems }) => workItems.create("p", { assetUrl: "a", assetType: "image" }),
    ...{ least: workItem, repeatable: false },
  },
  listWorkItems: {
    ask: ({ workItems }) => Array.fromAsync(workItems.list("p")),
    ...{ least: workItem, listed: true, repeatable: true },
  },
  setLabels: {
    ask: ({ workItems }) => workItems.setLabels("p", "w", []),
    ...{ least: "{}", undocumented: true, repeatable: true },
  },
  getAnnotation: {
    ask: ({ annotations }) => annotations.get("p", "w"),
    ...{ least: '{"id":"a"}', repeatable: true },
  },
  signalWorkItem: {
    ask: ({ signals }) => signals.send("p", "w", signal),
    ...{ least: "{}", undocumented: true, repeatable: false },
  },
  createExport: {
    ask: ({ exports }) => exports.create("s", { name: "n", format: "CSV" }),
    ...{ least: exported, repeatable: false },
  },
  listExports: {
    ask: ({ exports }) => Array.fromAsync(exports.list("s")),
    ...{ least: exported, listed: true, repeatable: true },
  },
  getExport: {
    ask: ({ exports }) => exports.get("s", "e"),
    ...{ least: exported, repeatable: true },
  },
  deleteExport: {
    ask: ({ exports }) => exports.delete("s", "e"),
    ...{ least: "{}", undocumented: true, repeatable: true },
  },
};

/** The answer that an operation is content with; `item` stands for its thing, or for those of its list. */
export function answerOf({ least, listed }: AskedOperation, item: string = least): string {
  return listed ? `{"items":[${item}]}` : item;
}
