import type { WorkItemInput, WorkItemWire } from "../api/work-items.ts";
import { differenceByField, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import type { Failure } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { digest, toJsonText } from "../text/json.ts";
import { areSameLabels, declaredEntries, isSameAsset, isSameDue } from "./answered.ts";
import * as callback from "./callback.ts";
import * as deadline from "./deadline.ts";
import { labels } from "./labels.ts";
import { markEntries, readMark, withoutMark } from "./mark.ts";

// What a work item is made of, apart from its place.

/** A work item as it is declared. */
export interface Item {
  assetUrl: string;
  assetType: string;
  assetId?: string;
  resultsUrl?: string;
  taxonomyVersionId?: string;
  metadata?: Record<string, unknown>;
  callbackUrl?: string;
  dueInSeconds?: number;
  dueAt?: string;
  difficulty?: number;
  labels?: unknown[];
}

/** The schema of each field. */
export const itemSchema = {
  assetUrl: fields.asset,
  assetType: fields.oneOf("image", "video", "external"),
  assetId: fields.id("an asset's id").optional(),
  resultsUrl: fields.url.optional(),
  taxonomyVersionId: fields.uuid.optional(),
  metadata: fields.metadata(...markEntries).optional(),
  callbackUrl: fields.webUrl.optional(),
  dueInSeconds: fields.wholeNumber(1, deadline.longestSeconds, " (30 days)").optional(),
  dueAt: fields.moment.optional(),
  difficulty: fields.wholeNumber(0, 100).optional(),
  labels: labels.optional(),
};

/**
 * What is wrong with fields that exclude each other, or with a deadline; `isMade` says whether the item would be
 * created now.
 */
export function itemFailures(item: Plain, isMade: boolean): Failure[] {
  return [...callback.failures(item), ...deadline.failures(item, isMade)];
}

/** What a change of each field asks for. */
export const itemMutability = {
  assetUrl: "replace",
  assetType: "replace",
  assetId: "replace",
  resultsUrl: "replace",
  taxonomyVersionId: "replace",
  metadata: "replace",
  callbackUrl: "replace",
  dueInSeconds: "replace",
  dueAt: "replace",
  difficulty: "replace",
  labels: "update",
} as const satisfies Record<keyof Item, Mutability>;

/** What `createWorkItem` takes for an item that is created at `now`, by the platform's clock. */
export function toWire(item: Item, now?: Date): WorkItemInput {
  const { assetUrl, assetType, dueAt, labels, ...rest } = callback.folded(item);
  return {
    assetUrl,
    assetType,
    ...rest,
    ...(dueAt !== undefined && { dueInSeconds: deadline.secondsUntil(dueAt, now) }),
    ...(labels !== undefined && { labels }),
  };
}

/**
 * The declaration that would describe the item as it is now. It has only the fields that were declared, since the
 * others are not this stack's to judge; without a declaration it has all of them.
 */
export function itemNow(wire: WorkItemWire, declared: Partial<Item> | undefined): Item {
  const now: Partial<Item> = {
    ...(wire.assetId != null && { assetId: wire.assetId }),
    ...(wire.resultsUrl != null && { resultsUrl: wire.resultsUrl }),
    ...(wire.taxonomyVersionId != null && { taxonomyVersionId: wire.taxonomyVersionId }),
    ...(wire.metadata != null &&
      callback.unfolded(withoutMark(wire.metadata), declared?.callbackUrl !== undefined)),
    ...(wire.dueInSeconds != null && { dueInSeconds: wire.dueInSeconds }),
    ...(wire.difficulty != null && { difficulty: wire.difficulty }),
    ...(wire.labels != null && { labels: wire.labels }),
  };
  const compared = Object.entries({ ...now, ...sameOf(wire, now, declared) }).filter(
    ([field]) => declared === undefined || declared[field as keyof Item] !== undefined,
  );
  const assetUrl = wire.assetUrl ?? declared?.assetUrl ?? "";
  const { assetUrl: shown = "" } = declared ?? {};
  return {
    assetType: wire.assetType ?? declared?.assetType ?? "image",
    ...(declared?.dueAt !== undefined && { dueAt: deadline.asDeclared(declared.dueAt, wire) }),
    ...Object.fromEntries(compared),
    assetUrl: shown !== "" && isSameAsset(shown, assetUrl) ? shown : assetUrl,
  };
}

/** The fields that the platform answered in another form, in the form in which they are declared. */
function sameOf(
  wire: WorkItemWire,
  { metadata: answered }: Partial<Item>,
  declared: Partial<Item> = {},
): Partial<Item> {
  const { dueInSeconds, metadata, labels: boxes } = declared;
  return {
    ...(dueInSeconds !== undefined && isSameDue(dueInSeconds, wire) && { dueInSeconds }),
    ...(metadata !== undefined &&
      answered !== undefined && { metadata: declaredEntries(answered, metadata) }),
    ...(boxes !== undefined && areSameLabels(boxes, wire.labels ?? []) && { labels: boxes }),
  };
}

/** A digest of what a declaration asks for, apart from the labels. */
export function digestItem({ labels: _, ...item }: Item): string {
  return digest(toJsonText(item));
}

/**
 * Whether an existing item is what would be made now, apart from its labels, which can be set: its mark says that
 * exactly this was asked for, or its fields look like it.
 */
export function isDeclared(wire: WorkItemWire, item: Item): boolean {
  if (readMark(wire)?.declared === digestItem(item)) {
    return true;
  }
  const now = itemNow(wire, undefined);
  if (item.assetId === undefined) {
    // The platform gives an asset an id of its own.
    delete now.assetId;
  }
  if (item.dueAt !== undefined) {
    // A moment becomes a different number of seconds at each creation.
    delete now.dueInSeconds;
    now.dueAt = deadline.asDeclared(item.dueAt, wire);
  }
  return differenceByField<Item>(itemMutability, now, callback.folded(item)).replaces.length === 0;
}
