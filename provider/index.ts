import "./node-version.ts";

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
export type { ProjectWire } from "./api/projects.ts";
export type { SignalInput, SignalName, SignalTarget } from "./api/signals.ts";
export type { SignedUrlWire } from "./api/signed-urls.ts";
export type { WorkItemFilter, WorkItemInput, WorkItemWire } from "./api/work-items.ts";
export type { ImageLabelArgs, VideoLabelArgs } from "./items/labels.ts";
export { Batch, type BatchArgs } from "./resources/batch.ts";
export { Dataset, type DatasetArgs } from "./resources/dataset.ts";
export { SignedUpload, type SignedUploadArgs } from "./resources/signed-upload.ts";
export { UploadSet, type UploadSetArgs } from "./resources/upload-set.ts";
export { WorkItem, type WorkItemArgs } from "./resources/work-item.ts";
export {
  type WorkItemDefaults,
  WorkItemSet,
  type WorkItemSetArgs,
  type WorkItemSetItemArgs,
} from "./resources/work-item-set.ts";
export type { JsonWebKeySet } from "./webhooks/keys.ts";
export {
  verifyWebhook,
  WebhookError,
  type WebhookHeaders,
  type WebhookOptions,
  type WebhookPayload,
} from "./webhooks/verify.ts";
