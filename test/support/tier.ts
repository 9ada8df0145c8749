/** Whether every row is run, and not only those that found a defect: `npm run test:all`. */
export const isAll: boolean = process.env.AIDP_TEST_ALL === "1";

/** The seeds of what is drawn: fixed ones, so that a change is judged by what it changes; of `AIDP_TEST_SEED`, if it is set. */
export function seedsOf(...fixed: number[]): number[] {
  const fresh = process.env.AIDP_TEST_SEED;
  return fresh === undefined ? fixed : fixed.map((seed) => (Number(fresh) + seed) >>> 0);
}
