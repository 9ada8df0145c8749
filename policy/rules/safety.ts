import { z } from "zod";
import { batchOf } from "../batch-of.ts";
import { isKind, rawOf, sizeOf } from "../declared.ts";
import { resourceRule, stackRule } from "../rule.ts";
import { pattern, written } from "../settings.ts";

const count = z.int().min(0).max(100_000_000);

export const setSize = resourceRule({
  name: "set-size",
  description: "Checks whether a set has no more work items than allowed.",
  config: z.strictObject({
    maximum: count.default(10_000).describe("The most work items of a set"),
  }),
  check({ type, props }, { maximum }) {
    const size = sizeOf(type, props);
    return size > maximum
      ? `items has ${size} work items, must have at most ${maximum}: split the set, or raise the maximum of this rule`
      : undefined;
  },
});

export const stackSize = stackRule({
  name: "stack-size",
  description: "Checks whether a stack has no more work items than allowed.",
  config: z.strictObject({
    maximum: count.default(50_000).describe("The most work items of a stack"),
  }),
  check(resources, { maximum }) {
    const size = resources.reduce((sum, { type, props }) => sum + sizeOf(type, props), 0);
    return size > maximum
      ? [
          {
            problem: `the stack has ${size} work items, must have at most ${maximum}: declare fewer, or raise the maximum of this rule`,
          },
        ]
      : [];
  },
});

export const cancelAllowed = stackRule({
  name: "cancel-allowed",
  description: "Checks whether work that people have begun may be cancelled in named batches only.",
  config: z.strictObject({
    batches: z
      .array(pattern())
      .prefault([])
      .describe("What the whole name of such a batch must match, one of these. Default: none"),
  }),
  check(resources, { batches }) {
    return resources.flatMap((resource) => {
      const { type, props, urn } = resource;
      if (!isKind(type, "WorkItem") && !isKind(type, "WorkItemSet")) return [];
      if (rawOf(props).onWorkInProgress !== "cancel") return [];
      const batch = batchOf(resource, resources);
      if (batch.name === undefined && batch.why === "unknown") return [];
      const { name } = batch;
      if (name !== undefined && batches.some((each) => each.test(name))) return [];
      const where = name === undefined ? "a batch of another stack" : `the batch "${name}"`;
      const limit =
        batches.length === 0
          ? "which no batch may have"
          : `which only batches that match ${batches.map(written).join(" or ")} may have`;
      return [
        {
          urn,
          problem: `onWorkInProgress is "cancel" in ${where}, ${limit}: leave it out, or add the batch to this rule`,
        },
      ];
    });
  },
});

export const batchProtected = resourceRule({
  name: "batch-protected",
  description: "Checks whether batches are protected against being destroyed.",
  config: z.strictObject({}),
  check({ type, opts }) {
    return isKind(type, "Batch") && !opts.protect
      ? "the option protect is false, must be true: pass { protect: true } as the batch's third argument"
      : undefined;
  },
});
