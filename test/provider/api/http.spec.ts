import assert from "node:assert/strict";
import { mock } from "node:test";
import {
  addFault,
  clientOf,
  type Fault,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import {
  type ApiError,
  CancelledError,
  ConnectionLostError,
  NoAnswerError,
  RateLimitError,
  ServerError,
  UnreachableError,
} from "../../../provider/api/errors.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { RawServer, useRawServer } from "../../support/raw-server.ts";

describe("provider: requests and their repetition", () => {
  const test = useEmulator();
  const server = useRawServer();
  beforeEach(() => resetRequests(test.emulator));

  const asset = { assetUrl: "uploads/a.png", assetType: "image" };
  const create = () => clientOf(test.emulator).workItems.create(test.emulator.projectId, asset);
  const sent = async (operation: string) =>
    (await requests(test.emulator)).requests[operation] ?? 0;
  const count = async () => (await storeOf(test.emulator)).workItems.length;

  it("sends the key, JSON and its own name, and nothing of the key in the URL", async () => {
    server.answersJson('{"id":1,"name":"n"}');
    const client = new Client({ apiKey: "the-key", baseUrl: `${server.origin}/api/v1` });
    await client.batches.create("p", { name: "n" });
    const [{ headers, url, method, body }] = server.received as [(typeof server.received)[0]];
    assert.deepEqual(
      [method, url, body, headers["x-api-key"], headers["content-type"], headers["user-agent"]],
      [
        "POST",
        "/api/v1/projects/p/batches",
        '{"name":"n"}',
        "the-key",
        "application/json",
        "pulumi-ai-data-platform",
      ],
    );
  });

  it("escapes what is put in a path", async () => {
    server.answersJson('{"id":"a","name":"n"}');
    await new Client({ apiKey: "k", baseUrl: server.origin }).projects.get("a/../b", "c?d#e");
    assert.equal(server.received[0]?.url, "/spaces/a%2F..%2Fb/projects/c%3Fd%23e");
  });

  it("repeats nothing once it is cancelled", async () => {
    const cancel = new AbortController();
    server.answers((_request, response) => {
      cancel.abort();
      response.writeHead(429, { "retry-after": "0" }).end();
    });
    const client = new Client({ apiKey: "k", baseUrl: server.origin, signal: cancel.signal });
    await errorOf(client.batches.create("p", { name: "n" }), CancelledError);
    assert.equal(server.received.length, 1);
  });

  it("sends nothing more once it is cancelled", async () => {
    server.answersJson('{"id":1,"name":"n"}');
    const cancel = new AbortController();
    const client = new Client({ apiKey: "k", baseUrl: server.origin, signal: cancel.signal });
    await client.batches.create("p", { name: "n" });
    cancel.abort();
    const error = await errorOf(client.batches.create("p", { name: "m" }));
    assert.ok(error instanceof CancelledError);
    assert.equal(server.received.length, 1);
  });

  const passing: Omit<Fault, "operation">[] = [
    { status: 500 },
    { status: 502 },
    { status: 503 },
    { status: 504 },
    { status: 429, retryAfter: 0 },
    { reset: "before" },
    { reset: "after" },
    { truncate: true },
  ];
  for (const fault of passing) {
    it(`repeats a GET after ${JSON.stringify(fault)}`, async () => {
      await addFault(test.emulator, { operation: "listProjects", ...fault });
      const projects = await clientOf(test.emulator).projects.list(test.emulator.spaceId);
      assert.equal(projects.length, 2);
      assert.equal(await sent("listProjects"), 2);
    });
  }

  it("gives up a GET after four repetitions", async () => {
    await addFault(test.emulator, {
      operation: "listProjects",
      status: 503,
      retryAfter: 0,
      times: 0,
    });
    await errorOf(clientOf(test.emulator).projects.list(test.emulator.spaceId), ServerError);
    assert.equal(await sent("listProjects"), 5);
  });

  it("draws each wait before a repetition, so that many do not come back at once", async () => {
    const { random } = Math;
    let drawn = 0;
    Math.random = () => {
      drawn += 1;
      return 0;
    };
    try {
      server.answers((_request, response) => response.writeHead(500).end());
      const client = new Client({ apiKey: "k", baseUrl: server.origin });
      await errorOf(client.projects.list("s"), ServerError);
    } finally {
      Math.random = random;
    }
    assert.deepEqual([drawn, server.received.length], [4, 5]);
  });

  for (const status of [400, 401, 403, 404, 409]) {
    it(`does not repeat a GET after ${status}`, async () => {
      await addFault(test.emulator, { operation: "listProjects", status });
      await errorOf(clientOf(test.emulator).projects.list(test.emulator.spaceId));
      assert.equal(await sent("listProjects"), 1);
    });
  }

  it("repeats a PATCH and a PUT, which change nothing more the second time", async () => {
    const { emulator } = test;
    const client = clientOf(emulator);
    const batch = await client.batches.create(emulator.projectId, { name: "patched" });
    const item = await create();
    await addFault(emulator, { operation: "updateBatch", reset: "after" });
    await addFault(emulator, { operation: "setLabels", status: 502 });
    await client.batches.update(emulator.projectId, batch.id, { metadata: { a: 1 } });
    await client.workItems.setLabels(emulator.projectId, item.id, [{ bbox: [1, 2, 3, 4] }]);
    assert.deepEqual([await sent("updateBatch"), await sent("setLabels")], [2, 2]);
    const { batches, workItems } = await storeOf(emulator);
    assert.deepEqual(batches.find(({ name }) => name === "patched")?.metadata, { a: 1 });
    assert.equal(workItems.find(({ id }) => id === item.id)?.labels?.length, 1);
  });

  const once: [Omit<Fault, "operation">, typeof ApiError, number][] = [
    [{ status: 500 }, ServerError, 0],
    [{ status: 502 }, ServerError, 0],
    [{ status: 503 }, ServerError, 0],
    [{ status: 504, workDone: true }, ServerError, 1],
    [{ reset: "before" }, ConnectionLostError, 0],
    [{ reset: "after" }, ConnectionLostError, 1],
    [{ truncate: true }, ConnectionLostError, 1],
  ];
  for (const [fault, type, made] of once) {
    it(`sends the POST of a work item once, though ${JSON.stringify(fault)}`, async () => {
      const before = await count();
      await addFault(test.emulator, { operation: "createWorkItem", ...fault });
      const error = await errorOf(create(), type);
      assert.match(error.message, /^POST /);
      assert.equal(await sent("createWorkItem"), 1);
      assert.equal(await count(), before + made);
    });
  }

  const refused: Omit<Fault, "operation">[] = [
    { status: 429 },
    { status: 429, retryAfter: 0 },
    { status: 503, retryAfter: 0 },
  ];
  for (const fault of refused) {
    it(`repeats the POST of a work item that the server did not begin: ${JSON.stringify(fault)}`, async () => {
      const before = await count();
      await addFault(test.emulator, { operation: "createWorkItem", times: 2, ...fault });
      await create();
      assert.equal(await sent("createWorkItem"), 3);
      assert.equal(await count(), before + 1);
    });
  }

  it("gives up a POST that the rate limit keeps out", async () => {
    await addFault(test.emulator, {
      operation: "createWorkItem",
      status: 429,
      retryAfter: 0,
      times: 0,
    });
    const { message } = await errorOf(create(), RateLimitError);
    assert.match(message, /The rate limit did not clear: run the update again later$/);
    assert.equal(await sent("createWorkItem"), 5);
  });

  it("gives up a request after 30 s of silence", async () => {
    const asked = new Promise<void>((resolve) => server.answers(() => resolve()));
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const error = errorOf(
        new Client({ apiKey: "k", baseUrl: server.origin }).workItems.create("p", asset),
        NoAnswerError,
      );
      await asked;
      mock.timers.tick(29_999);
      const early = await Promise.race([error, new Promise((resolve) => setImmediate(resolve))]);
      assert.equal(early, undefined);
      mock.timers.tick(1);
      await error;
    } finally {
      mock.timers.reset();
    }
    assert.equal(server.received.length, 1);
  });

  describe("while nothing listens", () => {
    // Of its own, so that no earlier connection to it is kept open.
    const late = new RawServer();
    let origin: string;
    before(async () => {
      await late.start();
      ({ origin } = late);
      await late.stop();
    });
    after(() => late.stop());

    it("gives up in the end", async () => {
      const client = new Client({ apiKey: "k", baseUrl: origin });
      await errorOf(client.projects.list("s"), UnreachableError);
    });

    it("sends even a creation again, as it was never taken", async () => {
      const created = new Client({ apiKey: "k", baseUrl: origin }).workItems.create("p", asset);
      // Refused after the creation was.
      await assert.rejects(fetch(origin));
      await late.start(Number(new URL(origin).port));
      late.answersJson('{"id":"i","status":"NEW"}');
      assert.equal((await created).id, "i");
      assert.equal(late.received.length, 1);
    });
  });

  it("refuses an option that it does not have", () => {
    const options = { apiKey: "k", baseUrl: server.origin, timeoutMS: 5 };
    assert.throws(() => new Client(options), {
      message: "timeoutMS is not an input of Client: did you mean timeoutMs?",
    });
  });

  const moments: [string, (until: number) => string][] = [
    ["seconds", () => "1"],
    ["a date", (until) => new Date(until).toUTCString()],
  ];
  for (const [name, header] of moments) {
    it(`comes again no earlier than the ${name} of Retry-After`, async () => {
      // The first repetition would come within 300 ms. A date has whole seconds.
      const until = Math.ceil(Date.now() / 1000) * 1000 + (name === "a date" ? 1000 : 0);
      let open: number | undefined;
      let early = 0;
      server.answers((_request, response) => {
        const now = Date.now();
        open ??= name === "a date" ? until : now + 1000;
        // A timer of Node.js may fire a millisecond early.
        if (now < open - 2) {
          early += 1;
          response.writeHead(429, { "retry-after": header(until) }).end();
        } else {
          response.end('{"id":"i","status":"NEW"}');
        }
      });
      await new Client({ apiKey: "k", baseUrl: server.origin }).workItems.create("p", asset);
      assert.equal(early, 1, "only the first request came before the moment");
    });
  }
});
