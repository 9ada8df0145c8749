import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import fc from "../../support/fast-check.ts";
import { useRawApi } from "../support.ts";

describe("emulator: what is no HTTP", () => {
  const test = useRawApi();

  const open = () => {
    const { port, hostname } = new URL(test.emulator.origin);
    return connect(Number(port), hostname).on("error", () => {});
  };

  /** What comes back until the server closes the connection. */
  async function say(bytes: string | Uint8Array): Promise<string> {
    const socket = open();
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.end(bytes);
    // Not `once`, which would end in an error where the connection was reset.
    await new Promise((resolve) => socket.on("close", resolve));
    return Buffer.concat(chunks).toString("latin1");
  }

  async function isAlive(): Promise<void> {
    assert.equal((await test.call("GET", `${test.space}/projects`)).status, 200);
  }

  const head = "Host: 127.0.0.1\r\nConnection: close\r\n";
  const key = () => `X-API-Key: ${test.emulator.apiKey}\r\nContent-Type: application/json\r\n`;
  const post = (more: string) =>
    `POST /api/v1${test.project}/batches HTTP/1.1\r\n${head}${key()}${more}`;

  const garbage: [name: string, text: () => string][] = [
    ["no request line", () => "\r\n\r\n"],
    ["a word", () => "hello\r\n\r\n"],
    ["an unknown method", () => `BREW / HTTP/1.1\r\n${head}\r\n`],
    ["another version", () => `GET / HTTP/9.9\r\n${head}\r\n`],
    ["a TLS hello", () => "\u0016\u0003\u0001\u0002\u0000\u0001"],
    ["a line without a colon", () => `GET / HTTP/1.1\r\n${head}nonsense\r\n\r\n`],
    ["a zero in a header", () => `GET / HTTP/1.1\r\n${head}x: a\u0000b\r\n\r\n`],
    ["no Host", () => "GET / HTTP/1.1\r\n\r\n"],
    ["two lengths", () => post("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")],
    ["a negative length", () => post("Content-Length: -1\r\n\r\n{}")],
    [
      "a length and chunks",
      () => post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
    ],
    ["chunks that are none", () => post("Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n")],
    [
      "a chunk of a wrong length",
      () => post("Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n"),
    ],
    ["a huge header", () => `GET / HTTP/1.1\r\n${head}x: ${"a".repeat(1024 * 1024)}\r\n\r\n`],
    ["many headers", () => `GET / HTTP/1.1\r\n${head}${"x: y\r\n".repeat(50_000)}\r\n`],
    ["a huge target", () => `GET /${"a".repeat(1024 * 1024)} HTTP/1.1\r\n${head}\r\n`],
    ["a whole URL as target", () => `GET http://example.com/ HTTP/1.1\r\n${head}\r\n`],
    ["a target that is none", () => `OPTIONS * HTTP/1.1\r\n${head}\r\n`],
    ["a tunnel", () => `CONNECT example.com:443 HTTP/1.1\r\n${head}\r\n`],
    [
      "another protocol",
      () => `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
    ],
    ["half a request line", () => "GET /api"],
    ["half of the headers", () => `GET / HTTP/1.1\r\n${head}`],
    ["half a body", () => post("Content-Length: 100\r\n\r\n{")],
    ["half a chunk", () => post("Transfer-Encoding: chunked\r\n\r\n10\r\n{")],
  ];
  for (const [name, text] of garbage) {
    it(`${name}: a 4xx or no answer, and the next request is served`, async () => {
      const answer = await say(text());
      assert.match(answer, /^(HTTP\/1\.1 4\d\d |$)/);
      await isAlive();
    });
  }

  const endless: [name: string, head: () => string][] = [
    ["that is read", () => post("Transfer-Encoding: chunked\r\n\r\n")],
    [
      "that nobody reads",
      () => `POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
  ];
  for (const [name, text] of endless) {
    it(`ends the connection of an endless body ${name}`, async () => {
      const socket = open();
      socket.resume();
      socket.write(text());
      const chunk = Buffer.from(`100000\r\n${"a".repeat(0x100000)}\r\n`);
      const send = () => new Promise((resolve) => socket.write(chunk, (error) => resolve(!error)));
      let chunks = 0;
      while (await send()) {
        chunks += 1;
        assert.ok(chunks < 200);
      }
      assert.ok(chunks >= 64);
      await isAlive();
    });
  }

  it("survives any bytes", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        assert.match(await say(bytes), /^(HTTP\/1\.1 4\d\d |$)/);
      }),
      { numRuns: 200 },
    ));

  it("survives a good request with any bytes in its middle", async () => {
    const good = post('Content-Length: 12\r\n\r\n{"name":"a"}');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length),
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        async (at, bytes) => {
          const parts = [good.slice(0, at), bytes, good.slice(at)].map((part) => Buffer.from(part));
          assert.match(await say(Buffer.concat(parts)), /^(HTTP\/1\.1 [24]\d\d |$)/);
        },
      ),
      { numRuns: 200 },
    );
    await isAlive();
  });

  it("survives clients that leave while they are answered", async () => {
    for (let index = 0; index < 50; index += 1) {
      const socket = open();
      await once(socket, "connect");
      socket.write(`GET /api/v1${test.project}/workItems HTTP/1.1\r\n${head}${key()}\r\n`);
      socket.resetAndDestroy();
    }
    await isAlive();
  });
});
