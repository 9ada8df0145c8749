import { defaultTimeoutMs } from "../api/retry.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import type { Part } from "./bucket-source.ts";
import { SourceError } from "./source.ts";

// What the stores of objects share: their packages, their errors, and when a read has stood still for too long.

/** A read that stands still for longer than this would hold up the upload for good. */
export const standstillMs: number = 2 * defaultTimeoutMs;

/** The package of a store, which only those install who have pictures there. */
export async function installed<Sdk>(name: string, sdk: Promise<Sdk>): Promise<Sdk> {
  return sdk.catch(() => {
    throw new SourceError(`it needs the package ${name}: npm install ${name}`);
  });
}

/** What to do about a bucket that cannot be listed, by what went wrong. */
export interface Advice {
  /** The address that was asked. */
  address: string;
  /** Where another address is set. */
  endpoint: string;
  /** How to give credentials. */
  credentials: string;
  /** What else may be wrong. */
  check: string;
}

export function listError(error: unknown, advice: Advice): SourceError {
  return new SourceError(
    `the bucket cannot be listed (${textOf(error)}): ${whatToDo(error, advice)}`,
  );
}

/** The codes and names of errors that come from no server. */
const unreachable = /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOST|ENET|TimeoutError)/;

function whatToDo(error: unknown, { address, endpoint, credentials, check }: Advice): string {
  const { name, code, message } = error as Error & { code?: unknown };
  if (unreachable.test(String(code)) || unreachable.test(name)) {
    return `nothing answers at ${address}: check ${endpoint}, and the network`;
  }
  if (isOfCredentials(name) || /could not load the default credentials/i.test(message)) {
    return `no valid credentials were found: ${credentials}`;
  }
  if (name === "EndpointError") {
    return `check ${endpoint}: it must begin with http:// or https://`;
  }
  return /^region (is missing|not accepted)/i.test(message)
    ? "set AWS_REGION to the region of the bucket"
    : `check ${check}`;
}

function isOfCredentials(name: string): boolean {
  return /credential|authentication/i.test(name);
}

/** The HTTP header `Range` of a request for a part of an object. */
export function rangeOf({ start, length }: Part): string {
  return `bytes=${start}-${start + length - 1}`;
}

/** Why an object is not sent, by the status that the store answered with. */
export function readError(error: unknown, status: unknown): Refusal {
  return status === 404 || status === 412
    ? changedError()
    : new Refusal(`the file cannot be read from the bucket (${textOf(error)})`);
}

export function changedError(): Refusal {
  return new Refusal("the file changed in the bucket since the preview: run the update again");
}

/**
 * What went wrong, in one line. Whatever gives credentials may have put some into its message, and so may a parser that
 * stumbles over a file of them.
 */
export function textOf(error: unknown): string {
  const { name, message, code } = error as Error & { code?: unknown };
  if (isOfCredentials(name) || /syntax/i.test(name)) {
    return name;
  }
  const text = `${typeof code === "string" ? code : name}: ${message.replace(/\n.*/s, "")}`;
  return withoutSecrets(text);
}

/** A server may repeat what it was asked with. */
function withoutSecrets(text: string): string {
  const secrets = Object.entries(process.env).flatMap(([name, value = ""]) =>
    /^(AWS|AZURE|GOOGLE)_.*(KEY|SECRET|TOKEN|CONNECTION_STRING)/.test(name) && value.length >= 8
      ? [value]
      : [],
  );
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, "…"), text);
}

/** The URL of an object, from that of its bucket. */
export function publicUrl(bucket: string, key: string): string {
  const { origin, pathname } = new URL(bucket);
  const path = [pathname.replace(/\/$/, ""), ...key.split("/").map(encodeURIComponent)];
  return origin + path.join("/");
}

/** Stops, by its signal, what nothing comes from any more. */
export class Watch {
  readonly #stop = new AbortController();

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async answer<T>(coming: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#stop.abort(), standstillMs);
    try {
      return await coming;
    } catch (error) {
      throw this.signal.aborted
        ? new DOMException(`nothing came for ${standstillMs / 1000} seconds`, "TimeoutError")
        : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Each thing that comes. The time that the receiver takes does not count. */
  async *all<T>(coming: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = coming[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.answer(iterator.next());
        if (done === true) {
          return;
        }
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}
