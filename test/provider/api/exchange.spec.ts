import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Client } from "../../../provider/api/client.ts";
import { UnreachableError } from "../../../provider/api/errors.ts";
import { fileExists, readFile } from "../../../provider/api/files.ts";
import { errorOf } from "../../support/errors.ts";
import { useRawServer } from "../../support/raw-server.ts";

describe("provider: a request and its answer", () => {
  const server = useRawServer();

  it("asks for compressed answers, and reads them", async () => {
    server.answers(({ headers }, response) => {
      assert.equal(headers["accept-encoding"], "gzip");
      response
        .writeHead(200, { "content-encoding": "gzip" })
        .end(gzipSync('{"id":"a","name":"Früh, 早い"}'));
    });
    const client = new Client({ apiKey: "k", baseUrl: server.origin });
    assert.equal((await client.projects.get("s", "a")).name, "Früh, 早い");
  });

  it("reads an answer that is said to be compressed and is empty, and one in another encoding", async () => {
    server.answers((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end();
    });
    assert.equal(await readFile(`${server.origin}/file`), "");
    server.answers((_request, response) => {
      response.writeHead(200, { "content-encoding": "BR" }).end(brotliCompressSync("stored"));
    });
    assert.equal(await readFile(`${server.origin}/file`), "stored");
  });

  it("says how long the body is, in bytes", async () => {
    server.answersJson('{"id":1,"name":"n"}');
    const client = new Client({ apiKey: "k", baseUrl: server.origin });
    await client.batches.create("p", { name: "早い" });
    assert.equal(server.received[0]?.headers["content-length"], "17");
  });

  it("does not read a file to its end where only its status matters, and takes no part of it apart", async () => {
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      server.answers((_request, response) => {
        // Neither ranges nor an end.
        response.writeHead(200, { "content-encoding": "gzip" });
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(16_384))) {
            sent += 16_384;
          }
        };
        response.on("drain", more).on("close", resolve);
        more();
      });
    });
    assert.equal(await fileExists(`${server.origin}/file`), true);
    await closed;
    assert.ok(sent < 100_000_000);
    for (const [code, isThere] of [
      [206, true],
      [416, true],
      [404, false],
    ] as const) {
      server.answers((_request, response) => {
        response.writeHead(code, { "content-encoding": "gzip" }).end("x");
      });
      assert.equal(await fileExists(`${server.origin}/file`), isThere);
    }
  });

  describe("to a server that accepts no connection", () => {
    let process: ChildProcess;
    let port: number;
    const sockets: Socket[] = [];

    before(async function () {
      if (globalThis.process.platform !== "linux") {
        this.skip();
      }
      const program =
        "const s = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }," +
        " () => require('node:fs').writeSync(1, s.address().port + '\\n') && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))";
      process = spawn(globalThis.process.execPath, ["-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      assert.ok(process.stdout);
      const [line] = await once(createInterface(process.stdout), "line");
      port = Number(line);
      // The queue of connections that wait to be accepted takes two.
      for (let count = 0; count < 2; count += 1) {
        const socket = connect(port, "127.0.0.1");
        sockets.push(socket);
        await once(socket, "connect");
      }
    });
    after(() => {
      for (const socket of sockets) {
        socket.destroy();
      }
      process?.kill("SIGKILL");
    });

    it("was never sent", async () => {
      const baseUrl = `http://127.0.0.1:${port}`;
      const client = new Client({ apiKey: "k", baseUrl, timeoutMs: 1_200 });
      const error = await errorOf(client.batches.create("p", { name: "n" }), UnreachableError);
      assert.match(error.message, /did not reach the service \(CONNECT_TIMEOUT\)/);
    });
  });
});
