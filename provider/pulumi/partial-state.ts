import { gunzipSync, gzipSync } from "node:zlib";
import runtime from "@pulumi/pulumi/runtime/index.js";
import type { Plain } from "../lifecycle/plain.ts";

// What exists after a failure reaches the engine in a header, which may have 16 MiB, as base64. So large
// maps are compressed there. Each stays under its own name, as the engine keeps secret what is secret in
// the input of that name.

const { specialSecretSig, specialSigKey } = runtime;

const marker = "aidp:gzip;base64,";
/** From here on, what cannot be kept is found on the platform by the next update. */
const mostBytes = 9 * 1024 * 1024;
const largeBytes = 64 * 1024;

/** The properties in a form that fits into a header, with some of them secret; nothing when there is none. */
export function packed(properties: Plain, secret: readonly string[] = []): Plain | undefined {
  let bytes = 0;
  const entries = Object.entries(properties).map(([name, value]) => {
    const text = JSON.stringify(value) ?? "";
    const kept = text.length > largeBytes ? marker + gzipSync(text).toString("base64") : value;
    bytes += kept === value ? text.length : String(kept).length;
    return [name, secret.includes(name) ? asSecret(kept) : kept];
  });
  return bytes > mostBytes ? undefined : Object.fromEntries(entries);
}

/** What the engine takes for a secret, and gives to a provider as it was. */
function asSecret(value: unknown): Plain {
  return { [specialSigKey]: specialSecretSig, value };
}

/** The properties that were packed, or that never were. */
export function unpacked(properties: Plain): Plain {
  const entries = Object.entries(properties).map(([name, value]) => [name, unpackedValue(value)]);
  return Object.fromEntries(entries);
}

/** One of them. */
export function unpackedValue(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith(marker)) {
    return value;
  }
  try {
    return JSON.parse(gunzipSync(Buffer.from(value.slice(marker.length), "base64")).toString());
  } catch {
    // A text of the user's that only begins like one.
    return value;
  }
}
