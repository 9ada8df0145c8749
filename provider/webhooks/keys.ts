import { createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { baseUrlProblem } from "../api/connection.ts";

/** A public key as JSON (RFC 7517, RFC 8037). Keys of other kinds are ignored. */
const jwk = z.looseObject({
  kid: z.string(),
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  // 32 bytes: Node would throw on anything that is not a key, and then no other key could be used either.
  x: z.string().regex(/^[\w-]{43}$/),
});
const jwks = z.looseObject({ keys: z.array(z.unknown()) });

/** A JSON Web Key Set, as the platform publishes it. */
export interface JsonWebKeySet {
  /** The public keys, as JSON Web Keys. Keys that are not Ed25519 keys are ignored. */
  keys: readonly object[];
}

type ByKeyId = ReadonlyMap<string, KeyObject>;

const patienceMs = 10_000;
/** A withdrawn key is valid for no longer than this. */
const goodForMs = 10 * 60_000;
/** However many made-up key ids somebody sends, the keys are fetched no more often than this. */
const anewAfterMs = 30_000;

/** The keys at an address. They are fetched when they are first needed, and again for an id that is not among them. */
class RemoteKeys {
  readonly #url: string;
  #keys: ByKeyId = new Map();
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #missedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async find(id: string): Promise<KeyObject | undefined> {
    const now = performance.now();
    if (now - this.#fetchedAt > goodForMs) {
      await this.#fetch();
    }
    const key = this.#keys.get(id);
    if (key !== undefined) {
      return key;
    }
    if (this.#fetching === undefined) {
      if (now - this.#missedAt < anewAfterMs) {
        return undefined;
      }
      this.#missedAt = now;
    }
    await this.#fetch();
    return this.#keys.get(id);
  }

  /** Fetches the keys once for all callers that wait. If it fails, the known keys stay as valid as they were. */
  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchOnce(): Promise<void> {
    const at = performance.now();
    // Loaded late: few programs of this package verify webhooks.
    const { default: ky } = await import("ky");
    this.#keys = keysOf(await ky(this.#url, { redirect: "error", timeout: patienceMs }).json());
    this.#fetchedAt = at;
  }
}

const remotes = new Map<string, RemoteKeys>();

/** The key with that id, from a set or from the address of one. */
export async function findKey(
  source: string | URL | JsonWebKeySet,
  id: string,
): Promise<KeyObject | undefined> {
  if (typeof source === "object" && "keys" in source) {
    return keysOf(source).get(id);
  }
  const url = String(source);
  const problem = baseUrlProblem(url);
  if (problem !== undefined) {
    throw new Error(`jwks ${problem}`);
  }
  const remote = remotes.get(url) ?? new RemoteKeys(url);
  remotes.set(url, remote);
  return remote.find(id);
}

function keysOf(json: unknown): ByKeyId {
  const found = new Map<string, KeyObject>();
  for (const each of jwks.parse(json).keys) {
    const key = jwk.safeParse(each);
    if (key.success) {
      found.set(key.data.kid, createPublicKey({ key: key.data, format: "jwk" }));
    }
  }
  return found;
}
