import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { readJsonBody } from "../../../emulator/http/request-body.ts";
import { assertError, unknownId, useRawApi } from "../support.ts";

describe("emulator: HTTP", () => {
  const test = useRawApi();

  it("answers 404 as JSON to unknown routes and methods", async () => {
    const { origin, url } = test.emulator;
    for (const [method, target] of [
      ["GET", `${origin}/nothing`],
      ["POST", `${origin}/`],
      ["GET", `${origin}/_page/nothing`],
      ["GET", `${origin}/_page/../server.ts`],
      ["GET", `${origin}/api`],
      ["GET", `${url}/nothing`],
      ["GET", `${url}x/projects/${unknownId}/batches`],
      ["DELETE", `${url}${test.project}/workItems`],
      ["GET", `${origin}/_emulator/nothing`],
      ["POST", `${origin}/_emulator/stats`],
    ] as const) {
      const response = await fetch(target, { method });
      assert.equal(response.status, 404, target);
      const body = (await response.json()) as { error: { code: string } };
      assert.equal(body.error.code, "NOT_FOUND");
    }
  });

  it("gives every response a request id", async () => {
    const ids = new Set<string | null>();
    for (const path of [`${test.project}/batches`, "/nothing", `/projects/x/batches`]) {
      ids.add((await test.call("GET", path)).headers.get("x-request-id"));
    }
    assert.equal(ids.size, 3);
    assert.ok(!ids.has(null));
  });

  it("refuses malformed JSON", async () => {
    for (const text of ["{", '{"name":"a",}', "name=a", "\u0000"]) {
      const answer = await test.call("POST", `${test.project}/batches`, text);
      assertError(answer, 400, "INVALID_JSON");
    }
  });

  it("refuses JSON that is not UTF-8", async () => {
    for (const text of ['{"name":"\xff"}', '{"name":"\xc3"}', '{"name":"\xed\xa0\x80"}']) {
      const response = await fetch(`${test.emulator.url}${test.project}/batches`, {
        method: "POST",
        headers: { "x-api-key": test.emulator.apiKey, "content-type": "application/json" },
        body: Buffer.from(text, "latin1"),
      });
      const body = (await response.json()) as { error: { code: string } };
      assert.deepEqual([response.status, body.error.code], [400, "INVALID_JSON"]);
    }
  });

  it("refuses half of a character anywhere, and takes whole ones and what looks like half of one", async () => {
    const fields = { assetUrl: "a", assetType: "image" };
    const half = { "a\udc00": [{ b: 1 }] };
    for (const [path, body] of [
      [`${test.project}/batches`, { name: "a\ud83d" }],
      [`${test.space}/signedurls`, { paths: ["a\ud83d"] }],
      [`${test.project}/workItems`, { ...fields, metadata: half }],
      [`${test.project}/workItems`, { ...fields, metadata: { a: [["\uDBFFx"]] } }],
    ] as const) {
      assertError(await test.call("POST", path, body), 400, "VALIDATION_FAILED", /half/);
    }
    const text = String.raw`{"name":"\ud83d\ude00 \\ud83d"}`;
    const answer = await test.call("POST", `${test.project}/batches`, text);
    assert.deepEqual([answer.status, answer.body.name], [201, "😀 \\ud83d"]);
  });

  it("refuses a body that is not sent as JSON", async () => {
    const headers = { "content-type": "text/plain" };
    const answer = await test.call("POST", `${test.project}/batches`, '{"name":"a"}', { headers });
    assertError(answer, 400, "CONTENT_TYPE");
  });

  it("takes a charset in the content type", async () => {
    const headers = { "content-type": "application/json; charset=utf-8" };
    const body = { name: "größe" };
    const answer = await test.call("POST", `${test.project}/batches`, body, { headers });
    assert.deepEqual([answer.status, answer.body.name], [201, "größe"]);
  });

  it("takes bodies up to 2 MiB", async () => {
    const fields = (length: number) => ({
      assetUrl: "a",
      assetType: "image",
      metadata: { text: "x".repeat(length) },
    });
    const path = `${test.project}/workItems`;
    const largest = await test.call("POST", path, fields(2 * 1024 * 1024 - 100));
    assert.equal(largest.status, 201);
    const tooLarge = await test.call("POST", path, fields(2 * 1024 * 1024));
    assertError(tooLarge, 413, "BODY_TOO_LARGE");
  });

  it("keeps the bytes of a body, not its chunks, which may be millions", async () => {
    const text = Buffer.from('{"name":"a"}');
    const request = {
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
      async *[Symbol.asyncIterator]() {
        const chunk = Buffer.alloc(1);
        for (const byte of text) {
          chunk[0] = byte;
          yield chunk;
        }
      },
    };
    const { exact } = await readJsonBody(request as unknown as IncomingMessage);
    assert.deepEqual(exact, { name: "a" });
  });

  it("refuses JSON that is nested too deeply", async () => {
    const deep = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;
    const body = `{"assetUrl":"a","assetType":"image","metadata":${deep}}`;
    const answer = await test.call("POST", `${test.project}/workItems`, body);
    assertError(answer, 400, "VALIDATION_FAILED", /nested/);
  });

  it("survives names that mean something to JavaScript", async () => {
    const answer = await test.call("GET", `${test.project}/batches?__proto__=1&constructor=2`);
    assertError(answer, 400, "VALIDATION_FAILED");
    const metadata = JSON.parse('{"__proto__":{"a":1},"constructor":"c"}');
    const item = await test.createItem({ metadata });
    assert.deepEqual(JSON.stringify(item.metadata), JSON.stringify(metadata));
  });
});
