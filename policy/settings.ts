import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";
import { got } from "../provider/lifecycle/fields.ts";

// A rule's configuration is declared once. The engine gets it as JSON schema, the rule gets it as a type.

/** A pattern that must match a whole text. */
export function pattern(standard?: string) {
  const schema = z.string().transform((text, context) => compiled(`^(?:${text})$`, text, context));
  return standard === undefined ? schema : schema.prefault(standard);
}

/** A pattern that may match anywhere in a text. */
export const searchPattern = z.string().transform((text, context) => compiled(text, text, context));

function compiled(source: string, text: string, context: z.RefinementCtx): RegExp {
  try {
    return new RegExp(source);
  } catch {
    context.addIssue(`must be a regular expression, got ${got(text)}`);
    return z.NEVER;
  }
}

/** A pattern as the user wrote it in the configuration. */
export function written({ source }: RegExp): string {
  return source.replace(/^\^\(\?:(.*)\)\$$/s, "$1");
}

/** The schema in the form that the engine accepts. */
export function toConfigSchema(schema: z.ZodObject): PolicyConfigSchema {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input" });
  return { properties: properties as PolicyConfigSchema["properties"] };
}

/** A rule's settings. The engine has already filled in defaults and checked types, as far as JSON schema can. */
export function parseSettings<Schema extends z.ZodObject>(
  rule: string,
  schema: Schema,
  given: object,
): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map(({ path, message }) =>
    [...path.map(String), message].join(" "),
  );
  const error = new Error(
    `the configuration of ${rule} is wrong: ${problems.join("; ")}. Correct it in the file that --policy-pack-config names`,
  );
  // The SDK shows the stack trace, which does not help users.
  error.stack = error.message;
  throw error;
}
