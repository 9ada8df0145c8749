import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { until, useRawApi } from "../support.ts";

interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver of webhooks that answers what it is told to. */
class Receiver {
  readonly received: Received[] = [];
  /** Undefined: no answer at all. */
  answer: () => number | undefined = () => 200;
  url!: string;
  #server!: Server;

  async start(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      const { url = "", headers } = request;
      this.received.push({ url, headers, body: await text(request) });
      const status = this.answer();
      if (status !== undefined) {
        response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
      }
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe("emulator: webhooks", () => {
  const test = useRawApi();
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = new Receiver();
    await receiver.start();
    await set({});
  });
  afterEach(() => receiver.stop());

  const set = (settings: Record<string, unknown>) =>
    test.control("PUT", "/settings", {
      webhooks: { anyHost: false, retryMs: 0, timeoutMs: 10_000, ...settings },
    });
  const report = async () => (await test.control("GET", "/webhooks")).body;
  const settled = () => until(async () => (await report()).pending === 0);
  const lastDelivery = async () => (await report()).items.at(-1);
  const createItem = (callbackUrl: unknown) => test.createItem({ metadata: { callbackUrl } });

  async function jwks(): Promise<Array<Record<string, string>>> {
    const response = await fetch(test.emulator.jwks);
    assert.equal(response.status, 200);
    return ((await response.json()) as { keys: Array<Record<string, string>> }).keys;
  }

  async function assertSigned({ headers, body }: Received): Promise<void> {
    const jwk = (await jwks()).find(({ kid }) => kid === headers["x-payload-key-id"]);
    assert.ok(jwk, "the key is in the JWKS");
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const signature = Buffer.from(String(headers["x-payload-signature"]), "base64");
    assert.ok(verify(null, Buffer.from(body), key, signature));
    assert.ok(!verify(null, Buffer.from(`${body} `), key, signature));
    const age = Date.now() / 1000 - Number(headers["x-payload-timestamp"]);
    assert.ok(age >= 0 && age < 300, String(age));
  }

  it("tells every change of status, in order and signed", async () => {
    const { total } = await report();
    const item = await createItem(`${receiver.url}?token=secret`);
    for (const signal of ["start", "release", "start", "complete", "reopen", "cancel"]) {
      assert.equal((await test.signal(item.id, signal)).status, 200);
    }
    await settled();
    const bodies = receiver.received.map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      bodies.map(({ status }) => status),
      ["IN_PROGRESS", "NEW", "IN_PROGRESS", "COMPLETED", "NEW", "FAILED"],
    );
    const { id, assetType, assetUrl, createdAt } = item;
    const { updatedAt } = await test.storedItem(id);
    const { deliveredAt } = bodies.at(-1);
    assert.deepEqual(bodies.at(-1), {
      workItemID: id,
      assetType,
      assetUrl,
      createdAt,
      status: "FAILED",
      updatedAt,
      deliveredAt,
    });
    assert.ok(deliveredAt >= updatedAt);
    for (const received of receiver.received) {
      assert.equal(received.url, "/hook?token=secret");
      assert.equal(received.headers["content-type"], "application/json");
      await assertSigned(received);
    }
    assert.equal((await report()).total, total + 6);
    assert.ok(!JSON.stringify(await report()).includes("secret"));
  });

  it("tells of bulk signals and of annotators too", async () => {
    const items = [await createItem(receiver.url), await createItem(receiver.url)];
    const workItems = items.map(({ id }) => ({ workItemID: id }));
    await test.call("POST", `${test.project}/workItems/signal`, { signal: "start", workItems });
    const { projectId } = test.emulator;
    await test.control("POST", "/annotate", { projectId, workItemIDs: [items[0].id] });
    await settled();
    const told = receiver.received.map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      items.map(({ id }) => told.filter((body) => body.workItemID === id).map((b) => b.status)),
      [["IN_PROGRESS", "COMPLETED"], ["IN_PROGRESS"]],
    );
  });

  it("tells nothing without a URL, and nothing when nothing moved", async () => {
    const { total } = await report();
    for (const callbackUrl of [undefined, 7, null, {}]) {
      const { id } = await createItem(callbackUrl);
      await test.signal(id, "start");
    }
    const { id } = await createItem(receiver.url);
    assert.equal((await test.signal(id, "complete")).status, 409);
    await test.call("PUT", `${test.project}/workItems/${id}/labels`, { labels: [] });
    assert.equal((await report()).total, total);
  });

  it("tries three times more, each time signed anew", async () => {
    const answers = [500, 302, 404, 200];
    receiver.answer = () => answers.shift();
    const { id } = await createItem(receiver.url);
    await test.signal(id, "start");
    await settled();
    assert.equal(receiver.received.length, 4);
    assert.ok(receiver.received.every(({ url }) => url === "/hook"));
    await assertSigned(receiver.received.at(-1)!);
    assert.deepEqual(await lastDelivery(), {
      id: (await report()).total,
      workItemID: id,
      url: receiver.url,
      workItemStatus: "IN_PROGRESS",
      status: "DELIVERED",
      attempts: 4,
      lastStatus: 200,
    });
  });

  it("gives up after that, and on a receiver that is silent or gone", async () => {
    const fail = async () => {
      const { id } = await createItem(receiver.url);
      assert.equal((await test.signal(id, "start")).status, 200);
      await settled();
      return lastDelivery();
    };
    receiver.answer = () => 503;
    const refused = await fail();
    assert.deepEqual([refused.status, refused.attempts, refused.lastStatus], ["FAILED", 4, 503]);
    await set({ timeoutMs: 20 });
    receiver.answer = () => undefined;
    const silent = await fail();
    assert.deepEqual([silent.status, silent.attempts], ["FAILED", 4]);
    assert.match(silent.error, /timeout/);
    await set({});
    receiver.stop();
    const gone = await fail();
    assert.deepEqual([gone.status, gone.attempts], ["FAILED", 4]);
    assert.match(gone.error, /ECONNREFUSED/);
  });

  it("calls no other machine, unless that is set, and nothing but HTTP", async () => {
    const refusal = async (callbackUrl: string) => {
      const { id } = await createItem(callbackUrl);
      await test.signal(id, "start");
      const { status, attempts, error } = await lastDelivery();
      return [status, attempts, error];
    };
    for (const host of ["192.0.2.1", "127.0.0.1.invalid", "localhost.invalid", "[::2]"]) {
      const [status, attempts, error] = await refusal(`http://${host}/hook`);
      assert.deepEqual([status, attempts], ["REFUSED", 0], host);
      assert.match(error, /anyHost/);
    }
    for (const url of ["file:///etc/passwd", "ftp://127.0.0.1/", "no url", "javascript:alert(1)"]) {
      const [status, attempts, error] = await refusal(url);
      assert.deepEqual([status, attempts], ["REFUSED", 0], url);
      assert.match(error, /http/);
    }
    const control = new URL("/_emulator/annotate", test.emulator.origin).href;
    assert.deepEqual(await refusal(control), [
      "REFUSED",
      0,
      "callbackUrl is a control of an emulator",
    ]);
    const [, , tooLong] = await refusal(`${receiver.url}?${"a".repeat(10_000)}`);
    assert.match(tooLong, /longer than 8192/);
    const named = receiver.url.replace("//", "//me:s3cret@");
    assert.deepEqual((await refusal(named)).slice(0, 2), ["REFUSED", 0]);
    assert.ok(!JSON.stringify(await report()).includes("s3cret"));
    await set({ anyHost: true, timeoutMs: 1 });
    await refusal("http://host.invalid/hook");
    await settled();
    const sent = await lastDelivery();
    assert.deepEqual([sent.status, sent.attempts], ["FAILED", 4]);
  });

  it("keeps its key over a restart, and the old one beside a new one", async () => {
    const [first] = await jwks();
    assert.deepEqual(Object.keys(first!).sort(), ["alg", "crv", "kid", "kty", "use", "x"]);
    await test.restart();
    assert.deepEqual(await jwks(), [first]);
    const { body } = await test.control("POST", "/webhooks/rotateKey");
    const kids = (await jwks()).map(({ kid }) => kid);
    assert.deepEqual(kids, [body.keyId, first!.kid]);
    const { id } = await createItem(receiver.url);
    await test.signal(id, "start");
    await settled();
    assert.equal(receiver.received[0]!.headers["x-payload-key-id"], body.keyId);
    await assertSigned(receiver.received[0]!);
  });

  it("waits for no delivery when it closes", async () => {
    receiver.answer = () => undefined;
    await set({ timeoutMs: 600_000 });
    for (let index = 0; index < 6; index += 1) {
      const { id } = await createItem(receiver.url);
      await test.signal(id, "start");
    }
    await until(async () => receiver.received.length === 4);
    assert.equal((await report()).pending, 6);
    await test.restart();
    assert.equal(receiver.received.length, 4);
  });
});
