import { verify } from "node:crypto";
import { z } from "zod";
import { findKey, type JsonWebKeySet } from "./keys.ts";

/** What the platform posts to a work item's `callbackUrl` when its status changes. */
export interface WebhookPayload {
  /** The UUID of the work item. */
  workItemID: string;
  /** The item's status now: `NEW`, `IN_PROGRESS`, `COMPLETED`, `FAILED`, or another one of the platform's. */
  status: string;
  /** What its asset is: `image`, `video`. */
  assetType?: string | null | undefined;
  /** The picture: a URL, or a path in the space. */
  assetUrl?: string | null | undefined;
  /** When it was created, ISO 8601. */
  createdAt?: string | null | undefined;
  /**
   * When its status changed, ISO 8601. Deliveries can overtake each other: ignore one that is older than what you have.
   */
  updatedAt?: string | null | undefined;
  /** When this webhook was sent, ISO 8601. */
  deliveredAt: string;
}

/** How to verify a webhook. */
export interface WebhookOptions {
  /**
   * The platform's public keys: the address of its JSON Web Key Set, which is fetched when needed and again when a key
   * is not in it, or the set itself. An address must be https, or on this machine: `aidp emulator` prints that of the
   * emulator as `jwks`.
   */
  jwks: string | URL | JsonWebKeySet;
  /** How many seconds old a webhook may be, or ahead of this machine's clock. Default: 300. */
  toleranceSeconds?: number;
}

/** The headers of a request, from Node's own servers or from the web's `Request`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>;

/** The webhook is not from the platform, or nobody can tell. Answer 401, and do nothing that it says. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
}

const payload = z.looseObject({
  workItemID: z.string(),
  status: z.string(),
  assetType: z.string().nullish(),
  assetUrl: z.string().nullish(),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
  deliveredAt: z.iso.datetime({ offset: true }),
});

const usualTolerance = 300;
const ed25519Bytes = 64;

/**
 * Verifies that a webhook comes from the platform, unchanged and not long ago, and reads it. `rawBody` is the body byte
 * for byte as it arrived, before anything parsed it. Throws a `WebhookError` if that is not so, and another error if
 * the keys cannot be fetched: answer 503 in that case, and the platform tries again.
 *
 * The same webhook can arrive twice, because the platform sends it again if an answer is lost.
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  { jwks, toleranceSeconds = usualTolerance }: WebhookOptions,
): Promise<WebhookPayload> {
  const signature = Buffer.from(headerOf(headers, "x-payload-signature"), "base64");
  const keyId = headerOf(headers, "x-payload-key-id");
  const timestamp = headerOf(headers, "x-payload-timestamp");
  if (signature.length !== ed25519Bytes) {
    throw new WebhookError("the header x-payload-signature is no Ed25519 signature in base64");
  }
  if (!/^\d+$/.test(timestamp)) {
    throw new WebhookError("the header x-payload-timestamp is no time in Unix seconds");
  }
  refuseStale("x-payload-timestamp", Number(timestamp) * 1000, toleranceSeconds);
  const key = await findKey(jwks, keyId);
  if (key === undefined) {
    throw new WebhookError("the header x-payload-key-id names no key of the platform");
  }
  const body = typeof rawBody === "string" ? Buffer.from(rawBody) : rawBody;
  if (!verify(null, body, key, signature)) {
    throw new WebhookError("the signature is not of this body");
  }
  const sent = read(body);
  // The header is not signed. If only the header counted, anybody who keeps a webhook could send it again later.
  refuseStale("deliveredAt", Date.parse(sent.deliveredAt), toleranceSeconds);
  return sent;
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const found =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  if (typeof found !== "string") {
    throw new WebhookError(`the header ${name} is missing`);
  }
  return found;
}

function refuseStale(what: string, time: number, toleranceSeconds: number): void {
  const seconds = Math.round((Date.now() - time) / 1000);
  // This does not use >, because a tolerance that is no number would then always pass.
  if (!(Math.abs(seconds) <= toleranceSeconds)) {
    const off = seconds > 0 ? `${seconds} s old` : `${-seconds} s ahead of this machine's clock`;
    throw new WebhookError(`${what} is ${off}, and at most ${toleranceSeconds} s are allowed`);
  }
}

function read(body: Uint8Array): WebhookPayload {
  try {
    return payload.parse(JSON.parse(Buffer.from(body).toString()));
  } catch (cause) {
    throw new WebhookError("the body is signed, but no webhook as it is known here", { cause });
  }
}
