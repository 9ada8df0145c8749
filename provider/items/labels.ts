import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { got } from "../lifecycle/fields.ts";

/** A pre-label: what is known about the picture before people see it. */
export interface ImageLabelArgs {
  /** The box as COCO has it: x and y of the upper left corner, width, height, in pixels. */
  bbox: pulumi.Input<pulumi.Input<number>[]>;
  /** Free metadata of the label, for example its category. */
  metadata?: pulumi.Input<Record<string, unknown>>;
}

/** A pre-label of a video. The platform does not describe its fields; they are passed on as they are. */
export type VideoLabelArgs = Record<string, unknown>;

const fourNumbers = ({ input }: { input?: unknown }): string =>
  `must be 4 numbers (x, y, width, height in pixels), got ${got(input)}`;

/** This limit keeps sums and areas of boxes within the range of numbers, too. */
const mostPixels = 1e12;
const tooFar = ({ input }: { input?: unknown }): string =>
  `must be within 1,000,000,000,000 pixels, got ${got(input)}`;
const coordinate = z
  .number({ error: ({ input }) => `must be a number, got ${got(input)}` })
  .min(-mostPixels, { error: tooFar })
  .max(mostPixels, { error: tooFar });
const side = coordinate.min(0, {
  error: ({ input }) => `must be a width or height of 0 or more, got ${got(input)}`,
});
const bbox = z.tuple([coordinate, coordinate, side, side], { error: fourNumbers });

/** The schema of pre-labels. The platform does not describe those of a video, so only boxes are checked. */
export const labels = z.array(
  z.looseObject({ bbox: bbox.optional() }, { error: "must be an object with a bbox" }),
  { error: ({ input }) => `must be a list of labels, got ${got(input)}` },
);
