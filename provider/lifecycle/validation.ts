import type { z } from "zod";
import { hasUnknown } from "../pulumi/unknowns.ts";
import type { Failure, Plain } from "./lifecycle.ts";

/**
 * What a schema finds wrong with the inputs of `owner`, leaving out what is not known yet at preview.
 */
export function failuresOf(schema: z.ZodType, inputs: Plain, owner = "this resource"): Failure[] {
  const result = schema.safeParse(inputs);
  const issues = result.success ? [] : result.error.issues;
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
      return issue.keys.map((key) => ({
        property: key,
        reason: `${key} is not an input of ${owner}`,
      }));
    }
    return issue.path.length > 0 && hasUnknown(valueAt(inputs, issue.path))
      ? []
      : [failure(issue.path, issue.message)];
  });
}

function failure(path: readonly PropertyKey[], message: string): Failure {
  const [property = "", ...rest] = path.map(String);
  const inside = rest.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join("");
  return { property, reason: `${property}${inside} ${message}` };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
