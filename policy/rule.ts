import type {
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { z } from "zod";
import {
  type Declared,
  type Fields,
  isReadable,
  type Remedy,
  readDeclared,
  remedied,
} from "./read-declared.ts";
import { parseSettings, toConfigSchema } from "./settings.ts";

interface Rule<Schema extends z.ZodObject> {
  /** kebab-case: what configuration files call it. */
  name: string;
  /** "Checks whether …" */
  description: string;
  /** What can be configured, with defaults. */
  config: Schema;
}

interface FieldRule<Schema extends z.ZodObject> extends Rule<Schema> {
  of: readonly Declared["kind"][];
  /** The fields it needs to know: a batch or an item of which one is unknown is left for the update. */
  reads: readonly (keyof Fields)[];
  /** Says what is wrong, with field, value, limit and fix. */
  check(fields: Fields, settings: z.output<Schema>, kind: Declared["kind"]): string | undefined;
  /** What makes it right. Runs at the enforcement level `remediate` only. */
  remedy?(fields: Fields, settings: z.output<Schema>, kind: Declared["kind"]): Remedy | undefined;
}

/** A rule on the fields of batches, or of work items wherever they are declared. */
export function fieldRule<Schema extends z.ZodObject>(
  rule: FieldRule<Schema>,
): ResourceValidationPolicy {
  const { name, description, config, of, reads, check, remedy } = rule;
  const settingsFor = (args: ResourceValidationArgs) =>
    parseSettings(name, config, args.getConfig());
  const applies = ({ kind, fields }: Declared) =>
    of.includes(kind) && reads.every((field) => isReadable(fields, field));
  return {
    name,
    description,
    configSchema: toConfigSchema(config),
    validateResource(args, report) {
      const settings = settingsFor(args);
      const problems = readDeclared(args.type, args.props).flatMap((declared) => {
        const problem = applies(declared)
          ? check(declared.fields, settings, declared.kind)
          : undefined;
        return problem === undefined ? [] : [{ key: declared.key, problem }];
      });
      const line = formatLine(problems);
      if (line !== undefined) report(line);
    },
    ...(remedy !== undefined && {
      remediateResource(args) {
        const settings = settingsFor(args);
        return remedied(args.type, args.props, (declared) =>
          applies(declared) ? remedy(declared.fields, settings, declared.kind) : undefined,
        );
      },
    }),
  };
}

interface ResourceRule<Schema extends z.ZodObject> extends Rule<Schema> {
  check(
    resource: Pick<ResourceValidationArgs, "type" | "props" | "opts">,
    settings: z.output<Schema>,
  ): string | undefined;
}

/** A rule on a resource as a whole. */
export function resourceRule<Schema extends z.ZodObject>({
  name,
  description,
  config,
  check,
}: ResourceRule<Schema>): ResourceValidationPolicy {
  return {
    name,
    description,
    configSchema: toConfigSchema(config),
    validateResource(args, report) {
      const problem = check(args, parseSettings(name, config, args.getConfig()));
      if (problem !== undefined) report(problem);
    },
  };
}

/** What is wrong, and with which resource; without one, with the stack. */
interface Violation {
  problem: string;
  urn?: string;
}

interface StackRule<Schema extends z.ZodObject> extends Rule<Schema> {
  check(resources: StackValidationArgs["resources"], settings: z.output<Schema>): Violation[];
}

/** A rule on all resources of a stack. The engine asks at the end, with what they have become. */
export function stackRule<Schema extends z.ZodObject>({
  name,
  description,
  config,
  check,
}: StackRule<Schema>): StackValidationPolicy {
  return {
    name,
    description,
    configSchema: toConfigSchema(config),
    validateStack(args, report) {
      const settings = parseSettings(name, config, args.getConfig());
      // The engine hands them over in any order, and messages are to be the same each time.
      const resources = args.resources.toSorted((left, right) => (left.urn < right.urn ? -1 : 1));
      for (const { problem, urn } of check(resources, settings)) report(problem, urn);
    },
  };
}

const mostKeys = 5;

/** One line for the items of a resource: the first problem, and which items have one like it. */
export function formatLine(
  problems: readonly { key: string | undefined; problem: string }[],
): string | undefined {
  const [first, ...others] = problems;
  if (first === undefined) return undefined;
  const line = first.key === undefined ? first.problem : `items["${first.key}"]: ${first.problem}`;
  if (others.length === 0) return line;
  const keys = problems.slice(0, mostKeys).map(({ key }) => `"${key}"`);
  const more = problems.length - keys.length;
  return `${line} (${problems.length} items break this rule: ${keys.join(", ")}${more > 0 ? ` and ${more} more` : ""})`;
}

/** A number of seconds as people read it. */
export function spelled(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const;
  const [unit, length] = units.find(([, each]) => seconds >= each && seconds % each === 0) ?? [
    "second",
    1,
  ];
  const count = seconds / length;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
