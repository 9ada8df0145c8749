import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import type { JsonObject } from "../model.ts";
import type { Store } from "../store/store.ts";

interface StoredKey {
  id: string;
  pem: string;
}

interface Key {
  id: string;
  privateKey: KeyObject;
}

const secretName = "webhookKeys";

/** The Ed25519 keys that sign webhooks. They are stored with the data, and the newest one signs. */
export class WebhookKeys {
  readonly #store: Store;
  #keys: [newest: Key, ...older: Key[]];

  constructor(store: Store) {
    this.#store = store;
    const stored: StoredKey[] = JSON.parse(store.secret(secretName) ?? "[]");
    const [newest, ...older] = stored.map(({ id, pem }) => ({
      id,
      privateKey: createPrivateKey(pem),
    }));
    this.#keys = newest === undefined ? this.#save([makeKey()]) : [newest, ...older];
  }

  /** Makes a new key. The earlier keys stay known because what they have signed may still be on its way. */
  rotate(): string {
    this.#keys = this.#save([makeKey(), ...this.#keys]);
    return this.#keys[0].id;
  }

  sign(body: string): { keyId: string; signature: string } {
    const [{ id, privateKey }] = this.#keys;
    // Ed25519 has its own hash, so Node takes no digest.
    return { keyId: id, signature: sign(null, Buffer.from(body), privateKey).toString("base64") };
  }

  /** The public halves as a JSON Web Key Set (RFC 7517, RFC 8037). */
  get jwks(): { keys: JsonObject[] } {
    return {
      keys: this.#keys.map(({ id, privateKey }) => ({
        ...createPublicKey(privateKey).export({ format: "jwk" }),
        kid: id,
        use: "sig",
        alg: "EdDSA",
      })),
    };
  }

  #save(keys: [Key, ...Key[]]): [Key, ...Key[]] {
    const stored: StoredKey[] = keys.map(({ id, privateKey }) => ({
      id,
      pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    }));
    this.#store.setSecret(secretName, JSON.stringify(stored));
    return keys;
  }
}

function makeKey(): Key {
  return { id: randomUUID(), privateKey: generateKeyPairSync("ed25519").privateKey };
}
