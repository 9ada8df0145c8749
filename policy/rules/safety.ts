import type { PolicyResource } from "@pulumi/policy";
import { z } from "zod";
import { boxIn } from "../../provider/items/labels.ts";
import { effortFields, unitOf } from "../../provider/pulumi/effort.ts";
import { isKind } from "../../provider/pulumi/shim.ts";
import { type BatchOf, batchOf } from "../find-batch.ts";
import { countDeclared, rawOf, readDeclared } from "../read-declared.ts";
import { resourceRule, stackRule } from "../rule.ts";
import { pattern, ruleSettings, written } from "../settings.ts";

const size = z.int().min(0).max(100_000_000);

/** What one set is known to hold, so that only what is out of proportion is refused. */
const mostOfSet = 100_000;

export const setSize = resourceRule({
  name: "set-size",
  description: "Checks whether a set has no more work items than allowed.",
  severity: "high",
  config: ruleSettings({
    maximum: size.default(mostOfSet).describe("The most work items of a set"),
  }),
  check({ type, props }, { maximum }) {
    const items = countDeclared(type, props);
    return items > maximum
      ? `items has ${counted(items, "work item")}, must have at most ${maximum}: split the set, or raise the maximum of this rule`
      : undefined;
  },
});

export const stackSize = stackRule({
  name: "stack-size",
  description: "Checks whether a stack has no more work items than allowed.",
  severity: "high",
  config: ruleSettings({
    maximum: size.default(5 * mostOfSet).describe("The most work items of a stack"),
  }),
  check(resources, { maximum }) {
    const items = countAll(resources);
    return items > maximum
      ? [
          {
            problem: `the stack has ${counted(items, "work item")}, must have at most ${maximum}: declare fewer, or raise the maximum of this rule`,
          },
        ]
      : [];
  },
});

export const effortLimit = stackRule({
  name: "effort-limit",
  description: "Checks whether the work that a stack declares takes no more effort than allowed.",
  severity: "high",
  config: ruleSettings({
    item: effortFields.item.describe("The effort for a work item, without its boxes"),
    box: effortFields.box.describe("The effort for each box of its pre-labels"),
    unit: effortFields.unit.describe(
      "What the effort is counted in: minutes, hours, or the code of a currency",
    ),
    max: z
      .number()
      .min(0)
      .optional()
      .describe("The most effort of all work items of a stack. Default: none"),
  }).refine(({ item, box, max }) => max === undefined || item > 0 || box > 0, {
    path: ["max"],
    error: "needs what an item or a box costs: set item or box",
  }),
  check(resources, { item, box, unit, max = Number.POSITIVE_INFINITY }) {
    const items = countAll(resources);
    // Reading the labels of all items takes a while.
    const boxes = box === 0 || max === Number.POSITIVE_INFINITY ? 0 : countBoxes(resources);
    const all = items * item + boxes * box;
    return all > max
      ? [
          {
            problem: `the work on ${counted(items, "work item")}${box === 0 ? "" : ` with ${counted(boxes, "box", "boxes")}`} takes ${all.toLocaleString("en-US")} ${unitOf(all, unit)}, must take at most ${max.toLocaleString("en-US")}: declare fewer, or raise the max of this rule`,
          },
        ]
      : [];
  },
});

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function countAll(resources: readonly PolicyResource[]): number {
  return resources.reduce((sum, { type, props }) => sum + countDeclared(type, props), 0);
}

function countBoxes(resources: readonly PolicyResource[]): number {
  const declared = resources.flatMap(({ type, props }) => readDeclared(type, props));
  return declared.reduce((sum, { kind, fields }) => {
    const { labels } = fields;
    return kind === "item" && Array.isArray(labels)
      ? sum + labels.filter((label) => boxIn(label) !== undefined).length
      : sum;
  }, 0);
}

export const cancelAllowed = stackRule({
  name: "cancel-allowed",
  description: "Checks whether work that people have begun may be cancelled in named batches only.",
  severity: "high",
  config: ruleSettings({
    batches: z
      .array(pattern())
      .prefault([])
      .describe("What the whole name of such a batch must match, one of these. Default: none"),
  }),
  check(resources, { batches }) {
    const limit =
      batches.length === 0
        ? "which no batch may have"
        : `which only batches that match ${batches.map(written).join(" or ")} may have`;
    return resources.flatMap((resource) => {
      const field = cancelling(resource);
      if (field === undefined) {
        return [];
      }
      const refused = placesOf(resource, resources).find((place) =>
        place.name === undefined
          ? place.why === "elsewhere"
          : !batches.some((each) => each.test(place.name)),
      );
      if (refused === undefined) {
        return [];
      }
      const where =
        refused.name === undefined ? "a batch of another stack" : `the batch "${refused.name}"`;
      return [
        {
          urn: resource.urn,
          problem: `${field} is "cancel" in ${where}, ${limit}: leave it out, or add the batch to this rule`,
        },
      ];
    });
  },
});

/** The field by which a resource cancels work that people may have begun. */
function cancelling({ type, props }: PolicyResource): string | undefined {
  const { onWorkInProgress, signal, status } = rawOf(props);
  const isItem = isKind(type, "WorkItem") || isKind(type, "WorkItemSet");
  if (isItem && onWorkInProgress === "cancel") {
    return "onWorkInProgress";
  }
  const isSignal =
    isKind(type, "WorkItemSignal") || (isKind(type, "BatchSignal") && status !== "NEW");
  return isSignal && signal === "cancel" ? "signal" : undefined;
}

/**
 * The batches in which a resource ends work. For a signal to work items, it finds them through the resources that
 * declare the items.
 */
function placesOf(resource: PolicyResource, resources: readonly PolicyResource[]): BatchOf[] {
  if (!isKind(resource.type, "WorkItemSignal")) {
    return [batchOf(resource, resources)];
  }
  const { workItemId = [], workItemIds = [] } = resource.propertyDependencies;
  const items = [...workItemId, ...workItemIds].filter(
    ({ type }) => isKind(type, "WorkItem") || isKind(type, "WorkItemSet"),
  );
  return items.length === 0
    ? [{ why: "elsewhere" }]
    : items.map((item) => batchOf(item, resources));
}

export const batchProtected = resourceRule({
  name: "batch-protected",
  description: "Checks whether batches are protected against being destroyed.",
  severity: "medium",
  config: ruleSettings({}),
  check({ type, opts }) {
    return isKind(type, "Batch") && !opts.protect
      ? "the option protect is false, must be true: pass { protect: true } as the batch's third argument"
      : undefined;
  },
});
