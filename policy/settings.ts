import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";
import { got } from "../provider/lifecycle/fields.ts";
import { didYouMean, showName } from "../provider/text/unknown-names.ts";

// A rule's configuration is declared once. The engine gets it as JSON schema, the rule gets it as a type.

/** What a configuration calls the level of a rule, beside the rule's settings. */
const levelName = "enforcementLevel";

/** The settings of a rule, or of an entry in them. */
export function ruleSettings<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys
            .map(
              (key) =>
                `has no setting ${showName(key)}${didYouMean(key, [...Object.keys(shape), levelName])}`,
            )
            .join(", and ")
        : `must be an object, got ${got(issue.input)}`,
  });
}

/** Refuses a minimum above its maximum, which nothing could meet. */
export function inOrder<Least extends string, Most extends string>(least: Least, most: Most) {
  const areInOrder = (limits: Record<Least | Most, number>) => limits[least] <= limits[most];
  return [areInOrder, { path: [least], error: `must not be more than ${most}` }] as [
    typeof areInOrder,
    { path: string[]; error: string },
  ];
}

/** The text of a pattern. */
const source = z.string({
  error: ({ input }) => (input === undefined ? "is required" : `must be text, got ${got(input)}`),
});

/** A pattern that must match a whole text. */
export function pattern(standard?: string) {
  const schema = source.transform((text, context) => compiled(`^(?:${text})$`, text, context));
  return standard === undefined ? schema : schema.prefault(standard);
}

/** A pattern that may match anywhere in a text. */
export const searchPattern = source.transform((text, context) => compiled(text, text, context));

function compiled(expression: string, text: string, context: z.RefinementCtx): RegExp {
  try {
    return new RegExp(expression);
  } catch {
    context.addIssue(`must be a regular expression, got ${got(text)}`);
    return z.NEVER;
  }
}

/** A pattern as the user wrote it in the configuration. */
export function written({ source }: RegExp): string {
  return source.replace(/^\^\(\?:(.*)\)\$$/s, "$1");
}

/** A rule, as a pack lists it. */
export interface ListedRule {
  name: string;
  description: string;
}

/** The settings of each rule. A rule of another pack may have the same name, but says something else of itself. */
const known = new Map<string, z.ZodObject>();

function keyOf({ name, description }: ListedRule): string {
  return `${name}: ${description}`;
}

/** Keeps the settings of a rule for checks of a whole configuration, and returns them in the form that the engine accepts. */
export function toConfigSchema(rule: ListedRule, schema: z.ZodObject): PolicyConfigSchema {
  known.set(keyOf(rule), schema);
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", override: withoutNames });
  return { properties: properties as PolicyConfigSchema["properties"] };
}

/** The engine would refuse a misspelt setting without saying which one may be meant, so the pack does that. */
function withoutNames({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties;
    delete jsonSchema.required;
  }
}

/** What is wrong with the settings of a rule, in one line; undefined if nothing is, or if the rule is not from here. */
export function settingsProblem(rule: ListedRule, given: object): string | undefined {
  const result = known.get(keyOf(rule))?.safeParse(given);
  return result?.error === undefined ? undefined : described(rule.name, result.error);
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
  throw configurationError([described(rule, result.error)]);
}

function described(rule: string, { issues }: z.ZodError): string {
  const problems = issues.map(({ path, message }) => {
    const [first = "it", ...rest] = path.map(String);
    const inside = rest.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join("");
    // The messages of zod are sentences of their own.
    return `${first}${inside}${/^[A-Z]/.test(message) ? ":" : ""} ${message}`;
  });
  return `the configuration of ${rule} is wrong: ${problems.join("; ")}`;
}

/** An error that refuses a configuration. */
export function configurationError(problems: readonly string[]): Error {
  const text = problems.join("; ");
  const end = text.endsWith("?") ? "" : ".";
  const error = new Error(
    `${text}${end} Correct it in the file of --policy-pack-config, or in the pack`,
  );
  // The SDK shows the stack trace, which does not help users.
  error.stack = error.message;
  return error;
}
