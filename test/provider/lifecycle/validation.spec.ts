import assert from "node:assert/strict";
import { z } from "zod";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { hasUnknown, isUnknown } from "../../../provider/lifecycle/unknown-values.ts";
import { findFailures } from "../../../provider/lifecycle/validation.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { signedUploadLifecycle } from "../../../provider/resources/signed-upload.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";

// What Pulumi puts in the place of a value that is not known yet, whatever its type.
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const defaults = { projectId: uuid, spaceId: uuid };

describe("provider: unknown values", () => {
  it("are seen at any depth", () => {
    assert.equal(isUnknown(unknown), true);
    assert.equal(isUnknown({ a: unknown }), false);
    for (const value of [unknown, [1, unknown], { a: [{ b: unknown }] }]) {
      assert.equal(hasUnknown(value), true, JSON.stringify(value));
    }
    for (const value of [null, undefined, 1, uuid, {}, [{ a: null }]]) {
      assert.equal(hasUnknown(value), false, JSON.stringify(value));
    }
  });

  const known = { assetUrl: "uploads/a.png", name: "batch", source: import.meta.filename };
  const cases: [string, { check: typeof batchLifecycle.check }, Plain][] = [
    ["Batch", batchLifecycle, { name: unknown }],
    ["Batch", batchLifecycle, { name: known.name, metadata: unknown }],
    ["Batch", batchLifecycle, { name: known.name, metadata: { a: unknown } }],
    ["Batch", batchLifecycle, { name: known.name, projectId: unknown, adopt: unknown }],
    ["SignedUpload", signedUploadLifecycle, { source: unknown }],
    ["SignedUpload", signedUploadLifecycle, { source: known.source, contentType: unknown }],
    ["SignedUpload", signedUploadLifecycle, { source: known.source, spaceId: unknown }],
    ...[
      { assetUrl: unknown },
      ...[
        "assetId",
        "assetType",
        "batchId",
        "resultsUrl",
        "taxonomyVersionId",
        "metadata",
        "dueInSeconds",
        "dueAt",
        "difficulty",
        "labels",
        "onWorkInProgress",
        "projectId",
      ].map((field) => ({ assetUrl: known.assetUrl, [field]: unknown })),
      { assetUrl: known.assetUrl, metadata: { a: [unknown] } },
      { assetUrl: known.assetUrl, labels: [unknown] },
      { assetUrl: known.assetUrl, labels: [{ bbox: unknown }] },
      { assetUrl: known.assetUrl, labels: [{ bbox: [1, 2, unknown, 4] }] },
      { assetUrl: known.assetUrl, labels: [{ bbox: [1, 2, 3, 4], metadata: unknown }] },
      { assetUrl: known.assetUrl, batchId: `${uuid}/7`, projectId: unknown },
    ].map((inputs): [string, typeof workItemLifecycle, Plain] => [
      "WorkItem",
      workItemLifecycle,
      inputs,
    ]),
  ];
  for (const [kind, lifecycle, inputs] of cases) {
    it(`are no failure of a ${kind}: ${JSON.stringify(inputs).replaceAll(unknown, "?")}`, async () => {
      const checked = await lifecycle.check(inputs, {}, defaults);
      assert.deepEqual(checked.failures, []);
      for (const [field, value] of Object.entries(inputs)) {
        if (hasUnknown(value)) {
          assert.deepEqual(checked.inputs[field], value, `${field} passes as it is`);
        }
      }
    });
  }

  it("hide no failure of the values beside them", async () => {
    const inputs = { assetUrl: unknown, difficulty: 101, labels: [{ bbox: [unknown, "x", 3, 4] }] };
    const { failures } = await workItemLifecycle.check(inputs, {}, defaults);
    assert.deepEqual(failures.map(({ property }) => property).sort(), ["difficulty", "labels"]);
  });
});

describe("provider: validation", () => {
  const schema = z.strictObject({
    size: z.number({ error: "must be a number" }),
    parts: z.array(z.strictObject({ name: z.string({ error: "is required" }) })).optional(),
  });

  const cases: [Plain, string, string][] = [
    [{ size: "x" }, "size", "size must be a number"],
    [{ size: 1, sise: 2 }, "sise", "sise is not an input of this resource: did you mean size?"],
    [{ size: 1, colour: 2 }, "colour", "colour is not an input of this resource"],
    [{ size: 1, "": 2 }, "", '"" is not an input of this resource'],
    [{ size: 1, parts: [{ name: "a" }, {}] }, "parts", "parts[1].name is required"],
  ];
  for (const [inputs, property, reason] of cases) {
    it(`says "${reason}"`, () => {
      assert.deepEqual(findFailures(schema, inputs), [{ property, reason }]);
    });
  }

  it("names every input that does not exist", () => {
    const properties = findFailures(schema, { size: 1, a: 1, b: 2 }).map(
      ({ property }) => property,
    );
    assert.deepEqual(properties, ["a", "b"]);
  });
});
