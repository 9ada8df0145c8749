import type { WorkItemWire } from "../api/work-items.ts";
import { isUnknown } from "../pulumi/unknowns.ts";
import type { Failure, Plain } from "./lifecycle.ts";

// The platform knows a deadline as seconds after the creation. A declaration may give the moment instead.

/** 30 days. */
export const longestSeconds = 2_592_000;
/** Seconds are whole and clocks differ, so moments this close are the same. */
const toleranceMs = 5 * 60_000;

/** What is wrong with the deadline of an item that would be created now. */
export function failures({ dueAt, dueInSeconds }: Plain): Failure[] {
  if (dueAt === undefined || isUnknown(dueAt)) {
    return [];
  }
  if (dueInSeconds !== undefined) {
    return [
      { property: "dueAt", reason: "dueAt and dueInSeconds exclude each other: give one of them" },
    ];
  }
  const seconds = secondsUntil(String(dueAt));
  if (seconds < 1) {
    return [{ property: "dueAt", reason: `dueAt must be in the future, got ${String(dueAt)}` }];
  }
  if (seconds > longestSeconds) {
    const latest = new Date(Date.now() + longestSeconds * 1000).toISOString();
    return [
      {
        property: "dueAt",
        reason: `dueAt must be at most 30 days away (${latest}), got ${String(dueAt)}`,
      },
    ];
  }
  return [];
}

/** Whole seconds from now to a moment; fewer than 1 when it is past. */
export function secondsUntil(moment: string): number {
  return Math.ceil((Date.parse(moment) - Date.now()) / 1000);
}

/** The moment at which an item is due. */
export function of({ createdAt, dueInSeconds }: WorkItemWire): string | undefined {
  const created = Date.parse(createdAt ?? "");
  return Number.isNaN(created) || dueInSeconds == null
    ? undefined
    : new Date(created + dueInSeconds * 1000).toISOString();
}

/** The declared moment while the item still has it; else the moment that the item has. */
export function asDeclared(dueAt: string, item: WorkItemWire): string {
  const now = of(item);
  const same = now === undefined || Math.abs(Date.parse(now) - Date.parse(dueAt)) <= toleranceMs;
  return same ? dueAt : now;
}

/** Whether two ways of writing a moment mean the same one. */
export function isSameMoment(left: unknown, right: unknown): boolean {
  return (
    left === right ||
    (typeof left === "string" &&
      typeof right === "string" &&
      Date.parse(left) === Date.parse(right))
  );
}
