import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Emulator, EmulatorOptions } from "../../emulator/server.ts";
import { type TestEmulator, useEmulator } from "../support/emulator.ts";

// biome-ignore lint/suspicious/noExplicitAny: specs look into JSON of every shape
type Json = any;

export interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

export interface CallOptions {
  key?: string | null;
  headers?: Record<string, string>;
}

/** Calls to an emulator that stand for its first tenant, and show each answer as it is. */
export class RawApi {
  readonly #test: TestEmulator;

  constructor(test: TestEmulator) {
    this.#test = test;
  }

  get emulator(): Emulator {
    return this.#test.emulator;
  }

  get dataDir(): string {
    return this.#test.dataDir;
  }

  restart(...given: Parameters<TestEmulator["restart"]>): Promise<void> {
    return this.#test.restart(...given);
  }

  /** An API call; `path` is relative to the API's root. */
  call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const key = options.key === undefined ? this.emulator.apiKey : options.key;
    return fetchJson(method, `${this.emulator.url}${path}`, body, {
      ...(key !== null && { "x-api-key": key }),
      ...options.headers,
    });
  }

  control(method: string, path: string, body?: unknown): Promise<Answer> {
    return fetchJson(method, `${this.emulator.origin}/_emulator${path}`, body, {});
  }

  get project(): string {
    return `/projects/${this.emulator.projectId}`;
  }

  get space(): string {
    return `/spaces/${this.emulator.spaceId}`;
  }

  async createItem(fields: Record<string, unknown> = {}): Promise<Json> {
    const input = { assetUrl: "uploads/a.png", assetType: "image", ...fields };
    const { status, body } = await this.call("POST", `${this.project}/workItems`, input);
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }

  async createBatch(name: string): Promise<Json> {
    const { status, body } = await this.call("POST", `${this.project}/batches`, { name });
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }

  async listItems(query = ""): Promise<Json> {
    const { status, body } = await this.call("GET", `${this.project}/workItems${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  async storedItem(id: string): Promise<Json> {
    const { body } = await this.control("GET", "/store");
    return body.workItems.find((item: Json) => item.id === id);
  }

  async signal(id: string, signal: string, signalOutcome = "OK"): Promise<Answer> {
    const path = `${this.project}/workItems/${id}/signal`;
    return this.call("POST", path, { signal, taskType: "labeling", signalOutcome });
  }

  async uploadUrl(): Promise<{ path: string; signedUrl: string }> {
    const { body } = await this.call("GET", `${this.space}/signedurls`);
    return body.items[0];
  }

  async readUrl(path: string): Promise<string> {
    const { body } = await this.call("POST", `${this.space}/signedurls`, { paths: [path] });
    return body.items[0].signedUrl;
  }
}

async function fetchJson(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? undefined : parse(text),
    headers: response.headers,
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function assertError(answer: Answer, status: number, code: string, message?: RegExp): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.body.error.code, code);
  if (message !== undefined) {
    assert.match(answer.body.error.message, message);
  }
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await delay(10);
  }
}

export const unknownId = "5a8591dd-4039-49df-9202-96385ba3eff8";

/** Raw calls to an emulator of its own for the describe block that calls this. */
export function useRawApi(options: Partial<EmulatorOptions> = {}): RawApi {
  return new RawApi(useEmulator(options));
}
