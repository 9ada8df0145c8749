import assert from "node:assert/strict";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Client } from "../../../provider/api/client.ts";
import { UnreachableError } from "../../../provider/api/errors.ts";
import { isUntrusted, networkError } from "../../../provider/api/network.ts";
import { findProxy, forgetProxy, useProxy } from "../../../provider/api/proxy.ts";
import { useRawServer } from "../../support/raw-server.ts";

describe("provider: the proxy of the environment", () => {
  const server = useRawServer();
  let proxy: Server;
  let asked: string[];
  let environment: Record<string, string>;

  /** A proxy that takes every host for the server of the spec. */
  before(async () => {
    const { hostname, port } = new URL(server.origin);
    proxy = createServer(({ url = "", method, headers }, response) => {
      asked.push(new URL(url).host);
      const { pathname } = new URL(url);
      const onward = request({ hostname, port, method, path: pathname, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onward.end();
    });
    proxy.on("connect", ({ url = "" }, socket: Socket) => {
      asked.push(url.replace(/:80$/, ""));
      const onward = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    environment = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  });
  beforeEach(() => {
    asked = [];
    server.answersJson('{"items":[]}');
  });
  afterEach(forgetProxy);
  after(() => proxy.close());

  const ask = (baseUrl: string) =>
    new Client({ apiKey: "k", baseUrl, allowHttp: true }).projects.list("s");

  it("is used", async () => {
    useProxy(environment);
    assert.deepEqual(await ask("http://platform.example/api/v1"), []);
    assert.deepEqual(asked, ["platform.example"]);
  });

  it("is not used for this machine, nor for what NO_PROXY names", async () => {
    useProxy({ ...environment, NO_PROXY: "internal.invalid" });
    await ask(`${server.origin}/api/v1`);
    await assert.rejects(ask("http://internal.invalid/api/v1"), UnreachableError);
    assert.deepEqual(asked, []);
  });

  it("is none where the environment names none", async () => {
    useProxy({});
    await ask(`${server.origin}/api/v1`);
    assert.deepEqual(asked, []);
  });

  it("is told without its password", () => {
    const url = "https://api.example/api/v1";
    assert.equal(
      findProxy(url, { HTTPS_PROXY: "http://u:secret@p.example:8080" })?.proxy,
      "p.example:8080",
    );
    assert.equal(findProxy(url, { HTTP_PROXY: "http://p.example" }), undefined);
    assert.equal(findProxy("http://127.0.0.1:4010", { HTTP_PROXY: "http://p.example" }), undefined);
  });
});

describe("a certificate that is not trusted", () => {
  for (const code of ["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]) {
    it(`(${code}) was never sent, and the way out is told`, () => {
      const cause = Object.assign(new Error("no"), { code });
      const error = new TypeError("fetch failed", { cause });
      assert.ok(isUntrusted(error));
      const told = networkError({ method: "POST", path: "/projects/p/workItems" }, error, "");
      assert.ok(told instanceof UnreachableError);
      assert.equal(told.outcomeUnknown, false);
      assert.match(
        told.message,
        /^POST \/projects\/p\/workItems was not sent, .*NODE_EXTRA_CA_CERTS$/,
      );
    });
  }
});
