import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { got, metadata } from "../lifecycle/fields.ts";
import { isObject } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { bbox } from "./box.ts";

/** A pre-label: what is known about the picture before people see it. */
export interface ImageLabelArgs {
  /** The box as COCO has it: x and y of the upper left corner, width, height, in pixels. */
  bbox: pulumi.Input<pulumi.Input<number>[]>;
  /** Free metadata of the label, for example its category. */
  metadata?: pulumi.Input<Record<string, unknown>>;
}

/** A pre-label of a video. The platform does not describe its fields; they are passed on as they are. */
export type VideoLabelArgs = Record<string, unknown>;

/** The schema of pre-labels. The platform does not describe what else those of a video have. */
export const labels = z.array(
  z.looseObject(
    { bbox: bbox.optional(), metadata: metadata().optional() },
    { error: "must be an object with a bbox" },
  ),
  { error: ({ input }) => `must be a list of labels, got ${got(input)}` },
);

/** What a label is of, as readers of manifests write it; undefined if it does not say so, or if that is not known yet. */
export function categoryOf(label: unknown): string | undefined {
  const { metadata } = isObject(label) ? label : {};
  const { category } = isObject(metadata) ? metadata : {};
  return typeof category === "string" && !isUnknown(category) ? category : undefined;
}

/** The box of a label, if it is one that the platform takes and all of it is known. */
export function boxIn(label: unknown): z.output<typeof bbox> | undefined {
  return isObject(label) && Array.isArray(label.bbox) ? bbox.safeParse(label.bbox).data : undefined;
}
