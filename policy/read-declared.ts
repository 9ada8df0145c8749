import { Secret } from "@pulumi/policy";
import { complete, type SetItem } from "../provider/items/set-item.ts";
import { entriesIn, isDigest } from "../provider/lifecycle/packed-values.ts";
import type { Plain } from "../provider/lifecycle/plain.ts";
import { isObject } from "../provider/lifecycle/plain.ts";
import { isUnknown } from "../provider/lifecycle/unknown-values.ts";
import { hold, open, share } from "../provider/pulumi/contents.ts";
import { unpackedValue } from "../provider/pulumi/packing.ts";
import { isKind } from "../provider/pulumi/shim.ts";
import { toJsonText } from "../provider/text/json.ts";
import { linkOf } from "../provider/uploads/links.ts";

// What a resource declares, as rules see it. The engine passes inputs on even if the provider has refused them, and
// passes a special text for what is unknown at preview, so each value may be anything.

/** The fields that rules look at. */
export interface Fields {
  name?: string;
  metadata?: Record<string, unknown>;
  assetUrl?: string;
  file?: string;
  taxonomyVersionId?: string;
  dueInSeconds?: number;
  dueAt?: string;
  difficulty?: number;
  labels?: unknown[];
}

/** A batch or a work item, which may be a resource itself or part of a set; or a file that people get by its URL. */
export interface Declared {
  readonly kind: "batch" | "item" | "file";
  /** The key of the item or file in its set. */
  readonly key?: string;
  readonly fields: Fields;
}

/** What a remediation sets. Its metadata is added to the existing metadata. */
export type Remedy = Pick<Fields, "name" | "dueInSeconds"> & { metadata?: Record<string, string> };

const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";

const forms: Readonly<Record<keyof Fields, (value: unknown) => boolean>> = {
  name: isText,
  metadata: isObject,
  assetUrl: isText,
  file: isText,
  taxonomyVersionId: isText,
  dueInSeconds: isNumber,
  dueAt: isText,
  difficulty: isNumber,
  labels: Array.isArray,
};

/**
 * Whether a rule can judge the field: it is absent, or known and of the right type. The provider refuses other types.
 */
export function isReadable(fields: Fields, field: keyof Fields): boolean {
  const value = fields[field];
  return value === undefined || (!isUnknown(value) && forms[field](value));
}

/** A resource's properties as they are. Reading an unknown one from Pulumi's own object would throw. */
export function rawOf(props: object): Plain {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(props));
  return Object.fromEntries(descriptors.map(([key, { value }]) => [key, value]));
}

/** A value without the marks of secrets, which remediations see. */
function opened(value: unknown): unknown {
  if (value instanceof Secret) {
    return opened(value.value);
  }
  if (Array.isArray(value)) {
    return value.map(opened);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, opened(each)]));
}

/** The batch, the work items or the files that a resource declares; none for other resources. */
export function readDeclared(type: string, props: object): Declared[] {
  if (isKind(type, "Batch")) {
    return [{ kind: "batch", fields: fieldsOf(props) }];
  }
  if (isKind(type, "WorkItem")) {
    return [{ kind: "item", fields: fieldsOf(props) }];
  }
  if (isKind(type, "UploadSet")) {
    return filesOf(rawOf(props));
  }
  return isKind(type, "WorkItemSet") ? itemsOf(rawOf(props)) : [];
}

/** The files of a bucket that are not sent, since their URLs are the assets of work items. */
function filesOf({ by, files }: Plain): Declared[] {
  const texts = by === "url" ? contentOf(opened(files)) : undefined;
  return Object.entries(isObject(texts) ? texts : {}).flatMap(([key, text]) => {
    const assetUrl = isUnknown(text) ? undefined : linkOf(String(text));
    return assetUrl === undefined ? [] : [{ kind: "file", key, fields: { assetUrl } }];
  });
}

function fieldsOf(props: object): Fields {
  return opened(rawOf(props)) as Fields;
}

/** The items of a set, each with the set's defaults, which its text leaves out. */
function itemsOf(set: Plain): Declared[] {
  const defaults = opened(set.defaults);
  if (isUnknown(defaults)) {
    return [];
  }
  const shared = typeof defaults === "string" ? parse(defaults) : undefined;
  return Object.entries(textsOf(set)).flatMap(([key, value]) => {
    const text = opened(value);
    const own = typeof text === "string" && !isUnknown(text) ? parse(text) : undefined;
    if (own === undefined) {
      return [];
    }
    const item = shared === undefined ? own : complete(own, shared);
    return [{ kind: "item", key, fields: item }];
  });
}

/** How many items a set has, including those that are not known yet. */
export function countDeclared(type: string, props: object): number {
  if (isKind(type, "WorkItem")) {
    return 1;
  }
  return isKind(type, "WorkItemSet") ? Object.keys(textsOf(rawOf(props))).length : 0;
}

function textsOf({ items }: Plain): Plain {
  const texts = contentOf(items instanceof Secret ? items.value : items);
  return typeof texts === "object" && texts !== null ? (texts as Plain) : {};
}

/** The items of a set. A large one has a digest in their place, and what the digest stands for once it is applied. */
function contentOf(value: unknown): unknown {
  if (!isDigest(value)) {
    return unpackedValue(value);
  }
  const items = open(value);
  if (items === undefined) {
    throw new Error(
      `its ${entriesIn(value)} are not at hand for policies: the provider shares them in the cache folder of the user, which must be writable and the same for both`,
    );
  }
  return items;
}

/** Cached, because every rule looks at the same texts. */
const parsed = new Map<string, Partial<SetItem>>();
const mostParsed = 200_000;

function parse(text: string): Partial<SetItem> | undefined {
  const known = parsed.get(text);
  if (known !== undefined) {
    return known;
  }
  const item = parseObject(text);
  if (item === undefined) {
    return undefined;
  }
  if (parsed.size >= mostParsed) {
    parsed.clear();
  }
  parsed.set(text, item);
  return item;
}

function parseObject(text: string): Partial<SetItem> | undefined {
  try {
    const item: unknown = JSON.parse(text);
    return isObject(item) ? item : undefined;
  } catch {
    return undefined;
  }
}

/** The properties with the remedy for each batch or item; undefined if there is nothing to do. */
export function remedied(
  type: string,
  props: object,
  remedyOf: (declared: Declared) => Remedy | undefined,
): Plain | undefined {
  const remedies = readDeclared(type, props).flatMap((declared) => {
    const remedy = remedyOf(declared);
    return remedy === undefined ? [] : [{ key: declared.key, remedy }];
  });
  const [first] = remedies;
  if (first === undefined) {
    return undefined;
  }
  const raw = rawOf(props);
  if (first.key === undefined) {
    return withRemedy(raw, first.remedy);
  }
  const items: Plain = { ...textsOf(raw) };
  for (const { key = "", remedy } of remedies) {
    items[key] = changed(items[key], (text) =>
      toJsonText(withRemedy({ ...parse(String(text)) }, remedy)),
    );
  }
  return {
    ...raw,
    items: changed(raw.items, (was) => (isDigest(was) ? handedOver(items) : items)),
  };
}

/** The digest of changed items, which the provider checks next. */
function handedOver(items: Plain): string {
  const digest = hold(items);
  share(digest);
  return digest;
}

function withRemedy(fields: Plain, { metadata, ...others }: Remedy): Plain {
  const set = Object.entries(others).map(([field, value]) => [
    field,
    changed(fields[field], () => value),
  ]);
  return {
    ...fields,
    ...Object.fromEntries(set),
    ...(metadata !== undefined && {
      metadata: changed(fields.metadata, (own) => ({ ...(own as object), ...metadata })),
    }),
  };
}

/** The changed value, which is secret if the value was. */
function changed(value: unknown, change: (value: unknown) => unknown): unknown {
  return value instanceof Secret ? new Secret(change(value.value)) : change(value);
}
