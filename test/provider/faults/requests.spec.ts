import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { Client } from "../../../provider/api/client.ts";
import {
  ApiError,
  BadRequestError,
  ConnectionLostError,
  NoAnswerError,
  RateLimitError,
  ResponseError,
  ServerError,
  UnreachableError,
} from "../../../provider/api/errors.ts";
import { type AskedOperation, answerOf, askedOperations } from "../../support/operations.ts";
import {
  drip,
  half,
  html,
  reset,
  silence,
  status,
  useRawServer,
} from "../../support/raw-server.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { isAll } from "../../support/tier.ts";

/** What goes wrong with a request. */
interface Fault {
  answer: (response: ServerResponse) => void;
  /** Which operations are asked again: "any" where the server did not begin. */
  again: "any" | "repeatable" | "none";
  error: abstract new (...args: never[]) => ApiError;
  /** Whether the work may be done. */
  unclear: boolean;
  timeoutMs?: number;
}

const refused = { again: "any", error: RateLimitError, unclear: false } as const;
const failed = { again: "repeatable", error: ServerError, unclear: true } as const;
const lost = { again: "repeatable", error: ConnectionLostError, unclear: true } as const;
const late = {
  again: "repeatable",
  error: NoAnswerError,
  unclear: true,
  timeoutMs: 1_000,
} as const;
const odd = { again: "none", error: ResponseError, unclear: true } as const;
const permanent = { again: "none", error: ApiError, unclear: false } as const;
const page = "<html><body>Bad gateway</body></html>";

const faults: Record<string, Fault> = {
  "429": { answer: status(429), ...refused },
  "429 with seconds": { answer: status(429, { "retry-after": "0" }), ...refused },
  "429 with a date": {
    answer: status(429, { "retry-after": "Fri, 01 Mar 2024 00:00:00 GMT" }),
    ...refused,
  },
  "429 with nonsense": { answer: status(429, { "retry-after": "soon" }), ...refused },
  "500": { answer: status(500), ...failed },
  "502 with a page": { answer: status(502, html, page), ...failed },
  "503": { answer: status(503), ...failed },
  "503 with seconds": { answer: status(503, { "retry-after": "0" }), ...failed, again: "any" },
  "504": { answer: status(504), ...failed },
  reset: { answer: reset, ...lost },
  "half an answer": { answer: half('{"items":'), ...lost },
  "half an answer of unknown length": {
    answer: (response) => response.write('{"items":', () => response.destroy()),
    ...lost,
  },
  silence: { answer: silence, ...late },
  "a slow drip": { answer: drip, ...late },
  "invalid JSON": { answer: status(200, {}, '{"items":[{"id"'), ...odd },
  "a page of a proxy": { answer: status(200, html, page), ...odd },
  "a redirect": {
    answer: status(302, { location: "/elsewhere" }),
    ...permanent,
    error: BadRequestError,
  },
  ...Object.fromEntries(
    [400, 401, 403, 404, 405, 409, 410, 413, 422, 451].map((code) => [
      `${code}`,
      { answer: status(code), ...permanent },
    ]),
  ),
};

/** What came of a request that the server had so many times. */
interface Outcome {
  error: unknown;
  requests: number;
}

const attempts = 5;

describe("provider: each operation, each fault", () => {
  useShortWaits();
  const server = useRawServer();
  const outcomes = new Map<string, Outcome>();
  const nameOf = (...parts: string[]) => parts.map(encodeURIComponent).join("/");

  /** Asks, with a fault at the first request or at all of them. */
  async function outcomeOf(name: string, operation: AskedOperation, fault: string, times: string) {
    const place = nameOf(name, fault, times);
    const { timeoutMs } = faults[fault]!;
    const client = new Client({
      apiKey: "the-key",
      baseUrl: `${server.origin}/${place}`,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
    const error = await operation.ask(client).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const requests = server.received.filter(({ url }) => url.startsWith(`/${place}/`)).length;
    outcomes.set(place, { error, requests });
  }

  // All at once, since most of the time is the wait before a repetition.
  before(async function () {
    this.timeout(120_000);
    const seen = new Set<string>();
    server.answers(({ url }, response) => {
      const [, name = "", fault = "", times = ""] = url.split("/").map(decodeURIComponent);
      const place = nameOf(name, fault, times);
      if (times === "once" && seen.has(place)) {
        response.end(answerOf(askedOperations[name]!));
      } else {
        seen.add(place);
        faults[fault]!.answer(response);
      }
    });
    const runs = (isLate: boolean) =>
      Object.entries(askedOperations).flatMap(([name, operation]) =>
        Object.entries(faults)
          .filter(([, { timeoutMs }]) => isLate === (timeoutMs !== undefined))
          .flatMap(([fault]) =>
            ["once", "always"].map((times) => outcomeOf(name, operation, fault, times)),
          ),
      );
    await Promise.all(runs(false));
    // By themselves, since a busy machine would be late as well.
    await Promise.all(runs(true));
  });

  function assertOneLine(error: unknown, { error: type, unclear }: Fault): void {
    assert.ok(error instanceof type, `not a ${type.name}: ${String(error)}`);
    assert.equal((error as ApiError).outcomeUnknown, unclear);
    assert.match((error as ApiError).message, /^[A-Z]+ \/\S+ [^\n]+$/);
    assert.doesNotMatch((error as ApiError).message, /the-key/);
  }

  for (const [name, { repeatable }] of Object.entries(askedOperations)) {
    for (const [faultName, fault] of Object.entries(faults)) {
      const isRepeated = fault.again === "any" || (fault.again === "repeatable" && repeatable);
      it(`${name}, ${faultName}: ${isRepeated ? "asked again" : "asked once"}`, () => {
        const once = outcomes.get(nameOf(name, faultName, "once"))!;
        const always = outcomes.get(nameOf(name, faultName, "always"))!;
        if (isRepeated) {
          assert.deepEqual(once, { error: undefined, requests: 2 });
          // What is late has a deadline for all attempts, so that there may be fewer.
          const most = fault.timeoutMs === undefined ? attempts : always.requests;
          assert.ok(always.requests > 1 && always.requests <= attempts);
          assert.equal(always.requests, most);
        } else {
          assertOneLine(once.error, fault);
          assert.deepEqual([once.requests, always.requests], [1, 1]);
        }
        assertOneLine(always.error, fault);
      });
    }
  }

  const notBegun: [name: string, timeoutMs: number, most: number, answer: Fault["answer"]][] = [
    [
      "asks for a day",
      600,
      attempts,
      (response) => response.writeHead(429, { "retry-after": "86400" }).end(),
    ],
    [
      // The third wait is under way when the time for all attempts is up.
      "takes long to ask for more time",
      750,
      3,
      (response) => {
        setTimeout(() => response.writeHead(429, { "retry-after": "1" }).end(), 550);
      },
    ],
  ];
  // Each waits for seconds.
  for (const [name, timeoutMs, most, answer] of isAll ? notBegun : notBegun.slice(0, 1)) {
    it(`a server that ${name}: it is known that nothing was done`, async () => {
      server.answers((_request, response) => answer(response));
      const client = new Client({ apiKey: "the-key", baseUrl: server.origin, timeoutMs });
      const error = await client.batches.create("p", { name: "n" }).catch((thrown) => thrown);
      assertOneLine(error, { ...refused, answer });
      assert.ok(server.received.length > 1 && server.received.length <= most);
    });
  }

  describe("a refused connection", () => {
    const errors = new Map<string, unknown>();
    before(async function () {
      this.timeout(60_000);
      // Nobody is given this port; one that was just free may be another program's by now.
      const client = new Client({ apiKey: "the-key", baseUrl: "http://127.0.0.1:2" });
      const asked = Object.entries(askedOperations).map(async ([name, { ask }]) => {
        errors.set(name, await ask(client).catch((error) => error));
      });
      await Promise.all(asked);
    });
    for (const name of Object.keys(askedOperations)) {
      it(`${name}: nothing was done`, () => {
        const fault = { error: UnreachableError, unclear: false } as unknown as Fault;
        assertOneLine(errors.get(name), fault);
      });
    }
  });
});
