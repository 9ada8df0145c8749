import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { Client } from "../../../provider/api/client.ts";
import { UnreachableError } from "../../../provider/api/errors.ts";
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

  it("says how long the body is, in bytes", async () => {
    server.answersJson('{"id":1,"name":"n"}');
    const client = new Client({ apiKey: "k", baseUrl: server.origin });
    await client.batches.create("p", { name: "早い" });
    assert.equal(server.received[0]?.headers["content-length"], "17");
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
      const client = new Client({ apiKey: "k", baseUrl, timeoutMs: 300 });
      const error = await errorOf(client.batches.create("p", { name: "n" }), UnreachableError);
      assert.match(error.message, /did not reach the service \(CONNECT_TIMEOUT\)/);
    });
  });
});
