import assert from "node:assert/strict";
import grpc from "@grpc/grpc-js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import "../../../provider/pulumi/own-connections.ts";

const { grpcClientOptions } = settings as { grpcClientOptions?: grpc.ClientOptions };
const asIs = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value };
const service = {
  ask: {
    path: "/engine/ask",
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs.serialize,
    requestDeserialize: asIs.deserialize,
    responseSerialize: asIs.serialize,
    responseDeserialize: asIs.deserialize,
  },
} as const;

const toClose: (() => void)[] = [];

describe("a program's connection to its engine", () => {
  afterEach(() => {
    for (const close of toClose.splice(0)) {
      close();
    }
  });

  it("is its own, even if its engine has the address of one that has just ended", async () => {
    const { server, port } = await startEngine(0);
    const earlier = connect(port);
    assert.equal(await ask(earlier), "answered");
    server.forceShutdown();
    // Late messages of the earlier program leave its connection waiting for another try.
    while ((await ask(earlier)) === "answered") {}
    assert.match(await ask(earlier), /UNAVAILABLE/);
    await startEngine(port);
    assert.equal(await ask(connect(port)), "answered");
  });
});

async function startEngine(asked: number): Promise<{ server: grpc.Server; port: number }> {
  const server = new grpc.Server();
  toClose.push(() => server.forceShutdown());
  server.addService(service, {
    ask: (_call: unknown, callback: grpc.sendUnaryData<Buffer>) => callback(null, Buffer.from("")),
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync(`127.0.0.1:${asked}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, port };
}

function connect(port: number): grpc.Client {
  const credentials = grpc.credentials.createInsecure();
  const client = new grpc.Client(`127.0.0.1:${port}`, credentials, grpcClientOptions ?? {});
  toClose.push(() => client.close());
  return client;
}

/** "answered", or why not. */
function ask(client: grpc.Client): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = service.ask;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, Buffer.from(""), (error) =>
      resolve(error === null ? "answered" : error.message),
    );
  });
}
