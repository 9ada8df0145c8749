import assert from "node:assert/strict";
import { z } from "zod";
import { PlatformClock } from "../../../provider/api/clock.ts";
import { Http } from "../../../provider/api/http.ts";
import { Limiter } from "../../../provider/api/limiter.ts";
import { Pace } from "../../../provider/api/pace.ts";
import { routeTable } from "../../../provider/api/routes.ts";
import { status, useRawServer } from "../../support/raw-server.ts";

/** Work that ends when it is told to, and counts how much of it is under way. */
class Work {
  running = 0;
  most = 0;
  readonly #ends: (() => void)[] = [];

  start = (tooMany: () => void): Promise<void> => {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    return new Promise((resolve) => {
      this.#ends.push(() => {
        this.running -= 1;
        resolve();
      });
      this.refuse.push(tooMany);
    });
  };
  readonly refuse: (() => void)[] = [];

  async end(count = this.#ends.length): Promise<void> {
    for (const end of this.#ends.splice(0, count)) {
      end();
    }
    // What waits is let in when the promises of this turn are done.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("provider: limiter", () => {
  it("lets in no more than its bound, and all in the end", async () => {
    const limiter = new Limiter(4);
    const work = new Work();
    const all = Promise.all(Array.from({ length: 20 }, () => limiter.run(work.start)));
    for (let round = 0; round < 5; round += 1) {
      assert.equal(work.running, 4);
      await work.end();
    }
    await all;
    assert.equal(work.most, 4);
  });

  it("halves for a round of refusals, however many there are, and grows back", async () => {
    const limiter = new Limiter(8);
    const work = new Work();
    const all = Promise.all(Array.from({ length: 200 }, () => limiter.run(work.start)));
    for (const refuse of work.refuse.splice(0)) {
      refuse();
    }
    // Only some of them, since what goes well lets more in.
    await work.end(5);
    assert.ok(work.running >= 4 && work.running <= 5, `${work.running}`);
    let most = 0;
    while (work.running > 0) {
      most = Math.max(most, work.running);
      await work.end();
    }
    assert.equal(most, 8);
    await all;
  });

  it("has its whole bound while a pace spreads requests: those that wait must not hold up the others", async () => {
    let now = 0;
    const pace = new Pace(undefined, () => now);
    pace.tooMany();
    for (now = 1_000; now < 2_000; now += 1) {
      pace.wentWell();
    }
    const limiter = new Limiter(8, pace);
    await limiter.run(async (tooMany) => tooMany());
    assert.ok(limiter.isHeldBack);
    const work = new Work();
    const all = Promise.all(Array.from({ length: 8 }, () => limiter.run(work.start)));
    while (work.running < 8) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await work.end();
    await all;
  });

  describe("of requests", () => {
    const server = useRawServer();

    it("halves where the service answers 429", async () => {
      server.answers((_request, response) => {
        if (server.received.length === 1) {
          status(429, { "retry-after": "0" })(response);
        } else {
          response.end("{}");
        }
      });
      const limiter = new Limiter(8);
      const options = { apiKey: "k", routes: routeTable(), timeoutMs: 30_000, signal: undefined };
      const http = new Http({
        ...options,
        baseUrl: server.origin,
        limiter,
        clock: new PlatformClock(),
      });
      await http.request("listProjects", { spaceId: "s" }, { answer: z.unknown() });
      const work = new Work();
      const all = Promise.all(Array.from({ length: 8 }, () => limiter.run(work.start)));
      assert.ok(work.running >= 4 && work.running <= 5, `${work.running}`);
      while (work.running > 0) {
        await work.end();
      }
      await all;
    });
  });

  it("never stops, and frees the room of work that fails", async () => {
    const limiter = new Limiter(1);
    const failing = limiter.run(async (tooMany) => {
      tooMany();
      throw new Error("no");
    });
    await assert.rejects(failing, /no/);
    assert.equal(await limiter.run(async () => "yes"), "yes");
  });
});
