import type { WorkItemWire } from "../api/work-items.ts";
import type { Failure } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";

// The platform knows a deadline as seconds after the creation. A declaration may give the moment instead.

/** 30 days. */
export const longestSeconds = 2_592_000;
/** Seconds are whole and clocks differ, so moments this close together count as the same. */
const toleranceMs = 5 * 60_000;

/**
 * What is wrong with the deadline of an item; `isMade` says whether the item would be created now. `now` is the time of
 * the platform where that is known, by default this machine's.
 */
export function failures(
  { dueAt, dueInSeconds }: Plain,
  isMade = true,
  now: Date = new Date(),
): Failure[] {
  const reason = problem(dueAt, dueInSeconds, isMade, now);
  return reason === undefined ? [] : [{ property: "dueAt", reason: `dueAt ${reason}` }];
}

function problem(
  dueAt: unknown,
  dueInSeconds: unknown,
  isMade: boolean,
  now: Date,
): string | undefined {
  if (dueAt !== undefined && dueInSeconds !== undefined) {
    return "and dueInSeconds exclude each other: give one of them";
  }
  if (typeof dueAt !== "string" || isUnknown(dueAt) || !isMade) {
    return undefined;
  }
  const seconds = secondsUntil(dueAt, now);
  if (seconds < 1) {
    return `must be in the future, got ${dueAt}`;
  }
  const latest = new Date(now.getTime() + longestSeconds * 1000).toISOString();
  return seconds > longestSeconds
    ? `must be at most 30 days away (${latest}), got ${dueAt}`
    : undefined;
}

/** Whole seconds from `now` to a moment, less than 1 if it is past. By default `now` is this machine's time. */
export function secondsUntil(moment: string, now: Date = new Date()): number {
  return Math.ceil((Date.parse(moment) - now.getTime()) / 1000);
}

/** The moment at which an item is due. */
export function of({ createdAt, dueInSeconds }: WorkItemWire): string | undefined {
  const created = Date.parse(createdAt ?? "");
  return Number.isNaN(created) || dueInSeconds == null
    ? undefined
    : new Date(created + dueInSeconds * 1000).toISOString();
}

/** The declared moment while the item still has it, otherwise the moment that the item has. */
export function asDeclared(dueAt: string, item: WorkItemWire): string {
  const now = of(item);
  const same = now === undefined || Math.abs(Date.parse(now) - Date.parse(dueAt)) <= toleranceMs;
  return same ? dueAt : now;
}

/** A moment in the one notation that is compared and stored; any other value unchanged. */
export function canonical<T>(dueAt: T): T | string {
  const time = typeof dueAt === "string" ? Date.parse(dueAt) : Number.NaN;
  return Number.isNaN(time) ? dueAt : new Date(time).toISOString();
}
