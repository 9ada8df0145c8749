import { z } from "zod";
import { notAnInput, showName } from "../text/unknown-names.ts";
import type { Failure } from "./lifecycle.ts";
import type { Plain } from "./plain.ts";
import { hasUnknown } from "./unknown-values.ts";

/**
 * What a schema finds wrong with the inputs of `owner`, leaving out values that are not known yet at preview.
 */
export function findFailures(schema: z.ZodType, inputs: Plain, owner = "this resource"): Failure[] {
  const result = schema.safeParse(inputs);
  const issues = result.success ? [] : result.error.issues;
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
      const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
      return issue.keys.map((key) => ({ property: key, reason: notAnInput(key, owner, known) }));
    }
    return issue.path.length > 0 && hasUnknown(valueAt(inputs, issue.path))
      ? []
      : [failure(issue.path, issue.message)];
  });
}

/** Says that exactly one of two inputs must be given, if neither or both are. */
export function eitherFailures(inputs: Plain, one: string, other: string): Failure[] {
  return (inputs[one] === undefined) === (inputs[other] === undefined)
    ? [{ property: one, reason: `${one} or ${other} must be given, and not both` }]
    : [];
}

/** How deeply objects and lists may be nested. */
const deepest = 100;

/**
 * Finds what no field may contain: numbers that JSON does not have and halves of characters, which neither the engine
 * nor the platform keeps as they are, and endless nesting.
 */
export function unfitFailures(inputs: Plain): Failure[] {
  return Object.keys(inputs).flatMap((property) => {
    const [path, message] = unfitIn(inputs[property], 1) ?? [];
    // The path to a place that is nested too deeply helps nobody.
    const inside = path === undefined || path.length >= deepest ? [] : path;
    return path === undefined ? [] : [failure([property, ...inside], `${message}`)];
  });
}

function unfitIn(value: unknown, depth: number): [path: string[], message: string] | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return [[], `must be a number that JSON has, got ${value}`];
  }
  if (typeof value === "string" && !value.isWellFormed()) {
    return [[], "must be text of whole characters, has half of one: was it cut?"];
  }
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  if (depth > deepest) {
    return [[], `must not be nested deeper than ${deepest} levels`];
  }
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) {
      return [[], "must have names of whole characters, has half of one: was it cut?"];
    }
    const unfit = unfitIn(value[key as keyof typeof value], depth + 1);
    if (unfit !== undefined) {
      const [path, message] = unfit;
      return [[key, ...path], message];
    }
  }
  return undefined;
}

function failure(path: readonly PropertyKey[], message: string): Failure {
  const [property = "", ...rest] = path.map(String);
  const inside = rest.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join("");
  return { property, reason: `${showName(property)}${inside} ${message}` };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
