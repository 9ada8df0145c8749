import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { cacheFolder, removeIfThere, removeOldFiles } from "../disk/cache-folder.ts";
import { digestEntries, digestJson, isDigest } from "../lifecycle/packed-values.ts";
import { onlyEntry } from "../lifecycle/plain.ts";

// What a digest stands for. The process that made the digest remembers it, and puts it into the user's cache folder for
// policies and reports, which run beside it and see only the digest. Whoever has the digest can read the file, and nobody
// else: it is the key. Where the entries are secret, the engine keeps the digest secret as well.

interface Held {
  value: object;
  chunks?: readonly string[];
}

const held = new Map<string, Held>();

/**
 * About how many characters of JSON a chunk has. The SDK makes an array of numbers of each text that it sends, which
 * takes two thirds of the memory and a third of the time if the texts are this short.
 */
const chunkLength = 2_000_000;
const dayMs = 24 * 60 * 60 * 1000;
/** As long as the longest wait of a `BatchCompletion`. */
const longestWaitMs = 30 * dayMs;

/** When this process left what it left, by digest. */
const left = new Map<string, number>();

/** Remembers a map or a list, and returns its digest. */
export function hold(value: object): string {
  const digest = digestEntries(value);
  if (!held.has(digest)) {
    held.set(digest, { value });
  }
  return digest;
}

/** What a digest stands for: what this process remembers, or otherwise what the chunks say that `read` gives. */
export function recall(digest: string, read: () => readonly string[]): object {
  const known = held.get(digest);
  if (known !== undefined) {
    return known.value;
  }
  const chunks = read();
  const value = joined(chunks);
  held.set(digest, { value, chunks });
  return value;
}

/** What a digest that is remembered stands for, compressed. */
export function chunksOf(digest: string): readonly string[] {
  const known = held.get(digest);
  if (known === undefined) {
    return [];
  }
  known.chunks ??= [...compressed(known.value)];
  return known.chunks;
}

/** Lets other processes read what the digest stands for. If the disk does not take it, they say that they cannot. */
export function share(digest: string): void {
  write(digest, () => chunksOf(digest));
}

/** What a digest stands for, from this process or another one that shares it. */
export function open(digest: string): object | undefined {
  try {
    return recall(digest, () => read(folder(), digest));
  } catch {
    return undefined;
  }
}

/**
 * Leaves a map, with its JSON text, for a process that may have another cache folder: returns a map from the digest to
 * the folder, or undefined if the disk does not take it.
 */
export function leave(value: object, text: string): Record<string, string> | undefined {
  const digest = digestJson(value, text);
  if (!write(digest, () => [text])) {
    return undefined;
  }
  if (left.size === 0) {
    // The provider may come to it days later, after people have done something that the program waits for.
    const renewing = setInterval(() => renewLeft(() => clearInterval(renewing)), dayMs / 4).unref();
  }
  left.set(digest, Date.now());
  return { [digest]: folder() };
}

function renewLeft(end: () => void): void {
  for (const [digest, since] of left) {
    if (Date.now() - since > longestWaitMs) {
      left.delete(digest);
    } else {
      renew(digest);
    }
  }
  if (left.size === 0) {
    end();
  }
}

/** What a process left; undefined for any other value. Fails if it cannot be read: then the program leaves it anew. */
export function pickUp(value: unknown): object | undefined {
  const [digest, from] = onlyEntry(value) ?? [];
  if (!isDigest(digest) || typeof from !== "string") {
    return undefined;
  }
  try {
    return joined(read(from, digest));
  } catch (error) {
    removeIfThere(placeIn(from, digest).path);
    throw error;
  }
}

/** Whether the chunks are in the cache folder now. */
function write(digest: string, chunks: () => readonly string[]): boolean {
  if (renew(digest)) {
    return true;
  }
  let part: string | undefined;
  try {
    const { path, key } = placeIn(folder(), digest);
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    removeOldFiles(folder());
    const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12));
    const text = chunks().join("\n");
    const bytes = [cipher.update(text), cipher.final(), cipher.getAuthTag()];
    part = `${path}.${process.pid}`;
    writeFileSync(part, Buffer.concat(bytes), { mode: 0o600 });
    renameSync(part, path);
    return true;
  } catch {
    removeIfThere(part);
    return false;
  }
}

/** Keeps what is in the cache folder for another day; false if it is not there. */
function renew(digest: string): boolean {
  const now = new Date();
  try {
    utimesSync(placeIn(folder(), digest).path, now, now);
    return true;
  } catch {
    return false;
  }
}

function read(from: string, digest: string): string[] {
  const { path, key } = placeIn(from, digest);
  const bytes = readFileSync(path);
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.alloc(12));
  decipher.setAuthTag(bytes.subarray(-16));
  const text = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
  return text.toString().split("\n");
}

function folder(): string {
  return resolve(cacheFolder(), "contents");
}

function placeIn(where: string, digest: string): { path: string; key: Buffer } {
  const hashed = (use: string) => createHash("sha256").update(`${use} ${digest}`).digest();
  return { path: join(where, hashed("file").toString("hex")), key: hashed("key") };
}

function* compressed(value: object): Generator<string> {
  const isList = Array.isArray(value);
  const [opening, closing] = isList ? "[]" : "{}";
  let texts: string[] = [];
  let length = 0;
  const chunk = () => toBase64(`${opening}${texts.join(",")}${closing}`);
  for (const key of Object.keys(value)) {
    const entry = JSON.stringify(value[key as keyof typeof value]) ?? "null";
    const text = isList ? entry : `${JSON.stringify(key)}:${entry}`;
    texts.push(text);
    length += text.length;
    if (length > chunkLength) {
      yield chunk();
      texts = [];
      length = 0;
    }
  }
  yield chunk();
}

function toBase64(text: string): string {
  return gzipSync(text, { level: 4 }).toString("base64");
}

/** Whether a chunk is JSON as it is, which is base64 otherwise. Neither has a line break. */
function isJson(chunk: string): boolean {
  return /^[[{]/.test(chunk);
}

function parse(chunk: string): object {
  if (isJson(chunk)) {
    return JSON.parse(chunk);
  }
  return JSON.parse(gunzipSync(Buffer.from(chunk, "base64")).toString());
}

function joined([first = "", ...others]: readonly string[]): object {
  const part = parse(first);
  if (others.length === 0) {
    return part;
  }
  return Array.isArray(part)
    ? [part, ...others.map(parse)].flat()
    : Object.fromEntries(entriesOf(part, others));
}

function* entriesOf(part: object, others: readonly string[]): Generator<[string, unknown]> {
  yield* Object.entries(part);
  for (const chunk of others) {
    yield* Object.entries(parse(chunk));
  }
}
