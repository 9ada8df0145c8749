/** Pictures look alike if at most this many of their 64 bits differ. */
const mostDifferent = 3;

/** Four quarters: whatever differs in three bits has one without a difference. */
const quarterDigits = 4;

/** Files by how they look. */
export class LookAlikes {
  readonly #byQuarter = new Map<string, [likeness: string, name: string][]>();

  /** An earlier file that looks like this one, which is remembered if there is none. */
  twinOf(name: string, likeness: string): string | undefined {
    const quarters = Array.from({ length: likeness.length / quarterDigits }, (_, index) => {
      const at = index * quarterDigits;
      return `${index} ${likeness.slice(at, at + quarterDigits)}`;
    });
    for (const quarter of quarters) {
      const near = this.#byQuarter.get(quarter) ?? [];
      const twin = near.find(([other]) => differences(other, likeness) <= mostDifferent);
      if (twin !== undefined) {
        return twin[1];
      }
    }
    for (const quarter of quarters) {
      const near = this.#byQuarter.get(quarter) ?? [];
      this.#byQuarter.set(quarter, near);
      near.push([likeness, name]);
    }
    return undefined;
  }
}

/** How many bits differ. */
function differences(one: string, other: string): number {
  let bits = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  let count = 0;
  for (; bits > 0n; bits &= bits - 1n) {
    count += 1;
  }
  return count;
}
