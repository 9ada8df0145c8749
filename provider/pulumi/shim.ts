/** The kinds of resources, as the engine knows them. */
export type Kind =
  | "AnnotationExport"
  | "Batch"
  | "BatchCompletion"
  | "BatchSignal"
  | "Export"
  | "SignedUpload"
  | "UploadSet"
  | "WorkItem"
  | "WorkItemSet"
  | "WorkItemSignal";

/**
 * The program text that Pulumi keeps in the state of each resource as `__provider`, and runs in the
 * provider process. It is written out, and not made from a closure, so that it is the same whatever
 * compiler and SDK made the program: a change of one character shows as a change of every resource of
 * every user. All code is behind the import, so a new release works at once, for old state as well.
 */
export function providerText(kind: Kind): string {
  return [
    `const { createRequire } = require("node:module");`,
    `const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");`,
    `exports.handler = () => library.provider("${kind}");`,
    "",
  ].join("\n");
}

/** The type token of a kind; policies select resources by it. */
export function typeToken(kind: Kind): string {
  return `pulumi-nodejs:dynamic/aidp:${kind}`;
}
