import { got } from "../lifecycle/fields.ts";

/** How far a box may reach beyond the edge of its picture, in pixels, because tools round. */
const edgeTolerance = 1;

/** What is wrong with a label's box, as far as the picture's size is known. */
export function boxProblem(
  bbox: unknown,
  { width, height }: { width?: number | undefined; height?: number | undefined },
): string | undefined {
  if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every((side) => Number.isFinite(side))) {
    return `must have a bbox of 4 numbers, got ${got(bbox)}`;
  }
  const [x, y, boxWidth, boxHeight] = bbox as [number, number, number, number];
  if (boxWidth <= 0 || boxHeight <= 0 || x < -edgeTolerance || y < -edgeTolerance) {
    return `has a bbox with a negative or empty side: ${got(bbox)}`;
  }
  const isOutside =
    (width !== undefined && x + boxWidth > width + edgeTolerance) ||
    (height !== undefined && y + boxHeight > height + edgeTolerance);
  return isOutside
    ? `has a bbox that reaches out of the picture (${width} by ${height}): ${got(bbox)}`
    : undefined;
}
