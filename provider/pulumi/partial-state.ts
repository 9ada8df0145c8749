import { gunzipSync, gzipSync } from "node:zlib";
import runtime from "@pulumi/pulumi/runtime/index.js";
import { isObject, type Plain } from "../lifecycle/plain.ts";

// After a failure, what exists reaches the engine in a header, which may have 16 MiB, as base64. So large maps are
// compressed there. Each stays under its own name, because the engine keeps secret what is secret in the input with
// that name.

const { specialSecretSig, specialSigKey } = runtime;

const marker = "aidp:gzip;base64,";
/** Beyond this size the properties cannot be kept, and the next update finds on the platform what exists. */
const mostBytes = 9 * 1024 * 1024;
const largeBytes = 64 * 1024;

/** The properties in a form that fits into a header, with some of them secret; undefined if there is no such form. */
export function packed(properties: Plain, secret: readonly string[] = []): Plain | undefined {
  let bytes = 0;
  const entries = Object.entries(properties).map(([name, given]) => {
    const isMarked = isSecret(given);
    const value = isMarked ? given.value : given;
    const text = JSON.stringify(value) ?? "";
    const kept = text.length > largeBytes ? marker + gzipSync(text).toString("base64") : value;
    bytes += kept === value ? text.length : String(kept).length;
    return [name, isMarked || secret.includes(name) ? asSecret(kept) : kept];
  });
  return bytes > mostBytes ? undefined : Object.fromEntries(entries);
}

/** A value that the engine treats as a secret, and gives to a provider as it was. */
export function asSecret(value: unknown): Plain {
  return { [specialSigKey]: specialSecretSig, value };
}

function isSecret(value: unknown): value is Plain {
  return isObject(value) && value[specialSigKey] === specialSecretSig;
}

/** The properties as they were before they were packed, or unchanged if they never were. */
export function unpacked(properties: Plain): Plain {
  const entries = Object.entries(properties).map(([name, value]) => [name, unpackedValue(value)]);
  return Object.fromEntries(entries);
}

/** The same for one value. */
export function unpackedValue(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith(marker)) {
    return value;
  }
  try {
    return JSON.parse(gunzipSync(Buffer.from(value.slice(marker.length), "base64")).toString());
  } catch {
    // This is a user's text that only begins like a packed value.
    return value;
  }
}
