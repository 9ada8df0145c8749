import { z } from "zod";
import { boxProblem } from "../../provider/items/box.ts";
import { got, uuid } from "../../provider/lifecycle/fields.ts";
import { isObject } from "../../provider/lifecycle/plain.ts";
import { hasUnknown, isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { shortList } from "../../provider/text/lines.ts";
import { didYouMean } from "../../provider/text/unknown-names.ts";
import { fieldRule } from "../rule.ts";
import { inOrder, ruleSettings } from "../settings.ts";

export const difficultyRange = fieldRule({
  name: "difficulty-range",
  description: "Checks whether every work item has a difficulty, and one within limits.",
  severity: "low",
  config: ruleSettings({
    minimum: z.int().min(0).max(100).default(0).describe("The lowest difficulty"),
    maximum: z.int().min(0).max(100).default(100).describe("The highest difficulty"),
    required: z.boolean().default(true).describe("Whether it must be set"),
  }).refine(...inOrder("minimum", "maximum")),
  of: ["item"],
  reads: ["difficulty"],
  check({ difficulty }, { minimum, maximum, required }) {
    if (difficulty === undefined) {
      return required
        ? `difficulty is missing, must be ${minimum} to ${maximum}: set it`
        : undefined;
    }
    return difficulty < minimum || difficulty > maximum
      ? `difficulty is ${difficulty}, must be ${minimum} to ${maximum}: change it`
      : undefined;
  },
});

export const taxonomyPinned = fieldRule({
  name: "taxonomy-pinned",
  description: "Checks whether every work item is bound to a taxonomy version.",
  severity: "medium",
  config: ruleSettings({
    allowed: z
      .array(uuid)
      .default([])
      .describe("The UUIDs of the versions that may be used. Default: any"),
  }),
  of: ["item"],
  reads: ["taxonomyVersionId"],
  check({ taxonomyVersionId }, { allowed }) {
    if (taxonomyVersionId === undefined) {
      return "taxonomyVersionId is missing: set the UUID of the version that labels are made with";
    }
    const id = taxonomyVersionId.toLowerCase();
    return allowed.length === 0 || allowed.some((each) => each.toLowerCase() === id)
      ? undefined
      : `taxonomyVersionId is ${got(taxonomyVersionId)}, must be one of ${allowed.join(", ")}: use one of these`;
  },
});

export const boxInsidePicture = fieldRule({
  name: "box-inside-picture",
  description:
    "Checks whether the boxes of labels are inside their picture, where its width and height are in the metadata.",
  severity: "medium",
  config: ruleSettings({
    width: z
      .string()
      .default("width")
      .describe("The entry of the metadata with the width in pixels"),
    height: z
      .string()
      .default("height")
      .describe("The entry of the metadata with the height in pixels"),
  }),
  of: ["item"],
  reads: ["labels", "metadata"],
  check({ labels = [], metadata = {} }, settings) {
    const size = {
      width: pixels(metadata[settings.width]),
      height: pixels(metadata[settings.height]),
    };
    for (const [index, label] of labels.entries()) {
      // A label of a video does not need a box.
      if (typeof label !== "object" || label === null || !("bbox" in label)) {
        continue;
      }
      const problem = hasUnknown(label.bbox) ? undefined : boxProblem(label.bbox, size);
      if (problem !== undefined) {
        return `labels[${index}] ${problem}: correct the box`;
      }
    }
    return undefined;
  },
});

export const labelCategories = fieldRule({
  name: "label-categories",
  description: "Checks whether pre-labels are of allowed categories.",
  severity: "medium",
  config: ruleSettings({
    allowed: z
      .array(z.string())
      .default([])
      .describe("The names that metadata.category of a label may have. Default: any"),
  }),
  of: ["item"],
  reads: ["labels"],
  check({ labels = [] }, { allowed }) {
    if (allowed.length === 0) {
      return undefined;
    }
    for (const [index, label] of labels.entries()) {
      const { metadata } = isObject(label) ? label : {};
      const { category } = isObject(metadata) ? metadata : {};
      if (category === undefined || isUnknown(category)) {
        continue;
      }
      // A number is refused even where it is the number of an allowed category.
      if (typeof category !== "string" || !allowed.includes(category)) {
        const meant =
          didYouMean(String(category), allowed) || ": correct it, or add it to this rule";
        return `labels[${index}].metadata.category is ${got(category)}, must be one of ${shortList(allowed, 10)}${meant}`;
      }
    }
    return undefined;
  },
});

/** A number of pixels, which CSV has as text. */
function pixels(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
