import assert from "node:assert/strict";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { useRawApi } from "../support.ts";

describe("emulator: who may use what needs no key", () => {
  const test = useRawApi();

  /** As a browser may send it: fetch itself lets nobody choose the Host. */
  async function send(method: string, path: string, headers: Record<string, string>) {
    const { port } = new URL(test.emulator.origin);
    return await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, method, path, headers });
      sent.once("error", reject);
      sent.once("response", async (response) => {
        if (response.headers["content-type"] === "text/event-stream") {
          response.destroy();
          resolve({ status: response.statusCode, body: "" });
        } else {
          resolve({ status: response.statusCode, body: await text(response) });
        }
      });
      sent.end();
    });
  }

  const paths = [
    ["GET", "/"],
    ["GET", "/_page/main.js"],
    ["GET", "/_page/events"],
    ["GET", "/_emulator/store"],
    ["GET", "/_emulator/view/projects"],
    ["POST", "/_emulator/webhooks/rotateKey"],
    ["DELETE", "/_emulator/faults"],
  ] as const;

  for (const [method, path] of paths) {
    it(`${method} ${path}: this machine, and no page of another origin`, async () => {
      const { host, port } = new URL(test.emulator.origin);
      for (const headers of [
        { host },
        { host: `localhost:${port}` },
        { host: `[::1]:${port}` },
        { host: "localhost" },
        { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" },
        { host, "sec-fetch-site": "none" },
      ]) {
        assert.equal((await send(method, path, headers)).status, 200, JSON.stringify(headers));
      }
      for (const headers of [
        { host: `attacker.example:${port}` },
        { host: "127.0.0.1.attacker.example" },
        { host: `localhost.attacker.example:${port}` },
        { host, origin: "https://attacker.example" },
        { host, origin: `http://localhost:${port}` },
        { host, origin: "null" },
        { host, origin: `https://${host}` },
        { host, "sec-fetch-site": "cross-site" },
        { host, "sec-fetch-site": "same-site" },
      ]) {
        const { status, body } = await send(method, path, headers);
        assert.equal(status, 403, JSON.stringify(headers));
        assert.equal(JSON.parse(body).error.code, "FORBIDDEN");
      }
    });
  }

  it("serves the page under a policy that lets it load nothing from elsewhere", async () => {
    const { headers } = await fetch(test.emulator.origin);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(
      policy,
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';/,
    );
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  });

  it("lets no stored file run where the controls are", async () => {
    const { path, signedUrl } = await test.uploadUrl();
    const body = "<script>fetch('/_emulator/store')</script>";
    await fetch(signedUrl, { method: "PUT", body, headers: { "content-type": "text/html" } });
    const { headers } = await fetch(await test.readUrl(path));
    assert.equal(headers.get("content-security-policy"), "sandbox");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  });
});
