import { z } from "zod";
import { got } from "../lifecycle/fields.ts";

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
/**
 * The schema of a declared box. An empty one is sent, because the platform takes it; a file or a rule may ask for more, see
 * `boxProblem`.
 */
export const bbox = z.tuple([coordinate, coordinate, side, side], { error: fourNumbers });

/** How far a box may reach beyond the edge of its picture, in pixels, because tools round. */
const edgeTolerance = 1;

/** The size of a picture in pixels, as far as it is known. */
export interface PictureSize {
  width?: number | undefined;
  height?: number | undefined;
}

/** What is wrong with a label's box, as far as the picture's size is known. */
export function boxProblem(bbox: unknown, size: PictureSize): string | undefined {
  if (!isFourNumbers(bbox)) {
    return `must have a bbox of 4 numbers, got ${got(bbox)}`;
  }
  const [x, y, boxWidth, boxHeight] = bbox;
  if (boxWidth <= 0 || boxHeight <= 0) {
    return `has a bbox with a negative or empty side: ${got(bbox)}`;
  }
  if (x < -edgeTolerance || y < -edgeTolerance) {
    return `has a bbox whose corner lies outside of the picture: ${got(bbox)}`;
  }
  return reachesOut(bbox, size)
    ? `has a bbox that reaches out of the picture (${size.width} by ${size.height}): ${got(bbox)}`
    : undefined;
}

/** Whether a part of a box lies outside of its picture. Labels that are no boxes do not. */
export function reachesOut(bbox: unknown, { width, height }: PictureSize): boolean {
  if (!isFourNumbers(bbox)) {
    return false;
  }
  const [x, y, boxWidth, boxHeight] = bbox;
  return (
    x < -edgeTolerance ||
    y < -edgeTolerance ||
    (width !== undefined && x + boxWidth > width + edgeTolerance) ||
    (height !== undefined && y + boxHeight > height + edgeTolerance)
  );
}

function isFourNumbers(bbox: unknown): bbox is [number, number, number, number] {
  return (
    Array.isArray(bbox) && bbox.length === 4 && bbox.every((number) => Number.isFinite(number))
  );
}
