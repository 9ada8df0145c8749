import { gunzipSync, gzipSync } from "node:zlib";
import runtime from "@pulumi/pulumi/runtime/index.js";
import { isDigest } from "../lifecycle/packed-values.ts";
import { isObject, onlyEntry, type Plain } from "../lifecycle/plain.ts";
import { chunksOf, hold, open, recall } from "./contents.ts";

// The engine takes long over each entry of a map, and its display compares large texts for ever. So a map or a list with
// many entries reaches it as a digest in the inputs. In the outputs, the digest is the name of what is compressed: the
// display then shows one name that came and one that went. Each map stays under its own name, because the engine keeps
// secret what is secret in the input with that name.

const { specialSecretSig, specialSigKey } = runtime;

/** The value in the form in which outputs keep it if it has many entries. */
export function pack(value: object): Plain {
  const digest = hold(value);
  return { [digest]: chunksOf(digest) };
}

/** The same with one text, because typed programs take a map of texts. */
export function packAsTexts(value: object): Plain {
  const digest = hold(value);
  return { [digest]: chunksOf(digest).join("\n") };
}

/** What an input will be packed as, of which only the digest is known: the value can be opened all the same. */
export function packLater(digest: string): Plain {
  return { [digest]: "" };
}

/** A value that the engine treats as a secret, and gives to a provider as it was. */
export function asSecret(value: unknown): Plain {
  return { [specialSigKey]: specialSecretSig, value };
}

/** Whether a value is one of these. */
export function isSecret(value: unknown): value is Plain {
  return isObject(value) && value[specialSigKey] === specialSecretSig;
}

/** The properties as they were before they were packed, or unchanged if they never were. */
export function unpacked(properties: Plain): Plain {
  const entries = Object.entries(properties).map(([name, value]) => [name, unpackedValue(value)]);
  return Object.fromEntries(entries);
}

/** The same for one value. */
export function unpackedValue(value: unknown): unknown {
  return unpackedEntries(value) ?? unpackedText(value);
}

/** Whether a value is packed. A map that a program left in a file looks alike, with a folder in the place of the chunks. */
export function isPacked(value: unknown): value is Record<string, string | string[]> {
  const [digest, chunks] = onlyEntry(value) ?? [];
  const areChunks = typeof chunks === "string" ? chunksText.test(chunks) : Array.isArray(chunks);
  return isDigest(digest) && areChunks;
}

/** Chunks in one text, or none: compressed, each begins like this as base64. */
const chunksText = /^(H4sI|$)/;

function unpackedEntries(value: unknown): object | undefined {
  const [[digest = "", chunks = ""] = []] = isPacked(value) ? Object.entries(value) : [];
  if (chunks === "") {
    return digest === "" ? undefined : open(digest);
  }
  return recall(digest, () => (typeof chunks === "string" ? chunks.split("\n") : chunks));
}

// After a failure, what exists reaches the engine in a header, which may have 16 MiB, as base64. So whatever else is
// large is compressed there.

const marker = "aidp:gzip;base64,";
/** Beyond this size the properties cannot be kept, and the next update finds on the platform what exists. */
const mostBytes = 9 * 1024 * 1024;
const largeBytes = 64 * 1024;

/** The properties in a form that fits into a header, with some of them secret; undefined if there is no such form. */
export function forHeader(properties: Plain, secret: readonly string[] = []): Plain | undefined {
  let bytes = 0;
  const entries = Object.entries(properties).map(([name, given]) => {
    const isMarked = isSecret(given);
    const value = isMarked ? given.value : given;
    const text = JSON.stringify(value) ?? "";
    const isKept = text.length <= largeBytes || unpackedEntries(value) !== undefined;
    const kept = isKept ? value : marker + gzipSync(text).toString("base64");
    bytes += isKept ? text.length : String(kept).length;
    return [name, isMarked || secret.includes(name) ? asSecret(kept) : kept];
  });
  return bytes > mostBytes ? undefined : Object.fromEntries(entries);
}

function unpackedText(value: unknown): unknown {
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
