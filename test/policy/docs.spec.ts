import assert from "node:assert/strict";
import { policyDocs } from "../../scripts/policy-docs.ts";

describe("docs/policies.md", () => {
  it("has the rules and settings as they are; `npm run docs:policies` writes them", () => {
    const { found, expected } = policyDocs();
    assert.equal(found, expected);
  });
});
