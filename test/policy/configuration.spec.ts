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
    };
    const levels = "must be one of advisory, mandatory, remediate, disabled, got";
    assert.deepEqual(configurationProblems(recommended, config), [
      "batch-name-patern is not a rule of this pack: did you mean batch-name-pattern?",
      "nothing is not a rule of this pack",
      `the level of set-size ${levels} "mandatry"`,
      `the level of stack-size ${levels} "off"`,
      "the configuration of stack-size is wrong: it has no setting maximun: did you mean maximum?, and has no setting of",
      "the configuration of asset-host is wrong: hosts: Invalid input: expected array, received string",
    ]);
  });

  it("leaves the settings of rules that are from elsewhere to them", () => {
    const own = { name: "set-size", description: "Checks whether a set has an even size." };
    assert.deepEqual(configurationProblems([own], { "set-size": { isEven: true } }), []);
  });
});
