import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "../../../provider/api/client.ts";
import { ApiError } from "../../../provider/api/errors.ts";
import { fileBytes, fileExists, readFile } from "../../../provider/api/files.ts";
import { openContent } from "../../../provider/disk/pieces.ts";
import { uploadFile } from "../../../provider/uploads/upload.ts";
import {
  drip,
  half,
  html,
  reset,
  silence,
  status,
  useRawServer,
} from "../../support/raw-server.ts";
import { isAll } from "../../support/tier.ts";

interface Fault {
  answer: (response: ServerResponse) => void;
  /** Whether a transfer is begun again after it. A look at a file is as well, where an answer is late or odd. */
  again: boolean;
  /** Those that are content with such an answer. */
  fine?: string[];
  isLate?: true;
}

const faults: Record<string, Fault> = {
  "429 with seconds": { answer: status(429, { "retry-after": "0" }), again: true },
  "429 with a date": {
    answer: status(429, { "retry-after": "Fri, 01 Mar 2024 00:00:00 GMT" }),
    again: true,
  },
  "500": { answer: status(500), again: true },
  "502 with a page": { answer: status(502, html, "<html>"), again: true },
  "503": { answer: status(503), again: true },
  reset: { answer: reset, again: true },
  "half an answer": {
    answer: half("half"),
    again: true,
    fine: ["look"],
  },
  silence: { answer: silence, again: true, isLate: true },
  "a slow drip": {
    answer: drip,
    again: true,
    fine: ["look", "download"],
    isLate: true,
  },
  "a page of a proxy": { answer: status(200, html, "<html>"), again: true, fine: ["look", "read"] },
  "a redirect": { answer: status(302, { location: "/elsewhere" }), again: false },
  "400": { answer: status(400), again: false },
  "413": { answer: status(413), again: false },
};

const standstillMs = 1_500;

/** An upload that never gets through waits longer and longer between its attempts. */
const timesOf = (transfer: string, again: boolean) =>
  isAll || transfer !== "upload" || !again ? ["once", "always"] : ["once"];

describe("provider: each transfer of a file, each fault", () => {
  const server = useRawServer();
  let folder: string;
  let file: string;
  const seen = new Set<string>();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-transfers-"));
    file = join(folder, "a.txt");
    writeFileSync(file, "content");
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    seen.clear();
    server.answers(({ url }, response) => {
      const [, fault = "", times] = url.split(/[/?]/).map(decodeURIComponent);
      if (times === "once" && seen.has(url)) {
        response.end("content");
      } else {
        seen.add(url);
        faults[fault]!.answer(response);
      }
    });
  });

  const transfers: Record<string, (signedUrl: string) => Promise<unknown>> = {
    upload: (signedUrl) => {
      const client = new Client({
        apiKey: "k",
        baseUrl: server.origin,
        timeoutMs: standstillMs / 2,
      });
      const open = () => openContent(file, "text/plain");
      return uploadFile(client, open, async () => ({ path: "p", signedUrl }));
    },
    look: (signedUrl) => fileExists(signedUrl, standstillMs),
    read: (signedUrl) => readFile(signedUrl, standstillMs),
    download: async (signedUrl) => {
      const chunks = await Array.fromAsync(fileBytes(signedUrl, standstillMs));
      return Buffer.concat(chunks).toString();
    },
  };
  const results: Record<string, unknown> = {
    upload: "p",
    look: true,
    read: "content",
    download: "content",
  };

  for (const [name, transfer] of Object.entries(transfers)) {
    const relevant = Object.entries(faults).filter(([, { fine }]) => !fine?.includes(name));
    it(`${name}: comes to its end, or fails in one line without the signature`, async () => {
      await Promise.all(
        relevant.flatMap(([fault, { again, isLate }]) =>
          timesOf(name, again).map(async (times) => {
            const path = `/${encodeURIComponent(fault)}/${times}`;
            const outcome = await transfer(`${server.origin}${path}?signature=secret`).catch(
              (error: unknown) => error,
            );
            const requests = server.received.filter(({ url }) => url.startsWith(`${path}?`)).length;
            // What broke in the middle of a download is for the caller, who asks for a new URL.
            const isAgain =
              again &&
              !(name === "download" && (fault === "half an answer" || fault.includes("page of"))) &&
              !(isLate && name !== "upload");
            if (times === "once" && isAgain) {
              assert.equal(outcome, results[name], `${fault}: ${String(outcome)}`);
              return;
            }
            assert.ok(outcome instanceof ApiError, `${fault}: ${String(outcome)}`);
            assert.match(outcome.message, /^(GET|PUT) http:\/\/\S+ [^\n]+$/, fault);
            assert.doesNotMatch(JSON.stringify([outcome.message, outcome.stack]), /secret/);
            assert.equal(requests > 1, times === "always" && isAgain, `${fault}: ${requests}`);
          }),
        ),
      );
    });
  }

  it("sends a file again no earlier than the date that its host asks for", async () => {
    let until: number | undefined;
    let again: number | undefined;
    server.answers((_request, response) => {
      if (until === undefined) {
        // A date has whole seconds; the first repetition would come within 600 ms.
        until = Math.ceil(Date.now() / 1000) * 1000 + 1000;
        response.writeHead(429, { "retry-after": new Date(until).toUTCString() }).end();
      } else {
        again ??= Date.now();
        response.end();
      }
    });
    assert.equal(await transfers.upload!(`${server.origin}/until`), "p");
    // A timer of Node.js may fire a millisecond early.
    assert.ok(again! >= until! - 2);
  });

  it("waits as long as the file's host asks for", async () => {
    const waits: [string, number][] = [];
    server.answers(({ url }, response) => {
      const isFirst = !seen.has(url);
      seen.add(url);
      if (isFirst) {
        response.writeHead(429, { "retry-after": "1" }).end();
      } else {
        response.end("content");
      }
      waits.push([url, performance.now()]);
    });
    await transfers.upload!(`${server.origin}/wait`);
    const [first, second] = waits.map(([, at]) => at);
    assert.ok(second! - first! >= 990, `${second! - first!} ms`);
  });
});
