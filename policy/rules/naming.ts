import { z } from "zod";
import { isReadable, readDeclared } from "../read-declared.ts";
import { fieldRule, stackRule } from "../rule.ts";
import { inOrder, pattern, ruleSettings, written } from "../settings.ts";

const example = "vision-signs-2026-12";

export const batchNamePattern = fieldRule({
  name: "batch-name-pattern",
  description: "Checks whether a batch's name matches a pattern.",
  severity: "low",
  config: ruleSettings({
    pattern: pattern("[a-z][a-z0-9]*(-[a-z0-9]+)+-\\d{4}-(0[1-9]|1[0-2])").describe(
      "What the whole name must match. Default: <team>-<purpose>-<yyyy-mm>",
    ),
  }),
  of: ["batch"],
  reads: ["name"],
  check({ name }, settings) {
    if (name === undefined || settings.pattern.test(name)) {
      return undefined;
    }
    const like = settings.pattern.test(example) ? `, like "${example}"` : "";
    return `name ${JSON.stringify(name)} must match ${written(settings.pattern)}: rename the batch${like}`;
  },
});

export const batchNameTrimmed = fieldRule({
  name: "batch-name-trimmed",
  description: "Checks whether a batch's name has no space at its start or end.",
  severity: "low",
  config: ruleSettings({}),
  of: ["batch"],
  reads: ["name"],
  check({ name }) {
    return name === undefined || name === name.trim()
      ? undefined
      : `name ${JSON.stringify(name)} must not begin or end with a space: write ${JSON.stringify(name.trim())}`;
  },
  remedy({ name }) {
    return name === undefined || name === name.trim() ? undefined : { name: name.trim() };
  },
});

export const batchNameLength = fieldRule({
  name: "batch-name-length",
  description: "Checks whether the length of a batch's name is within limits.",
  severity: "low",
  config: ruleSettings({
    minimum: z.int().min(1).max(1_000).default(3).describe("The fewest characters"),
    maximum: z.int().min(1).max(1_000).default(64).describe("The most characters"),
  }).refine(...inOrder("minimum", "maximum")),
  of: ["batch"],
  reads: ["name"],
  check({ name }, { minimum, maximum }) {
    if (name === undefined || (name.length >= minimum && name.length <= maximum)) {
      return undefined;
    }
    const verb = name.length < minimum ? "lengthen" : "shorten";
    return `name ${JSON.stringify(name)} has ${name.length} characters, must have ${minimum} to ${maximum}: ${verb} it`;
  },
});

export const batchNameReserved = fieldRule({
  name: "batch-name-reserved",
  description: "Checks whether a batch's name is not reserved.",
  severity: "medium",
  config: ruleSettings({
    reserved: z
      .array(z.string())
      .default(["Default"])
      .describe("Names that no batch may have, in whichever case"),
  }),
  of: ["batch"],
  reads: ["name"],
  check({ name }, { reserved }) {
    const taken = reserved.find((each) => name !== undefined && plain(each) === plain(name));
    return taken === undefined
      ? undefined
      : `name ${JSON.stringify(name)} is reserved, must not be one of ${reserved.join(", ")}: give the batch a name of its own`;
  },
});

export const batchNameUnique = stackRule({
  name: "batch-name-unique",
  description: "Checks whether no two batches of a stack have the same name.",
  severity: "medium",
  config: ruleSettings({
    ignoreCase: z
      .boolean()
      .default(true)
      .describe("Whether names that differ in case or outer spaces only count as the same"),
  }),
  check(resources, { ignoreCase }) {
    const first = new Map<string, string>();
    return resources.flatMap(({ type, props, urn, name: resource }) =>
      readDeclared(type, props).flatMap(({ kind, fields }) => {
        const { name } = fields;
        if (kind !== "batch" || name === undefined || !isReadable(fields, "name")) {
          return [];
        }
        const same = ignoreCase ? plain(name) : name;
        const earlier = first.get(same);
        first.set(same, earlier ?? resource);
        return earlier === undefined
          ? []
          : [
              {
                urn,
                problem: `name ${JSON.stringify(name)} must be unique in the stack, but the batch "${earlier}" has it too: rename one of them`,
              },
            ];
      }),
    );
  },
});

function plain(name: string): string {
  return name.trim().toLowerCase();
}
