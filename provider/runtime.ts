import type * as pulumi from "@pulumi/pulumi";
import { nodeProblem } from "./node-version.ts";
import { watchForCancel } from "./pulumi/cancellation.ts";
import { endWithEngine } from "./pulumi/engine-address.ts";
import { DynamicProvider, shownByEngine } from "./pulumi/provider.ts";
import type { Kind } from "./pulumi/shim.ts";
import { annotationExportLifecycle } from "./resources/annotation-export.ts";
import { batchLifecycle } from "./resources/batch.ts";
import { batchCompletionLifecycle } from "./resources/batch-completion.ts";
import { batchSignalLifecycle } from "./resources/batch-signal.ts";
import { exportLifecycle } from "./resources/export.ts";
import { signedUploadLifecycle } from "./resources/signed-upload.ts";
import { uploadSetLifecycle } from "./resources/upload-set.ts";
import { workItemLifecycle } from "./resources/work-item.ts";
import { workItemSetLifecycle } from "./resources/work-item-set.ts";
import { workItemSignalLifecycle } from "./resources/work-item-signal.ts";

const providers: Readonly<Record<Kind, () => pulumi.dynamic.ResourceProvider>> = {
  AnnotationExport: () => new DynamicProvider(annotationExportLifecycle),
  Batch: () => new DynamicProvider(batchLifecycle),
  BatchCompletion: () => new DynamicProvider(batchCompletionLifecycle),
  BatchSignal: () => new DynamicProvider(batchSignalLifecycle),
  Export: () => new DynamicProvider(exportLifecycle),
  SignedUpload: () => new DynamicProvider(signedUploadLifecycle),
  UploadSet: () => new DynamicProvider(uploadSetLifecycle),
  WorkItem: () => new DynamicProvider(workItemLifecycle),
  WorkItemSet: () => new DynamicProvider(workItemSetLifecycle),
  WorkItemSignal: () => new DynamicProvider(workItemSignalLifecycle),
};

/** The entry of the provider process: the text in the state asks here for the provider of its kind. */
export function provider(kind: Kind): pulumi.dynamic.ResourceProvider {
  if (nodeProblem !== undefined) {
    throw new Error(nodeProblem);
  }
  return providers[kind]();
}

endWithEngine();
watchForCancel();

const { error: printError } = console;
console.error = (...lines: unknown[]) => {
  if (!String(lines[0]).startsWith(shownByEngine)) {
    printError(...lines);
  }
};
