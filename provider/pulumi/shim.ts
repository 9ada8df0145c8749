/** The kinds of resources, as the engine knows them. */
export const kinds = [
  "AnnotationExport",
  "Batch",
  "BatchCompletion",
  "BatchSignal",
  "Export",
  "SignedUpload",
  "UploadSet",
  "WorkItem",
  "WorkItemSet",
  "WorkItemSignal",
] as const;

export type Kind = (typeof kinds)[number];

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

/** The type token of a kind as a dynamic resource; policies select resources by it. */
export function typeToken(kind: Kind): string {
  return `pulumi-nodejs:dynamic/aidp:${kind}`;
}

/** The type token of a kind as a resource of the plugin. */
export function pluginToken(kind: Kind): string {
  return `aidp:index:${kind}`;
}

/** Whether a type token is that of a kind, in whatever way it is declared. */
export function isKind(type: string, kind: Kind): boolean {
  return type === typeToken(kind) || type === pluginToken(kind);
}
