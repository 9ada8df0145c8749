import assert from "node:assert/strict";
import { configurationProblems } from "../../policy/configuration.ts";
import { recommended } from "../../policy/index.ts";

describe("the configuration of a pack", () => {
  it("may have a level, or a level and settings, of each rule and of all", () => {
    const config = {
      all: "advisory",
      "set-size": "mandatory",
      "stack-size": { maximum: 5 },
      "batch-name-pattern": { enforcementLevel: "disabled", pattern: ".*" },
    };
    assert.deepEqual(configurationProblems(recommended, config), []);
  });

  it("may not have a rule, a level or a setting that there is not", () => {
    const config = {
      "batch-name-patern": "mandatory",
      nothing: {},
      "set-size": "mandatry",
      "stack-size": { enforcementLevel: "off", maximun: 5, of: 1 },
      "asset-host": { hosts: "example.com" },
      "asset-unique": { enforcementlevel: "advisory" },
    };
    const levels = "must be one of advisory, mandatory, remediate, disabled, got";
    assert.deepEqual(configurationProblems(recommended, config), [
      "batch-name-patern is not a rule of this pack: did you mean batch-name-pattern?",
      "nothing is not a rule of this pack",
      `the level of set-size ${levels} "mandatry"`,
      `the level of stack-size ${levels} "off"`,
      "the configuration of stack-size is wrong: it has no setting maximun: did you mean maximum?, and has no setting of",
      "the configuration of asset-host is wrong: hosts: Invalid input: expected array, received string",
      "the configuration of asset-unique is wrong: it has no setting enforcementlevel: did you mean enforcementLevel?",
    ]);
  });

  it("may not have limits that nothing is within, or defaults that do not help", () => {
    const config = {
      "deadline-limits": { minimumSeconds: 1_209_601 },
      "batch-deadline-limits": { limits: [{ batch: "a", minimumSeconds: 6, maximumSeconds: 5 }] },
      "batch-name-length": { maximum: 2 },
      "difficulty-range": { minimum: 60, maximum: 50 },
      "metadata-required": {
        keys: { costCentre: "\\d{4}", owner: ".+" },
        defaults: { costCenter: "4711", costCentre: "none", owner: "vision" },
      },
    };
    const wrong = (rule: string) => `the configuration of ${rule} is wrong:`;
    assert.deepEqual(configurationProblems(recommended, config), [
      `${wrong("deadline-limits")} minimumSeconds must not be more than maximumSeconds`,
      `${wrong("batch-deadline-limits")} limits[0].minimumSeconds must not be more than maximumSeconds`,
      `${wrong("batch-name-length")} minimum must not be more than maximum`,
      `${wrong("difficulty-range")} minimum must not be more than maximum`,
      `${wrong("metadata-required")} defaults.costCenter is not in keys: did you mean costCentre?; defaults.costCentre must match \\d{4}, got "none"`,
    ]);
    const equal = { "difficulty-range": { minimum: 50, maximum: 50 } };
    assert.deepEqual(configurationProblems(recommended, equal), []);
  });

  it("leaves the settings of rules that are from elsewhere to them", () => {
    const own = { name: "set-size", description: "Checks whether a set has an even size." };
    assert.deepEqual(configurationProblems([own], { "set-size": { isEven: true } }), []);
  });
});
