import type { WorkItemWire } from "../api/work-items.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { parseUrn, stackText } from "../lifecycle/urns.ts";

// The platform has no idempotency key, and a work item that is sent twice is paid for twice. So each work item says in
// its metadata which declaration made it. Each part is an entry of its own: names and keys may contain any character,
// so a text that joins them could be read in two ways.

/** What a work item carries to say which declaration made it. */
export interface Mark {
  /** The URN of the declaration. */
  owner: string;
  /** The organization of its stack, if the backend has organizations. */
  organization?: string | undefined;
  /** The item's own key in its set; undefined for a single work item. */
  key?: string | undefined;
  /** The life of the resource that made it, from its creation to its end; undefined if release 0.1 made it. */
  incarnation?: string | undefined;
  /** The file that it shows, from the folder of the uploads: the name of the picture. */
  file?: string | undefined;
  /** A digest of what was asked for, apart from the labels, since the answer may have another form. */
  declared?: string | undefined;
}

const entries = {
  owner: "pulumiUrn",
  organization: "pulumiOrganization",
  key: "pulumiKey",
  incarnation: "pulumiIncarnation",
  file: "pulumiFile",
  declared: "pulumiDeclared",
} as const satisfies Record<keyof Mark, string>;

/** The entries of the metadata that the provider keeps to itself. */
export const markEntries: readonly string[] = Object.values(entries);

/** The mark of a declaration's work items; `parts` has what belongs to the single item, and the incarnation. */
export function makeMark(
  { owner, organization }: Platform,
  parts: Pick<Mark, "key" | "incarnation" | "file" | "declared"> = {},
): Mark {
  if (owner === undefined) {
    throw new Error("a work item without a URN cannot be created: this is a fault of the provider");
  }
  return { owner, organization, ...parts };
}

/** A mark as entries of a work item's metadata. */
export function toMetadata(mark: Mark): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([part, entry]) => {
      const value = mark[part as keyof Mark];
      return value === undefined ? [] : [[entry, value]];
    }),
  );
}

/** The mark of a work item; undefined if people or scripts made it. It has no part without a value: a state takes none. */
export function readMark({ metadata }: Pick<WorkItemWire, "metadata">): Mark | undefined {
  const parts = Object.entries(entries)
    .map(([part, entry]) => [part, metadata?.[entry]])
    .filter(([, value]) => typeof value === "string");
  const mark: Partial<Mark> = Object.fromEntries(parts);
  const { owner, incarnation } = mark;
  if (owner === undefined) {
    return undefined;
  }
  return incarnation === undefined ? readJoined(owner) : { ...mark, owner };
}

/** A work item's metadata as the user sees it. */
export function withoutMark(metadata: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !markEntries.includes(name)),
  );
}

/** Whether a mark names this declaration, and this item of it. */
export function isMarkOf(mark: Mark, { owner, organization, key }: Mark): boolean {
  if (mark.incarnation === undefined) {
    return formatMark(mark) === formatMark({ owner, key });
  }
  const isSameOrganization =
    mark.organization === undefined ||
    organization === undefined ||
    mark.organization === organization;
  return isSameOrganization && mark.owner === owner && mark.key === key;
}

/** Whether `movedFrom` names the declaration of a mark, by its name or its URN. */
export function isNamed({ owner }: Mark, movedFrom: readonly string[]): boolean {
  return movedFrom.some((from) => from === owner || from === parseUrn(owner).name);
}

/** A declaration as people know it: `WorkItemSet "signs" of stack dev of project labeling`. */
export function declarationText({ owner, organization }: Mark): string {
  const { kinds, name } = parseUrn(owner);
  const of = organization === undefined ? "" : ` of organization ${organization}`;
  return `${kinds.at(-1)} "${name}" of ${stackText(owner)}${of}`;
}

/** The stack that made a work item; undefined if people or scripts did. */
export function readStack(item: Pick<WorkItemWire, "metadata">): string | undefined {
  const mark = readMark(item);
  return mark && stackText(mark.owner);
}

/** A declaration and its item in one text, the way release 0.1 wrote them. Two declarations may have the same text. */
export function formatMark({ owner, key }: Mark): string {
  return key === undefined ? owner : `${owner}#${key}`;
}

/** What release 0.1 wrote: `<URN>`, and for an item of a set `<URN>#<key>`. */
function readJoined(text: string): Mark {
  const at = parseUrn(text).kinds.at(-1) === "WorkItemSet" ? text.indexOf("#") : -1;
  return at < 0 ? { owner: text } : { owner: text.slice(0, at), key: text.slice(at + 1) };
}
