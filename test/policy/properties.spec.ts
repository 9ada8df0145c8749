import assert from "node:assert/strict";
import * as policy from "../../policy/index.ts";
import { junk, kinds } from "../provider/properties/inputs.ts";
import fc from "../support/fast-check.ts";
import { casesOf } from "../support/tier.ts";
import { type Rule, reports } from "./support.ts";

const { recommended: _, strict: __, ...rules } = policy;

describe("every rule, whatever is declared", () => {
  for (const rule of Object.values<Rule>(rules)) {
    it(`${rule.name} throws nothing`, async () => {
      const kind = fc.constantFrom("Batch", "WorkItem", "WorkItemSet");
      const resource = kind.chain((of) => junk(kinds[of]).map((props) => ({ kind: of, props })));
      await fc.assert(
        fc.asyncProperty(fc.array(resource, { maxLength: 3 }), async (resources) => {
          const named = resources.map((each, index) => ({ ...each, name: `r${index}` }));
          for (const message of await reports(rule, named)) {
            assert.notEqual(message, "");
          }
        }),
        { numRuns: casesOf(50) },
      );
    });
  }
});
