import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pMap from "p-map";
import { type Emulator, startEmulator } from "../../../emulator/server.ts";
import {
  addFault,
  clearFaults,
  clientOf,
  type Fault,
  faultHits,
} from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { PartialFailure } from "../../../provider/lifecycle/lifecycle.ts";
import { DeclaredResource } from "../../support/declared.ts";
import { keepEnvironment } from "../../support/environment.ts";
import { platformOf } from "../../support/platform.ts";
import { isAll } from "../../support/tier.ts";
import { type Kind, kinds, type Place } from "./kinds.ts";

const page = "<html><body>Bad gateway</body></html>";
const timeoutMs = 2_000;

const faults: Record<string, Omit<Fault, "operation">> = {
  "429 with seconds": { status: 429, retryAfter: 0 },
  "500": { status: 500 },
  "503 with seconds": { status: 503, retryAfter: 0 },
  "502 from a proxy, after the work": { status: 502, workDone: true, body: page },
  "a reset before the work": { reset: "before" },
  "a reset after the work": { reset: "after" },
  "half an answer": { truncate: true },
  "no JSON, after the work": { status: 200, workDone: true, body: '{"items":[' },
  "a page of a proxy": {
    status: 200,
    headers: { "content-type": "text/html" },
    body: page,
  },
  "a redirect": { status: 302, headers: { location: "/elsewhere" } },
  "400": { status: 400 },
  "403": { status: 403 },
  "silence, and the work is done late": { latencyMs: timeoutMs + 300 },
};

/** The work is done and nobody says so, for good; or it is refused. The others: `npm run test:all`. */
const most = ["502 from a proxy, after the work, always", "400, once"];

const atOnce = 48;

describe("provider: each kind of resource, each of its operations, each fault", () => {
  const outcomes = new Map<string, unknown>();
  const { random } = Math;
  keepEnvironment("XDG_CACHE_HOME");
  let root: string;

  // All at once, since most of the time is the wait before a repetition; which is drawn, so draw the shortest.
  before(async function () {
    this.timeout(600_000);
    root = mkdtempSync(join(tmpdir(), "aidp-faults-"));
    process.env.XDG_CACHE_HOME = join(root, "cache");
    Math.random = () => 0;
    await pMap(
      cases(),
      ([name, run]) =>
        run().then(
          () => outcomes.set(name, undefined),
          (error: unknown) => outcomes.set(name, error),
        ),
      { concurrency: atOnce },
    );
  });
  after(() => {
    Math.random = random;
    rmSync(root, { recursive: true });
  });

  const casesOf = (kindName: string, kind: Kind) =>
    kind.operations.flatMap((operation) =>
      Object.entries(faults)
        .filter(([name]) => !kind.passing?.includes(`${operation}: ${name}`))
        .flatMap(([name, fault]) => [
          { name: `${name}, once`, fault: { ...fault, operation, times: 1 } },
          { name: `${name}, always`, fault: { ...fault, operation, times: 0 } },
        ])
        .filter(({ name }) => isAll || most.includes(name))
        .map(({ name, fault }): [string, () => Promise<void>] => [
          `${kindName}: ${operation}: ${name}`,
          () => live(kind, fault),
        ]),
    );
  const cases = () => Object.entries(kinds).flatMap(([name, kind]) => casesOf(name, kind));

  /** A whole life, in which each step meets the fault, and is then done again without. */
  async function live(kind: Kind, fault: Fault): Promise<void> {
    const folder = mkdtempSync(join(root, "case-"));
    const emulator = await startEmulator({ dataDir: join(folder, "data") });
    try {
      await liveOn(emulator, join(folder, "files"), kind, fault);
    } finally {
      await emulator.close();
    }
  }

  async function liveOn(emulator: Emulator, folder: string, kind: Kind, fault: Fault) {
    mkdirSync(folder);
    const { url: baseUrl, apiKey, projectId, spaceId } = emulator;
    const others: string[] = [];
    for (let index = 0; index < (kind.others ?? 0); index += 1) {
      const input = { assetUrl: `${index}.png`, assetType: "image" };
      others.push((await clientOf(emulator).workItems.create(projectId, input)).id);
    }
    const place: Place = { emulator, folder, others };
    const platform = () =>
      platformOf(emulator, {
        owner: "urn:pulumi:dev::faults::aidp:Thing::thing",
        client: new Client({ apiKey, baseUrl, timeoutMs }),
      });
    const resource = new DeclaredResource(kind.lifecycle, platform, { projectId, spaceId });
    let hits = 0;
    const withFault = async (work: () => Promise<void>) => {
      hits += await hitsDuring(emulator, fault, work);
    };
    for (const step of [0, 1] as const) {
      const news = await kind.declare(place, step);
      await withFault(() => resource.up(news));
      await resource.up(news);
      await kind.expect(place, step, resource.state ?? {});
      await withFault(() => resource.refresh());
      await resource.up(news);
      await kind.expect(place, step, resource.state ?? {});
    }
    await withFault(() => resource.destroy());
    await resource.destroy();
    await kind.expectGone(place, fault);
    assert.ok(hits > 0, `its life never asks for ${fault.operation}`);
  }

  /** Work that comes to its end, or fails in one line; tells how often it met the fault. */
  async function hitsDuring(
    emulator: Emulator,
    fault: Fault,
    work: () => Promise<void>,
  ): Promise<number> {
    await addFault(emulator, fault);
    try {
      await work();
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
      const lines = [error.message, ...(error instanceof PartialFailure ? error.reasons : [])];
      for (const line of lines) {
        assert.match(line, /^[^\n]{10,1000}$/);
        assert.ok(!line.includes(emulator.apiKey) && !line.includes("signature="), line);
      }
      assert.ok(
        ["ApiError", "Refusal", "PartialFailure"].includes(error.name) || "path" in error,
        `${error.stack}`,
      );
    }
    const [hits = 0] = await faultHits(emulator);
    await clearFaults(emulator);
    return hits;
  }

  for (const [name] of cases()) {
    it(name, () => {
      const error = outcomes.get(name);
      if (error !== undefined) {
        throw error;
      }
    });
  }
});
