import * as aidp from "pulumi-ai-data-platform";

/** A program of a release, as it was deployed, or with one thing of each resource that can be changed in place edited. */
export type Program = (edited: boolean) => () => Promise<void>;

const labels = (edited: boolean) => [{ bbox: [1, 2, 3, edited ? 5 : 4] }];

/** All resources of 0.1.0. */
function firstResources(edited: boolean): { batch: aidp.Batch; set: aidp.WorkItemSet } {
  const batch = new aidp.Batch("batch", {
    name: "old",
    metadata: { owner: edited ? "b" : "a", 'quote"\n': ["é", { emoji: "🚦" }] },
  });
  const photo = new aidp.SignedUpload("photo", { source: "photos/a.txt" });
  new aidp.WorkItem("item", {
    batchId: batch.batchId,
    onWorkInProgress: "cancel",
    assetUrl: photo,
    difficulty: 1,
    metadata: { 'key with "quotes"': null },
    labels: labels(edited),
  });
  const uploads = new aidp.UploadSet("photos", { folder: "photos" });
  const set = new aidp.WorkItemSet("set", {
    batchId: batch.batchId,
    onWorkInProgress: "cancel",
    uploads: uploads.paths,
    defaults: { difficulty: 2, metadata: { line: 1 } },
    items: {
      "a.txt": { file: "a.txt", labels: labels(edited) },
      constructor: { assetUrl: "https://pictures.example.com/c.jpg", assetId: "4007199254740993" },
      // Past by the time that the state is read.
      due: { assetUrl: "https://pictures.example.com/d.jpg", dueAt: dueAt() },
    },
  });
  return { batch, set };
}

/** What came with the releases after 0.1.0. */
function laterResources({ batch, set }: ReturnType<typeof firstResources>): void {
  const started = new aidp.WorkItemSignal("started", {
    workItemIds: set.ids,
    signal: "start",
    feedback: ["begin"],
  });
  const after = { dependsOn: started };
  const completed = new aidp.BatchSignal(
    "completed",
    { batchId: batch.batchId, signal: "complete", status: "IN_PROGRESS" },
    after,
  );
  const wait = new aidp.BatchCompletion(
    "wait",
    { batchId: batch.batchId, percent: 50 },
    { dependsOn: completed },
  );
  const results = { dependsOn: wait };
  new aidp.AnnotationExport("coco", { batchId: batch.batchId, path: "results.json" }, results);
  new aidp.Export("export", { name: "all", format: "JSON" }, results);
}

/** The same in every run: a state says what was declared. */
function dueAt(): string {
  return process.env.AIDP_STATE_DUE_AT ?? "";
}

const allResources: Program = (edited) => async () => {
  laterResources(firstResources(edited));
};

/** The program whose state is kept, by the release that made it. */
export const programs: Readonly<Record<string, Program>> = {
  "0.1.0": (edited) => async () => {
    firstResources(edited);
  },
  // Users of the main branch have such states, whose work items carry one joined text as their mark.
  "before-incarnations": allResources,
  unreleased: allResources,
};
