import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import type { Kind } from "../pulumi/shim.ts";
import { annotationExportLifecycle } from "./annotation-export.ts";
import { batchLifecycle } from "./batch.ts";
import { batchCompletionLifecycle } from "./batch-completion.ts";
import { batchSignalLifecycle } from "./batch-signal.ts";
import { exportLifecycle } from "./export.ts";
import { signedUploadLifecycle } from "./signed-upload.ts";
import { uploadSetLifecycle } from "./upload-set.ts";
import { workItemLifecycle } from "./work-item.ts";
import { workItemSetLifecycle } from "./work-item-set.ts";
import { workItemSignalLifecycle } from "./work-item-signal.ts";

/** What makes an adapter of a lifecycle. */
type Adapt<T> = <Inputs extends object, State extends object>(
  lifecycle: Lifecycle<Inputs, State>,
) => T;

/** For each kind of resource, what makes an adapter of its lifecycle. */
export function adaptKinds<T>(adapt: Adapt<T>): Readonly<Record<Kind, () => T>> {
  return {
    AnnotationExport: () => adapt(annotationExportLifecycle),
    Batch: () => adapt(batchLifecycle),
    BatchCompletion: () => adapt(batchCompletionLifecycle),
    BatchSignal: () => adapt(batchSignalLifecycle),
    Export: () => adapt(exportLifecycle),
    SignedUpload: () => adapt(signedUploadLifecycle),
    UploadSet: () => adapt(uploadSetLifecycle),
    WorkItem: () => adapt(workItemLifecycle),
    WorkItemSet: () => adapt(workItemSetLifecycle),
    WorkItemSignal: () => adapt(workItemSignalLifecycle),
  };
}
