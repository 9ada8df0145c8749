import assert from "node:assert/strict";
import { assertError, unknownId, useRawApi } from "../support.ts";

const item = { assetUrl: "a", assetType: "image" };
const signal = { signal: "start", taskType: "labeling", signalOutcome: "OK" };

/** Every operation, with a request that is valid but for the ids. */
const operations: Array<[name: string, method: string, path: string, body?: unknown]> = [
  ["createUploadUrls", "GET", "/spaces/{space}/signedurls"],
  ["createReadUrls", "POST", "/spaces/{space}/signedurls", { paths: ["a"] }],
  ["createBatch", "POST", "/projects/{project}/batches", { name: "a" }],
  ["listBatches", "GET", "/projects/{project}/batches"],
  ["updateBatch", "PATCH", "/projects/{project}/batches/1", {}],
  ["listProjects", "GET", "/spaces/{space}/projects"],
  ["getProject", "GET", "/spaces/{space}/projects/{project}"],
  [
    "signalWorkItems",
    "POST",
    "/projects/{project}/workItems/signal",
    { signal: "start", workItems: [{ workItemID: unknownId }] },
  ],
  ["createWorkItem", "POST", "/projects/{project}/workItems", item],
  ["listWorkItems", "GET", "/projects/{project}/workItems"],
  ["setLabels", "PUT", `/projects/{project}/workItems/${unknownId}/labels`, { labels: [] }],
  ["getAnnotation", "GET", `/projects/{project}/workItems/${unknownId}/annotations`],
  ["signalWorkItem", "POST", `/projects/{project}/workItems/${unknownId}/signal`, signal],
  ["createExport", "POST", "/spaces/{space}/exports", { name: "a", format: "CSV" }],
  ["listExports", "GET", "/spaces/{space}/exports"],
  ["getExport", "GET", `/spaces/{space}/exports/${unknownId}`],
  ["deleteExport", "DELETE", `/spaces/{space}/exports/${unknownId}`],
];

describe("emulator: access", () => {
  const test = useRawApi();

  const fill = (path: string, space: string, project: string) =>
    path.replace("{space}", space).replace("{project}", project);

  it("has two companies, three spaces and a key for each", () => {
    const { tenants } = test.emulator;
    assert.equal(new Set(tenants.map(({ companyId }) => companyId)).size, 2);
    assert.equal(new Set(tenants.map(({ spaceId }) => spaceId)).size, 3);
    assert.equal(new Set(tenants.map(({ apiKey }) => apiKey)).size, 3);
    assert.deepEqual(
      tenants.map(({ projectIds }) => projectIds.length),
      [2, 1, 1],
    );
    assert.equal(tenants[0]!.companyId, tenants[1]!.companyId);
  });

  for (const [name, method, path, body] of operations) {
    it(`${name}: 401 without a key or with a wrong one, before anything else`, async () => {
      const { spaceId, projectId } = test.emulator;
      for (const key of [null, "", "wrong"]) {
        const answer = await test.call(method, fill(path, spaceId, projectId), body, { key });
        assertError(answer, 401, "UNAUTHORIZED");
        const invalid = await test.call(method, fill(path, "x", "x"), body, { key });
        assertError(invalid, 401, "UNAUTHORIZED");
      }
    });

    it(`${name}: 403 with the key of another space, 404 for what is unknown`, async () => {
      const [own, sibling, stranger] = test.emulator.tenants;
      for (const other of [sibling!, stranger!]) {
        const foreign = fill(path, own!.spaceId, own!.projectIds[0]!);
        const answer = await test.call(method, foreign, body, { key: other.apiKey });
        assertError(answer, 403, "FORBIDDEN");
      }
      assertError(
        await test.call(method, fill(path, unknownId, unknownId), body),
        404,
        "NOT_FOUND",
      );
    });

    it(`${name}: 400 for an id that is no UUID`, async () => {
      for (const id of ["x", "%00", "..%2F..", "%E0%A4%A", `${unknownId}x`]) {
        const answer = await test.call(method, fill(path, id, id), body);
        assertError(answer, 400, "VALIDATION_FAILED");
      }
    });
  }

  it("lists the projects of a space, and gets each", async () => {
    const { tenants, spaceId } = test.emulator;
    const { body } = await test.call("GET", `${test.space}/projects`);
    assert.deepEqual(
      body.items.map((project: { id: string }) => project.id),
      tenants[0]!.projectIds,
    );
    const [first] = body.items;
    assert.deepEqual([first.spaceID, first.companyID], [spaceId, tenants[0]!.companyId]);
    const single = await test.call("GET", `${test.space}/projects/${first.id}`);
    assert.deepEqual([single.status, single.body], [200, first]);
    const foreign = await test.call("GET", `${test.space}/projects/${tenants[1]!.projectIds[0]}`);
    assertError(foreign, 404, "NOT_FOUND");
  });

  it("gives every project a Default batch", async () => {
    for (const { apiKey: key, projectIds } of test.emulator.tenants) {
      for (const id of projectIds) {
        const { body } = await test.call("GET", `/projects/${id}/batches`, undefined, { key });
        assert.deepEqual(
          body.items.map((batch: { name: string }) => batch.name),
          ["Default"],
        );
      }
    }
  });
});
