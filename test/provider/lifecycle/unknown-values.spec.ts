import assert from "node:assert/strict";
import runtime from "@pulumi/pulumi/runtime/index.js";
import { hasUnknown, isUnknown } from "../../../provider/lifecycle/unknown-values.ts";

describe("provider: values that are not known at preview", () => {
  it("are what the SDK says they are, at any depth", () => {
    assert.ok(isUnknown(runtime.unknownValue));
    assert.ok(hasUnknown({ a: [{ b: runtime.unknownValue }] }));
    assert.ok(!hasUnknown({ a: ["known", null, 1] }));
  });
});
