import { z } from "zod";
import { longestSeconds, secondsUntil } from "../../provider/items/deadline.ts";
import { got } from "../../provider/lifecycle/fields.ts";
import { batchOf } from "../find-batch.ts";
import { type Fields, isReadable, readDeclared } from "../read-declared.ts";
import { fieldRule, spelled, stackRule } from "../rule.ts";
import { inOrder, pattern, ruleSettings } from "../settings.ts";

const seconds = z.int().min(1).max(longestSeconds);
const reads = ["dueInSeconds", "dueAt"] as const;

export const deadlineRequired = fieldRule({
  name: "deadline-required",
  description: "Checks whether every work item has a deadline.",
  severity: "medium",
  config: ruleSettings({
    defaultDueInSeconds: seconds
      .optional()
      .describe("The deadline that a remediation gives items without one. Default: none"),
  }),
  of: ["item"],
  reads,
  check({ dueInSeconds, dueAt }) {
    return dueInSeconds === undefined && dueAt === undefined
      ? "dueInSeconds is missing, and so is dueAt: set one of them, for example dueInSeconds: 604800 (7 days)"
      : undefined;
  },
  remedy({ dueInSeconds, dueAt }, { defaultDueInSeconds }) {
    const isMissing = dueInSeconds === undefined && dueAt === undefined;
    return isMissing && defaultDueInSeconds !== undefined
      ? { dueInSeconds: defaultDueInSeconds }
      : undefined;
  },
});

export const deadlineLimits = fieldRule({
  name: "deadline-limits",
  description: "Checks whether deadlines are neither too close nor too far away.",
  severity: "medium",
  config: ruleSettings({
    minimumSeconds: seconds
      .default(3_600)
      .describe(
        "The least time for an item. A moment (dueAt) comes closer by itself, and is not held to it",
      ),
    maximumSeconds: seconds
      .default(1_209_600)
      .describe("The most time for an item; for a moment, counted from now"),
  }).refine(...inOrder("minimumSeconds", "maximumSeconds")),
  of: ["item"],
  reads,
  check: (fields, { minimumSeconds, maximumSeconds }) =>
    outsideOf(fields, minimumSeconds, maximumSeconds),
});

export const batchDeadlineLimits = stackRule({
  name: "batch-deadline-limits",
  description: "Checks whether deadlines are within the limits of their batch.",
  severity: "medium",
  config: ruleSettings({
    limits: z
      .array(
        ruleSettings({
          batch: pattern().describe("What the whole name of the batch must match"),
          minimumSeconds: seconds.default(1),
          maximumSeconds: seconds.default(longestSeconds),
        }).refine(...inOrder("minimumSeconds", "maximumSeconds")),
      )
      .prefault([])
      .describe("Limits by the name of the batch; the first that matches counts"),
  }),
  check(resources, { limits }) {
    if (limits.length === 0) {
      return [];
    }
    return resources.flatMap((resource) => {
      const declared = readDeclared(resource.type, resource.props).filter(
        ({ kind, fields }) => kind === "item" && reads.every((field) => isReadable(fields, field)),
      );
      if (declared.length === 0) {
        return [];
      }
      const { name } = batchOf(resource, resources);
      const limit = limits.find(({ batch }) => name !== undefined && batch.test(name));
      if (limit === undefined) {
        return [];
      }
      const items = declared.flatMap(({ key, fields }) => {
        const outside = outsideOf(fields, limit.minimumSeconds, limit.maximumSeconds);
        return outside === undefined
          ? []
          : [{ key, problem: `${outside}, or put it into another batch than "${name}"` }];
      });
      return [{ items, of: resource }];
    });
  },
});

function outsideOf(
  { dueInSeconds, dueAt }: Fields,
  minimum: number,
  maximum: number,
): string | undefined {
  const limits = `${minimum} (${spelled(minimum)}) to ${maximum} (${spelled(maximum)})`;
  if (dueInSeconds !== undefined) {
    if (dueInSeconds < minimum) {
      return `dueInSeconds is ${dueInSeconds}, must be ${limits}: give people more time`;
    }
    return dueInSeconds > maximum
      ? `dueInSeconds is ${dueInSeconds}, must be ${limits}: choose an earlier deadline`
      : undefined;
  }
  return dueAt !== undefined && secondsUntil(dueAt) > maximum
    ? `dueAt ${got(dueAt)} must be at most ${maximum} seconds (${spelled(maximum)}) away: choose an earlier moment`
    : undefined;
}

const days = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

const timeZone = z.string().refine(isTimeZone, {
  error: ({ input }) => `must be an IANA time zone like Europe/Berlin, got ${got(input)}`,
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

export const deadlineOnWorkday = fieldRule({
  name: "deadline-on-workday",
  description: "Checks whether deadlines fall on days on which somebody works.",
  severity: "low",
  config: ruleSettings({
    daysOff: z
      .array(z.enum(days))
      .default(["saturday", "sunday"])
      .describe("Days of the week on which nobody works"),
    holidays: z
      .array(z.iso.date())
      .default([])
      .describe("Dates on which nobody works, like 2026-12-25"),
    timeZone: timeZone.default("UTC").describe("The IANA time zone in which days begin and end"),
  }),
  of: ["item"],
  reads,
  check({ dueInSeconds, dueAt }, { daysOff, holidays, timeZone: zone }) {
    const now = Date.now();
    const due = dueAt === undefined ? now + (dueInSeconds ?? 0) * 1_000 : Date.parse(dueAt);
    // A moment that has passed can no longer be changed.
    if (!(due > now) || Number.isNaN(new Date(due).getTime())) {
      return undefined;
    }
    const { weekday, date } = dayOf(due, zone);
    if (!daysOff.some((day) => day === weekday) && !holidays.includes(date)) {
      return undefined;
    }
    const field = dueAt === undefined ? `dueInSeconds is ${dueInSeconds}` : `dueAt is ${dueAt}`;
    return `${field}, which is ${weekday}, ${date} (${zone}), when nobody works: choose a deadline on a working day`;
  },
});

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of a moment in a time zone. */
export function dayOf(moment: number, zone: string): { weekday: string; date: string } {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      weekday: "long",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
  formats.set(zone, format);
  const parts = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, value]),
  );
  return {
    weekday: (parts.weekday ?? "").toLowerCase(),
    date: `${parts.year}-${parts.month}-${parts.day}`,
  };
}
