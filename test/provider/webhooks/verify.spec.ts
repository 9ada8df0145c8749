import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { clientOf } from "../../../harness/emulator.ts";
import {
  verifyWebhook,
  WebhookError,
  type WebhookHeaders,
} from "../../../provider/webhooks/verify.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { RawServer } from "../../support/raw-server.ts";

interface Key {
  kid: string;
  privateKey: KeyObject;
  jwk: object;
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const kid = randomUUID();
  return { kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
}

const key = newKey();
const broken = { kty: "OKP", crv: "Ed25519", kid: "broken", x: "AA" };
const jwks = { keys: [{ kty: "RSA", kid: "other" }, {}, broken, newKey().jwk, key.jwk] };

function bodyAt(time = Date.now(), fields: object = {}): string {
  const deliveredAt = new Date(time).toISOString();
  return JSON.stringify({ workItemID: "a", status: "COMPLETED", deliveredAt, more: 1, ...fields });
}

function signed(body: string, time = Date.now(), by = key): Record<string, string> {
  return {
    "X-Payload-Signature": sign(null, Buffer.from(body), by.privateKey).toString("base64"),
    "X-Payload-Key-Id": by.kid,
    "X-Payload-Timestamp": String(Math.floor(time / 1000)),
  };
}

describe("verifyWebhook", () => {
  const refusal = async (body: string, headers: WebhookHeaders): Promise<string> =>
    (await errorOf(verifyWebhook(body, headers, { jwks }), WebhookError)).message;

  it("reads what the platform signed, as text or bytes, with headers of any kind", async () => {
    const body = bodyAt();
    const headers = signed(body);
    for (const each of [headers, new Headers(headers)]) {
      for (const raw of [body, Buffer.from(body)]) {
        const { workItemID, status } = await verifyWebhook(raw, each, { jwks });
        assert.deepEqual([workItemID, status], ["a", "COMPLETED"]);
      }
    }
  });

  it("refuses a body that was changed, by a byte", async () => {
    const body = bodyAt();
    assert.equal(await refusal(`${body} `, signed(body)), "the signature is not of this body");
  });

  it("refuses a key that is not the platform's, also under the id of one that is", async () => {
    const body = bodyAt();
    const stranger = newKey();
    assert.match(await refusal(body, signed(body, Date.now(), stranger)), /names no key/);
    const disguised = { ...stranger, kid: key.kid };
    assert.match(await refusal(body, signed(body, Date.now(), disguised)), /signature is not/);
  });

  it("refuses what is old, or from the future, or sent again with another timestamp", async () => {
    for (const offset of [-365_000, 365_000]) {
      const time = Date.now() + offset;
      const body = bodyAt(time);
      assert.match(
        await refusal(body, signed(body, time)),
        /^x-payload-timestamp is 36\d s (old|ahead)/,
      );
      assert.match(await refusal(body, signed(body)), /^deliveredAt is 36\d s (old|ahead)/);
      assert.ok(await verifyWebhook(body, signed(body, time), { jwks, toleranceSeconds: 400 }));
    }
  });

  it("takes a tolerance that is no number for none", async () => {
    const body = bodyAt(0);
    const options = { jwks, toleranceSeconds: Number.NaN };
    const error = await errorOf(verifyWebhook(body, signed(body, 0), options), WebhookError);
    assert.match(error.message, /^x-payload-timestamp is \d+ s old/);
  });

  it("says which header is missing or wrong", async () => {
    const body = bodyAt();
    for (const [name, value, problem] of [
      ["X-Payload-Signature", undefined, /^the header x-payload-signature is missing$/],
      ["X-Payload-Signature", "c2hvcnQ=", /no Ed25519 signature/],
      ["X-Payload-Key-Id", undefined, /^the header x-payload-key-id is missing$/],
      ["X-Payload-Timestamp", "soon", /no time in Unix seconds/],
      ["X-Payload-Timestamp", "", /no time in Unix seconds/],
    ] as const) {
      assert.match(await refusal(body, { ...signed(body), [name]: value }), problem);
    }
  });

  it("refuses what is signed, but no webhook", async () => {
    for (const body of ["no JSON", "[]", bodyAt(Date.now(), { workItemID: 1 })]) {
      assert.match(await refusal(body, signed(body)), /^the body is signed, but no webhook/);
    }
  });

  it("fetches keys from https or this machine only", async () => {
    const body = bodyAt();
    const error = await errorOf(
      verifyWebhook(body, signed(body), { jwks: "http://keys.example/jwks.json" }),
    );
    assert.match(error.message, /^jwks must .*https/);
  });
});

describe("verifyWebhook: keys that change", () => {
  const server = new RawServer();
  before(() => server.start());
  after(() => server.stop());

  it("are fetched once, and once more for ids that are made up, however many", async () => {
    const next = newKey();
    server.answers((_request, response) => {
      response.end(JSON.stringify({ keys: [next.jwk] }));
    });
    const at = { jwks: `${server.origin}/once.json` };
    for (const _ of [1, 2, 3]) {
      const body = bodyAt();
      assert.ok(await verifyWebhook(body, signed(body, Date.now(), next), at));
      await errorOf(verifyWebhook(body, signed(body), at), WebhookError);
    }
    assert.equal(server.received.length, 2);
  });

  it("are those of today for each of the webhooks that come at once", async () => {
    const next = newKey();
    let published = key;
    server.answers((_request, response) => {
      response.end(JSON.stringify({ keys: [published.jwk] }));
    });
    const at = { jwks: `${server.origin}/rotated.json` };
    const body = bodyAt();
    await verifyWebhook(body, signed(body), at);
    published = next;
    const headers = signed(body, Date.now(), next);
    await Promise.all([1, 2, 3].map(() => verifyWebhook(body, headers, at)));
  });

  it("stay good where they cannot be had anew for an id that is made up", async () => {
    const at = { jwks: `${server.origin}/kept.json` };
    const body = bodyAt();
    server.answers((_request, response) => {
      response.end(JSON.stringify({ keys: [key.jwk] }));
    });
    await verifyWebhook(body, signed(body), at);
    server.answers((_request, response) => response.writeHead(404).end());
    const stranger = signed(body, Date.now(), newKey());
    assert.ok(!((await errorOf(verifyWebhook(body, stranger, at))) instanceof WebhookError));
    assert.ok(await verifyWebhook(body, signed(body), at));
  });

  it("that cannot be had are no verdict on the webhook", async () => {
    server.answers((_request, response) => response.writeHead(404).end());
    const body = bodyAt();
    const at = { jwks: `${server.origin}/none.json` };
    assert.ok(!((await errorOf(verifyWebhook(body, signed(body), at))) instanceof WebhookError));
  });
});

describe("verifyWebhook: what the emulator sends", () => {
  const test = useEmulator();

  it("is verified, before and after the keys are rotated", async () => {
    const { emulator } = test;
    const { jwks } = emulator;
    const seen: string[] = [];
    const server = createServer(async (request, response) => {
      const headers: IncomingHttpHeaders = request.headers;
      try {
        const { workItemID, status } = await verifyWebhook(await buffer(request), headers, {
          jwks,
        });
        seen.push(`${workItemID} ${status}`);
        response.end();
      } catch (error) {
        seen.push(String(error));
        response.writeHead(401).end();
      }
      server.emit("seen");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const callbackUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const client = clientOf(emulator);
      const { id } = await client.workItems.create(emulator.projectId, {
        assetUrl: "a.jpg",
        assetType: "image",
        metadata: { callbackUrl },
      });
      for (const signal of ["start", "release"] as const) {
        const arrived = once(server, "seen");
        await client.signals.sendMany(emulator.projectId, signal, [{ workItemID: id }]);
        await arrived;
        await fetch(`${emulator.origin}/_emulator/webhooks/rotateKey`, { method: "POST" });
      }
      assert.deepEqual(seen, [`${id} IN_PROGRESS`, `${id} NEW`]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
