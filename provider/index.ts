import "./require-node.ts";

export type { AnnotationWire } from "./api/annotations.ts";
export type { BatchWire } from "./api/batches.ts";
export { Client, type ClientOptions } from "./api/client.ts";
export {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ConnectionLostError,
  NoAnswerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ResponseError,
  ServerError,
  UnreachableError,
} from "./api/errors.ts";
export type { ExportInput, ExportWire } from "./api/exports.ts";
export type { ProjectWire } from "./api/projects.ts";
export type { SignalInput, SignalName, SignalTarget } from "./api/signals.ts";
export type { SignedUrlWire } from "./api/signed-urls.ts";
export type { WorkItemFilter, WorkItemInput, WorkItemWire } from "./api/work-items.ts";
export {
  type GetAnnotationArgs,
  type GetAnnotationResult,
  getAnnotation,
  getAnnotationOutput,
} from "./functions/get-annotation.ts";
export {
  type GetBatchArgs,
  type GetBatchResult,
  getBatch,
  getBatchOutput,
} from "./functions/get-batch.ts";
export {
  type GetBatchesArgs,
  type GetBatchesResult,
  getBatches,
  getBatchesOutput,
} from "./functions/get-batches.ts";
export {
  type GetProjectArgs,
  type GetProjectResult,
  getProject,
  getProjectOutput,
} from "./functions/get-project.ts";
export {
  type GetProjectsArgs,
  type GetProjectsResult,
  getProjects,
  getProjectsOutput,
} from "./functions/get-projects.ts";
export {
  type GetSignedUploadUrlsArgs,
  type GetSignedUploadUrlsResult,
  getSignedUploadUrls,
  getSignedUploadUrlsOutput,
} from "./functions/get-signed-upload-urls.ts";
export {
  type GetSignedUrlsArgs,
  type GetSignedUrlsResult,
  getSignedUrls,
  getSignedUrlsOutput,
  type SignedUrl,
} from "./functions/get-signed-urls.ts";
export {
  type GetWorkItemArgs,
  type GetWorkItemResult,
  getWorkItem,
  getWorkItemOutput,
} from "./functions/get-work-item.ts";
export {
  type GetWorkItemsArgs,
  type GetWorkItemsResult,
  getWorkItems,
  getWorkItemsOutput,
} from "./functions/get-work-items.ts";
export { listWorkItems } from "./functions/list-work-items.ts";
export type { ImageLabelArgs, VideoLabelArgs } from "./items/labels.ts";
export type { FunctionOptions, InputsOf } from "./pulumi/functions.ts";
export { AnnotationExport, type AnnotationExportArgs } from "./resources/annotation-export.ts";
export { Batch, type BatchArgs } from "./resources/batch.ts";
export { BatchCompletion, type BatchCompletionArgs } from "./resources/batch-completion.ts";
export { BatchSignal, type BatchSignalArgs } from "./resources/batch-signal.ts";
export { Dataset, type DatasetArgs } from "./resources/dataset.ts";
export { Export, type ExportArgs } from "./resources/export.ts";
export { SignedUpload, type SignedUploadArgs } from "./resources/signed-upload.ts";
export { UploadSet, type UploadSetArgs } from "./resources/upload-set.ts";
export { WorkItem, type WorkItemArgs } from "./resources/work-item.ts";
export {
  type WorkItemDefaults,
  WorkItemSet,
  type WorkItemSetArgs,
  type WorkItemSetItemArgs,
} from "./resources/work-item-set.ts";
export { WorkItemSignal, type WorkItemSignalArgs } from "./resources/work-item-signal.ts";
export type { JsonWebKeySet } from "./webhooks/keys.ts";
export {
  verifyWebhook,
  WebhookError,
  type WebhookHeaders,
  type WebhookOptions,
  type WebhookPayload,
} from "./webhooks/verify.ts";
