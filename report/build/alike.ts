import type { AlikeChange, BoxChange } from "../model.ts";

// Somebody who corrects boxes changes each in its own way. If all of them change alike, the file that they come from was
// probably made for another size or another crop of the pictures.

/** Fewer boxes may change alike by chance. */
const least = { boxes: 10, items: 3 };
/** Boxes may be rounded to pixels before and after: so far may each be off, and sums of fractions are not exact. */
const rounding = 1.01;
/** Smaller changes may come from rounding, as may any by which no box changes more than by that. */
const leastFactor = 0.02;
const leastShift = 2;

type Corners = readonly [number, number, number, number];

/** Finds out whether all boxes that change their place or their size do so alike. */
export class Alike {
  readonly #pairs: { old: Corners; next: Corners }[] = [];
  #items = 0;

  item(changes: readonly BoxChange[] = []): void {
    const pairs = changes.flatMap(({ change, old, new: next }) =>
      old && next && change !== "recategorized" ? [{ old, next }] : [],
    );
    this.#pairs.push(...pairs);
    this.#items += pairs.length > 0 ? 1 : 0;
  }

  report(): AlikeChange | undefined {
    const boxes = this.#pairs.length;
    if (boxes < least.boxes || this.#items < least.items) {
      return undefined;
    }
    // Of all boxes together, as rounding hides the factor of a small one.
    const sum = (side: "old" | "next", index: 0 | 1 | 2 | 3) =>
      this.#pairs.reduce((all, pair) => all + pair[side][index], 0);
    const factor = ([2, 3] as const).map((index) => sum("next", index) / sum("old", index));
    const shift = ([0, 1] as const).map(
      (index) => (sum("next", index) - sum("old", index)) / boxes,
    );
    const [wide = 1, high = 1] = factor;
    const [right = 0, down = 0] = shift;
    const isSo = (expected: (old: Corners) => Corners) =>
      this.#pairs.every(({ old, next }) =>
        expected(old).every((side, index) => Math.abs(side - (next[index] ?? 0)) <= rounding),
      );
    if (
      !isSo((old) => old) &&
      factor.some((each) => Math.abs(each - 1) >= leastFactor) &&
      isSo(([x, y, width, height]) => [x * wide, y * high, width * wide, height * high])
    ) {
      return { boxes, factor: [rounded(wide, 100), rounded(high, 100)] };
    }
    return shift.some((each) => Math.abs(each) >= leastShift) &&
      isSo(([x, y, width, height]) => [x + right, y + down, width, height])
      ? { boxes, shift: [rounded(right, 10), rounded(down, 10)] }
      : undefined;
  }
}

function rounded(number: number, steps: number): number {
  return Math.round(number * steps) / steps;
}
