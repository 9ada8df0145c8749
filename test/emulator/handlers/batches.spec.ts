import assert from "node:assert/strict";
import { assertError, unknownId, useRawApi } from "../support.ts";

describe("emulator: batches", () => {
  const test = useRawApi();

  it("creates a batch with the fields of the contract and no counts", async () => {
    const batch = await test.createBatch(" spaced ");
    assert.deepEqual(Object.keys(batch).sort(), [
      "createdAt",
      "createdBy",
      "id",
      "metadata",
      "name",
      "projectId",
    ]);
    assert.equal(batch.name, " spaced ");
    assert.equal(batch.projectId, test.emulator.projectId);
    assert.deepEqual(batch.metadata, {});
  });

  it("keeps names unique in a project, and only there", async () => {
    await test.createBatch("twice");
    const again = await test.call("POST", `${test.project}/batches`, { name: "twice" });
    assertError(again, 409, "NAME_TAKEN", /"twice"/);
    const other = `/projects/${test.emulator.tenants[0]!.projectIds[1]}/batches`;
    assert.equal((await test.call("POST", other, { name: "twice" })).status, 201);
  });

  for (const [what, body] of [
    ["no name", {}],
    ["an empty name", { name: "" }],
    ["a name that is no string", { name: 7 }],
    ["an unknown field", { name: "a", colour: "red" }],
    ["an array", []],
    ["null", null],
    ["a bare string", '"name"'],
    ["JSON in a string", JSON.stringify('{"name":"a"}')],
    ["a number", 7],
  ] as const) {
    it(`refuses ${what} at create`, async () => {
      const answer = await test.call("POST", `${test.project}/batches`, body);
      assertError(answer, 400, "VALIDATION_FAILED", /body/);
    });
  }

  it("refuses a create without a body", async () => {
    assertError(await test.call("POST", `${test.project}/batches`), 400, "VALIDATION_FAILED");
  });

  it("renames, and replaces metadata as a whole", async () => {
    const { id } = await test.createBatch("first");
    const path = `${test.project}/batches/${id}`;
    await test.call("PATCH", path, { metadata: { a: 1, b: { c: 2 } } });
    const renamed = await test.call("PATCH", path, { name: "renamed" });
    assert.equal(renamed.status, 200);
    assert.deepEqual(renamed.body.metadata, { a: 1, b: { c: 2 } });
    const replaced = await test.call("PATCH", path, { metadata: { d: 3 } });
    assert.deepEqual([replaced.body.name, replaced.body.metadata], ["renamed", { d: 3 }]);
    const own = await test.call("PATCH", path, { name: "renamed" });
    assert.equal(own.status, 200);
    assertError(await test.call("PATCH", path, { name: "Default" }), 409, "NAME_TAKEN");
    assertError(await test.call("PATCH", path, { name: "" }), 400, "VALIDATION_FAILED");
    assertError(await test.call("PATCH", path, { metadata: null }), 400, "VALIDATION_FAILED");
  });

  it("answers 404 for a batch that is unknown or of another project", async () => {
    const { id } = await test.createBatch("mine");
    const other = test.emulator.tenants[0]!.projectIds[1];
    for (const path of [
      `${test.project}/batches/123456789`,
      `/projects/${other}/batches/${id}`,
      `/projects/${unknownId}/batches/${id}`,
    ]) {
      assertError(await test.call("PATCH", path, { name: "x" }), 404, "NOT_FOUND");
    }
    const noNumber = await test.call("PATCH", `${test.project}/batches/one`, { name: "x" });
    assertError(noNumber, 400, "VALIDATION_FAILED", /batchID/);
  });

  it("counts items in lists", async () => {
    const { id } = await test.createBatch("counted");
    const items = [];
    for (let index = 0; index < 3; index += 1) {
      items.push(await test.createItem({ batchId: id }));
    }
    const counts = async () => {
      const { body } = await test.call("GET", `${test.project}/batches?limit=100`);
      const batch = body.items.find((candidate: { id: number }) => candidate.id === id);
      return [batch.totalCount, batch.completedCount];
    };
    assert.deepEqual(await counts(), [3, 0]);
    for (const signal of ["start", "complete"]) {
      await test.signal(items[0].id, signal);
    }
    assert.deepEqual(await counts(), [3, 1]);
    await test.signal(items[0].id, "reopen");
    assert.deepEqual(await counts(), [3, 0]);
  });
});
