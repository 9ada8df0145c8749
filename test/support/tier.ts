/** Whether everything is run that takes long, as `npm run test:all` does, and not only what has found defects. */
export const isAll: boolean = process.env.AIDP_TEST_ALL === "1";

/** Whether every set is packed, as `npm run test:packed` has it: the engine then shows no item by itself. */
export const isPacked: boolean = process.env.AIDP_ENTRIES_SHOWN === "0";

/** How many random cases are drawn: all, or a third of them. */
export function casesOf(all: number): number {
  return isAll ? all : Math.ceil(all / 3);
}

/** Known seeds, so that a change is judged by what it changes. `AIDP_TEST_SEED` draws others. */
export function seedsOf(...known: number[]): number[] {
  const fresh = process.env.AIDP_TEST_SEED;
  return fresh === undefined ? known : known.map((seed) => (Number(fresh) + seed) % 2 ** 31);
}
