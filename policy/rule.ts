import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { z } from "zod";
import { placeInManifest } from "./manifest-line.ts";
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
  /** The kebab-case name that configuration files use. */
  name: string;
  /** "Checks whether …" */
  description: string;
  /** How much harm is done where the rule is broken. */
  severity: Severity;
  /** What users can configure, with defaults. */
  config: Schema;
}

interface FieldRule<Schema extends z.ZodObject> extends Rule<Schema> {
  of: readonly Declared["kind"][];
  /** The fields that the rule needs to know. If one of them is unknown, the batch or item is left to the update. */
  reads: readonly (keyof Fields)[];
  /** Says what is wrong, with field, value, limit and fix. */
  check(fields: Fields, settings: z.output<Schema>, kind: Declared["kind"]): string | undefined;
  /** What corrects it. Runs only at the enforcement level `remediate`. */
  remedy?(fields: Fields, settings: z.output<Schema>, kind: Declared["kind"]): Remedy | undefined;
}

const documentation =
  "https://github.com/labeling-as-code/pulumi-ai-data-platform/blob/main/docs/policies.md";

/** What the engine is told about a rule. */
function described({ name, description, severity, config }: Rule<z.ZodObject>) {
  const configSchema = toConfigSchema({ name, description }, config);
  return { name, description, severity, url: `${documentation}#${name}`, configSchema };
}

/** A problem as it is reported: the engine shows no link of its own to the documentation of a rule. */
function withLink(problem: string, { url }: { url: string }): string {
  return `${problem}\n${url}`;
}

/** A rule on the fields of batches, or of work items wherever they are declared. */
export function fieldRule<Schema extends z.ZodObject>(
  rule: FieldRule<Schema>,
): ResourceValidationPolicy {
  const { name, config, of, reads, check, remedy } = rule;
  const policy = described(rule);
  const settingsFor = (args: ResourceValidationArgs) =>
    parseSettings(name, config, args.getConfig());
  const applies = ({ kind, fields }: Declared) =>
    of.includes(kind) && reads.every((field) => isReadable(fields, field));
  return {
    ...policy,
    async validateResource(args, report) {
      const settings = settingsFor(args);
      const problems = readDeclared(args.type, args.props).flatMap((declared) => {
        const problem = applies(declared)
          ? check(declared.fields, settings, declared.kind)
          : undefined;
        const list = declared.kind === "file" ? "files" : "items";
        return problem === undefined ? [] : [{ list, key: declared.key, problem }];
      });
      const line = await lineOf(args.props, problems);
      if (line !== undefined) {
        report(withLink(line, policy));
      }
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

/** A rule on a whole resource. */
export function resourceRule<Schema extends z.ZodObject>(
  rule: ResourceRule<Schema>,
): ResourceValidationPolicy {
  const { name, config, check } = rule;
  const policy = described(rule);
  return {
    ...policy,
    validateResource(args, report) {
      const problem = check(args, parseSettings(name, config, args.getConfig()));
      if (problem !== undefined) {
        report(withLink(problem, policy));
      }
    },
  };
}

/** What is wrong, and with which resource. If it names none, it concerns the stack. */
type Violation = { problem: string; urn?: string } | { items: ItemProblem[]; of: PolicyResource };

interface StackRule<Schema extends z.ZodObject> extends Rule<Schema> {
  check(resources: StackValidationArgs["resources"], settings: z.output<Schema>): Violation[];
}

/** A rule on all resources of a stack. The engine runs it at the end, with the final state of the resources. */
export function stackRule<Schema extends z.ZodObject>(
  rule: StackRule<Schema>,
): StackValidationPolicy {
  const { name, config, check } = rule;
  const policy = described(rule);
  return {
    ...policy,
    async validateStack(args, report) {
      const settings = parseSettings(name, config, args.getConfig());
      // The engine passes them in any order, but the messages should be the same each time.
      const resources = args.resources.toSorted((left, right) => (left.urn < right.urn ? -1 : 1));
      for (const violation of check(resources, settings)) {
        const { problem, urn } =
          "of" in violation
            ? { problem: await lineOf(violation.of.props, violation.items), urn: violation.of.urn }
            : violation;
        if (problem !== undefined) {
          report(withLink(problem, policy), urn);
        }
      }
    },
  };
}

/** What is wrong with an item or a file of a resource. */
interface ItemProblem {
  list?: string;
  key: string | undefined;
  problem: string;
}

const mostKeys = 5;

/**
 * One line for the items of a resource: the first problem, where its item is declared if that is not the program, and
 * which items have one like it. Undefined if there is no problem.
 */
async function lineOf(
  props: object,
  problems: readonly ItemProblem[],
): Promise<string | undefined> {
  const [first, ...others] = problems;
  if (first === undefined) {
    return undefined;
  }
  const { list = "items" } = first;
  const place = await placeInManifest(props, first.key);
  const line =
    first.key === undefined
      ? first.problem
      : `${list}["${first.key}"]${place === undefined ? "" : ` (${place})`}: ${first.problem}`;
  if (others.length === 0) {
    return line;
  }
  const keys = problems.slice(0, mostKeys).map(({ key }) => `"${key}"`);
  const more = problems.length - keys.length;
  return `${line} (${problems.length} ${list} break this rule: ${keys.join(", ")}${more > 0 ? ` and ${more} more` : ""})`;
}

/** A number of seconds in words that people read easily. */
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
