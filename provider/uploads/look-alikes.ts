/** Pictures look alike if at most this many of their 64 bits differ. */
const mostDifferent = 3;

/** Four quarters: whatever differs in three bits has one without a difference. */
const quarterDigits = 4;

interface Picture {
  name: string;
  /** The bits of its likeness, in two halves. */
  high: number;
  low: number;
}

/** Files by how they look. */
export class LookAlikes {
  readonly #byQuarter = new Map<string, Picture[]>();

  /** An earlier file that looks like this one, which is remembered if there is none. */
  twinOf(name: string, likeness: string): string | undefined {
    const half = (from: number) => Number.parseInt(likeness.slice(from, from + 8), 16);
    const picture = { name, high: half(0), low: half(8) };
    const alike = Array.from({ length: likeness.length / quarterDigits }, (_, index) => {
      const at = index * quarterDigits;
      const quarter = `${index} ${likeness.slice(at, at + quarterDigits)}`;
      const pictures = this.#byQuarter.get(quarter) ?? [];
      this.#byQuarter.set(quarter, pictures);
      return pictures;
    });
    for (const pictures of alike) {
      const twin = pictures.find((other) => differences(picture, other) <= mostDifferent);
      if (twin !== undefined) {
        return twin.name;
      }
    }
    for (const pictures of alike) {
      pictures.push(picture);
    }
    return undefined;
  }
}

function differences(one: Picture, other: Picture): number {
  return ones(one.high ^ other.high) + ones(one.low ^ other.low);
}

/** How many of 32 bits are set. */
function ones(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) {
    count += 1;
  }
  return count;
}
