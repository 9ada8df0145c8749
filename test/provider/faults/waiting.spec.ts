import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Client } from "../../../provider/api/client.ts";
import { CancelledError } from "../../../provider/api/errors.ts";
import { useRawServer } from "../../support/raw-server.ts";

const concurrency = 16;

describe("provider: many requests that wait", () => {
  const server = useRawServer();

  const count = (resource: string) =>
    process.getActiveResourcesInfo().filter((each) => each === resource).length;

  it("have no timer and no socket, 10,000 of them", async () => {
    const open: ServerResponse[] = [];
    const full = new Promise<void>((resolve) => {
      server.answers((_request, response) => {
        if (open.push(response) === concurrency) {
          resolve();
        }
      });
    });
    const cancel = new AbortController();
    const { signal } = cancel;
    const client = new Client({ apiKey: "k", baseUrl: server.origin, concurrency, signal });
    const before = { timers: count("Timeout"), sockets: count("TCPSocketWrap") };
    const asked = Array.from({ length: 10_000 }, () => client.projects.get("s", "p"));
    const settled = Promise.allSettled(asked);
    await full;
    const timers = count("Timeout") - before.timers;
    const sockets = count("TCPSocketWrap") - before.sockets;
    // Both ends of a connection are in this process; a request has a timer for itself, one for all attempts.
    assert.ok(sockets <= 2 * concurrency, `${sockets} sockets`);
    assert.ok(timers <= 4 * concurrency, `${timers} timers`);
    cancel.abort();
    for (const response of open) {
      response.end('{"id":"p","name":"n"}');
    }
    const results = await settled;
    const refused = results.filter((each) => each.status === "rejected");
    assert.equal(refused.length, 10_000 - concurrency);
    assert.ok(refused.every(({ reason }) => reason instanceof CancelledError));
  });
});
