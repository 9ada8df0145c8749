import fc from "fast-check";
import { dialects } from "../../../emulator/dialects/table.ts";
import { changeSettings } from "../../../harness/emulator.ts";
import { triedDialects } from "../../support/dialects.ts";
import { useEmulator } from "../../support/emulator.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { isAll, seedsOf } from "../../support/tier.ts";
import { play } from "./scenario.ts";

const names = Object.keys(dialects);

describe("provider: a service that answers otherwise", () => {
  useShortWaits();
  const test = useEmulator();
  afterEach(() => changeSettings(test.emulator, { dialects: [], clockAheadMs: 0 }));

  for (const name of triedDialects) {
    it(`${name}: ${dialects[name]?.about}`, () => play(test.emulator, [name]));
  }

  if (isAll) {
    for (const seed of seedsOf(16)) {
      const [pairs = []] = fc.sample(
        fc.array(fc.uniqueArray(fc.constantFrom(...names), { minLength: 2, maxLength: 2 }), {
          minLength: 200,
          maxLength: 200,
        }),
        { numRuns: 1, seed },
      );
      for (const pair of pairs) {
        it(`${pair.join(" and ")}, of seed ${seed}`, () => play(test.emulator, pair));
      }
    }
  }
});
