export { Client, type ClientOptions } from "./api/client.ts";
export * from "./api/errors.ts";
export { Batch, type BatchArgs } from "./resources/batch.ts";
export type { ImageLabelArgs, VideoLabelArgs } from "./resources/labels.ts";
export { SignedUpload, type SignedUploadArgs } from "./resources/signed-upload.ts";
export { WorkItem, type WorkItemArgs } from "./resources/work-item.ts";
