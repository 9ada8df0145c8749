import assert from "node:assert/strict";
import { Client } from "../../../provider/api/client.ts";
import { ResponseError } from "../../../provider/api/errors.ts";
import { errorOf } from "../../support/errors.ts";
import { answerOf, askedOperations, largeId } from "../../support/operations.ts";
import { useRawServer } from "../../support/raw-server.ts";

/** The optional fields of each kind of thing, which may be missing or null. */
const optional: Record<string, string[]> = {
  batch: ["projectId", "createdBy", "createdAt", "metadata", "totalCount", "completedCount"],
  project: ["description", "createdAt", "spaceID", "dataType", "companyID"],
  workItem: [
    ...["assetUrl", "assetId", "batchId", "resultsUrl", "taxonomyVersionId", "metadata"],
    ...["dueInSeconds", "difficulty", "assetType", "labels", "createdAt", "updatedAt"],
  ],
  annotation: [
    ...["projectID", "workItemID", "inference", "groundTruthReviewer"],
    ...["createdAt", "updatedAt", "metadata"],
  ],
  export: ["name", "format", "content", "createdBy", "downloadUrl", "error", "createdAt"],
};
const kinds: [RegExp, string][] = [
  [/batch/i, "batch"],
  [/project/i, "project"],
  [/workItem/i, "workItem"],
  [/annotation/i, "annotation"],
  [/export/i, "export"],
];

describe("provider: answers that are not as they were", () => {
  const server = useRawServer();
  const client = (others?: { allowHttp: boolean }) =>
    new Client({ apiKey: "key", baseUrl: server.origin, ...others });

  const documented = Object.entries(askedOperations).filter(([, each]) => !each.undocumented);
  for (const [name, operation] of documented) {
    const { ask, least } = operation;
    const wrapped = (json: string) => answerOf(operation, json);
    const first = (answer: unknown) => (Array.isArray(answer) ? answer[0] : answer);
    const known = optional[kinds.find(([form]) => form.test(name))?.[1] ?? ""] ?? [];

    it(`${name}: is read without what is optional, or with null in its place`, async () => {
      server.answersJson(wrapped(least));
      const missing = first(await ask(client())) as Record<string, unknown>;
      const nulls = known.map((field) => `,"${field}":null`).join("");
      server.answersJson(wrapped(least.replace(/\}$/, `${nulls}}`)));
      const empty = first(await ask(client())) as Record<string, unknown>;
      for (const field of known) {
        assert.deepEqual([field, missing[field], empty[field]], [field, undefined, null]);
      }
    });

    it(`${name}: keeps what is unknown, its numbers to the digit`, async () => {
      const more = `,"priority":{"level":[1,null,"CLIENT_REVIEW"],"of":${largeId}}}`;
      server.answersJson(wrapped(least.replace(/\}$/, more)));
      const { priority } = first(await ask(client())) as Record<string, unknown>;
      assert.deepEqual(priority, { level: [1, null, "CLIENT_REVIEW"], of: largeId });
    });

    it(`${name}: is refused without a field that it needs, or with one of another type`, async () => {
      const fields = Object.keys(JSON.parse(least));
      for (const field of fields) {
        for (const wrong of [undefined, null, true, [], {}, 1.5]) {
          const broken = { ...JSON.parse(least), [field]: wrong };
          server.answersJson(wrapped(JSON.stringify(broken)));
          const { message } = await errorOf(ask(client()), ResponseError);
          assert.match(
            message,
            new RegExp(
              `^[A-Z]+ /\\S+ answered without a usable "(items\\.0\\.)?${field}" \\([^\\n]+\\)$`,
            ),
          );
        }
      }
    });

    it(`${name}: is refused where it is no such thing at all`, async () => {
      for (const json of ["[]", "null", "7", '"text"', "true", "{}", '{"error":"late"}']) {
        server.answersJson(json);
        const { message } = await errorOf(ask(client()), ResponseError);
        assert.match(message, /^[A-Z]+ \/\S+ answered without a usable /);
      }
    });
  }

  const numbers: [string, string, Record<string, unknown>][] = [
    ["text", '"12"', { dueInSeconds: 12, difficulty: 12, assetId: "12", batchId: "12" }],
    ["numbers", "12", { dueInSeconds: 12, difficulty: 12, assetId: "12", batchId: "12" }],
  ];
  for (const [name, written, expected] of numbers) {
    it(`numbers that come as ${name} are read`, async () => {
      const fields = Object.keys(expected).map((field) => `"${field}":${written}`);
      server.answersJson(`{"items":[{"id":"w","status":"NEW",${fields}}]}`);
      const [item] = await Array.fromAsync(client().workItems.list("p"));
      assert.deepEqual(item, { id: "w", status: "NEW", ...expected });
      server.answersJson(`{"items":[{"id":1,"name":"n","totalCount":${written}}]}`);
      const [batch] = await Array.fromAsync(client().batches.list("p"));
      assert.equal(batch?.totalCount, 12);
    });
  }

  for (const id of [
    "1e21",
    "1e300",
    "1.5",
    '"1e21"',
    '"0x7"',
    '""',
    '" 7"',
    '"7 "',
    '"12345678901234567890"',
  ]) {
    it(`${id} is no int64`, async () => {
      server.answersJson(`{"id":${id},"name":"n"}`);
      const { message } = await errorOf(client().batches.create("p", { name: "n" }), ResponseError);
      assert.match(message, /without a usable "id" \(must be an int64\)/);
    });
  }

  for (const [url, allowHttp] of [
    ["http://files.example/p", false],
    ...["file:///etc/passwd", "data:,a", "ftp://a/b", "/p"].map((each) => [each, true] as const),
  ] as const) {
    it(`${url} is no URL to send or fetch a file with`, async () => {
      const given = client({ allowHttp });
      server.answersJson(`{"items":[{"path":"p","signedUrl":"${url}"}]}`);
      const { message } = await errorOf(given.signedUrls.forUpload("s"), ResponseError);
      assert.match(message, /without a usable "items\.0\.signedUrl"/);
      server.answersJson(`{"exportId":"e","status":"COMPLETED","downloadUrl":"${url}"}`);
      assert.match(
        (await errorOf(given.exports.get("s", "e"), ResponseError)).message,
        /without a usable "downloadUrl"/,
      );
    });
  }

  it("a URL of http on another machine is one where it is told so", async () => {
    const signedUrl = "http://files.example/p";
    server.answersJson(JSON.stringify({ items: [{ path: "p", signedUrl }] }));
    const [target] = await client({ allowHttp: true }).signedUrls.forUpload("s");
    assert.equal(target?.signedUrl, signedUrl);
  });

  it("an empty list may be null, a missing one is refused", async () => {
    server.answersJson('{"items":null}');
    assert.deepEqual(await Array.fromAsync(client().workItems.list("p")), []);
    server.answersJson('{"meta":{}}');
    await errorOf(Array.fromAsync(client().workItems.list("p")), ResponseError);
  });

  it("a cursor under one name counts, also where the other one is empty", async () => {
    for (const meta of [
      '"cursor_next":"","cursorNext":"a"',
      '"cursor_next":"a","cursorNext":null',
    ]) {
      server.answers(({ url }, response) => {
        const page = url.includes("cursor=a") ? 2 : 1;
        const more = page === 1 ? `,"meta":{${meta}}` : "";
        response.end(`{"items":[{"id":"w${page}","status":"NEW"}]${more}}`);
      });
      const found = await Array.fromAsync(client().workItems.list("p"));
      assert.deepEqual(
        found.map(({ id }) => id),
        ["w1", "w2"],
        meta,
      );
    }
  });
});
