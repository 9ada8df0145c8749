import assert from "node:assert/strict";
import { assertError, until, useRawApi } from "../support.ts";

describe("emulator: faults", () => {
  const test = useRawApi();
  afterEach(() => test.control("DELETE", "/faults"));

  async function order(fault: Record<string, unknown>): Promise<number> {
    const { status, body } = await test.control("POST", "/faults", fault);
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }

  const create = () =>
    test.call("POST", `${test.project}/workItems`, { assetUrl: "a", assetType: "image" });
  const count = async () => (await test.listItems("?limit=100")).items.length;

  it("answers with the status, headers and body ordered, without doing the work", async () => {
    const before = await count();
    const id = await order({
      operation: "createWorkItem",
      status: 503,
      headers: { "x-extra": "1" },
      body: { reason: "tired" },
      retryAfter: 7,
    });
    const answer = await create();
    assert.deepEqual([answer.status, answer.body], [503, { reason: "tired" }]);
    assert.equal(answer.headers.get("retry-after"), "7");
    assert.equal(answer.headers.get("x-extra"), "1");
    assert.ok(answer.headers.get("x-request-id"));
    assert.equal(await count(), before);
    assert.equal((await create()).status, 201);
    const { body } = await test.control("GET", "/faults");
    assert.deepEqual([body.items[0].id, body.items[0].hits], [id, 1]);
  });

  it("has an error body of its own, a text body, and a date to retry after", async () => {
    await order({ operation: "*", status: 500 });
    assertError(await create(), 500, "FAULT");
    const retryAfter = new Date(Date.now() + 60_000).toUTCString();
    await order({ operation: "*", status: 502, body: "<html>Bad gateway</html>", retryAfter });
    const text = await create();
    assert.equal(text.body, "<html>Bad gateway</html>");
    assert.match(text.headers.get("content-type") ?? "", /^text\/plain/);
    assert.equal(text.headers.get("retry-after"), retryAfter);
  });

  it("hits the named operation only, after `skip` requests, `times` times", async () => {
    await order({ operation: "createWorkItem", status: 500, skip: 1, times: 2 });
    assert.equal((await test.call("GET", `${test.project}/workItems`)).status, 200);
    const statuses = [];
    for (let index = 0; index < 4; index += 1) {
      statuses.push((await create()).status);
    }
    assert.deepEqual(statuses, [201, 500, 500, 201]);
  });

  it("hits until cleared with times 0", async () => {
    await order({ operation: "*", status: 500, times: 0 });
    for (let index = 0; index < 3; index += 1) {
      assert.equal((await create()).status, 500);
    }
    await test.control("DELETE", "/faults");
    assert.equal((await create()).status, 201);
    assert.deepEqual((await test.control("GET", "/faults")).body.items, []);
  });

  for (const [what, fault, created] of [
    ["resets before the work", { reset: "before" }, 0],
    ["resets after the work", { reset: "after" }, 1],
    ["truncates the answer", { truncate: true }, 1],
  ] as const) {
    it(`${what}: the client sees a broken connection`, async () => {
      const before = await count();
      await order({ operation: "createWorkItem", ...fault });
      await assert.rejects(create());
      assert.equal(await count(), before + created);
    });
  }

  it("does the work and still answers an error with workDone", async () => {
    const before = await count();
    await order({ operation: "createWorkItem", status: 504, workDone: true });
    assert.equal((await create()).status, 504);
    assert.equal(await count(), before + 1);
  });

  it("holds a request up, then serves it", async () => {
    await order({ operation: "createWorkItem", latencyMs: 300 });
    const finished: string[] = [];
    const held = create().then(({ status }) => finished.push(`held ${status}`));
    await until(async () => (await test.control("GET", "/faults")).body.items[0].hits === 1);
    const next = create().then(({ status }) => finished.push(`next ${status}`));
    await Promise.all([held, next]);
    assert.deepEqual(finished, ["next 201", "held 201"]);
  });

  it("hits files as well", async () => {
    const { path, signedUrl } = await test.uploadUrl();
    const upload = () =>
      fetch(signedUrl, { method: "PUT", body: "1234", headers: { "content-type": "a/b" } });
    await order({ operation: "putFile", status: 503 });
    assert.equal((await upload()).status, 503);
    await order({ operation: "putFile", reset: "before" });
    await assert.rejects(upload());
    assert.equal((await upload()).status, 200);
    const url = await test.readUrl(path);
    await order({ operation: "getFile", truncate: true });
    await assert.rejects(async () => (await fetch(url)).text());
    assert.equal(await (await fetch(url)).text(), "1234");
  });

  for (const [what, fault] of [
    ["no operation", { status: 500 }],
    ["an unknown operation", { operation: "deleteBatch", status: 500 }],
    ["no effect", { operation: "*" }],
    ["a status that is none", { operation: "*", status: 700 }],
    ["a reset at no known time", { operation: "*", reset: "during" }],
    ["negative times", { operation: "*", status: 500, times: -1 }],
    ["headers without a status", { operation: "*", latencyMs: 1, headers: { a: "b" } }],
    ["a status and a reset", { operation: "*", status: 500, reset: "after" }],
    ["a header that cannot be sent", { operation: "*", status: 500, headers: { "a b": "c" } }],
    ["a header value that cannot be sent", { operation: "*", status: 500, retryAfter: "a\nb" }],
    ["an unknown field", { operation: "*", status: 500, often: true }],
  ] as const) {
    it(`refuses a fault with ${what}`, async () => {
      assertError(await test.control("POST", "/faults", fault), 400, "VALIDATION_FAILED");
    });
  }
});
