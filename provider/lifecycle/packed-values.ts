import { createHash } from "node:crypto";

const form = /^[\d,]+ entries, SHA-256 [0-9a-f]{64}$/;
const digests = new WeakMap<object, string>();

/** What stands for a large map or list where it is not kept itself: how many entries it has, and which. */
export function digestEntries(value: object): string {
  const text = digests.get(value) ?? digested(value);
  digests.set(value, text);
  return text;
}

/** The same entries have the same digest, in whatever order a map has them. */
function digested(value: object): string {
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value).sort();
  const hash = createHash("sha256");
  let entries = 0;
  for (const key of keys) {
    hash.update(`${JSON.stringify([key, value[key as keyof typeof value]])}\n`);
    entries += 1;
  }
  return digestOf(entries, hash.digest("hex"));
}

/** The same for a map or list that only passes by, made of its JSON text, which is faster. */
export function digestJson(value: object, text: string): string {
  const hash = createHash("sha256").update(text).digest("hex");
  return digestOf(Object.keys(value).length, hash);
}

function digestOf(entries: number, hash: string): string {
  return `${entries.toLocaleString("en-US")} entries, SHA-256 ${hash}`;
}

/** How many entries a digest stands for, in words. The digest itself opens what is shared in files: it is not told. */
export function entriesIn(digest: string): string {
  return digest.replace(/, SHA-256 .*/, "");
}

/** True for a text that stands for a map or a list. */
export function isDigest(value: unknown): value is string {
  return typeof value === "string" && form.test(value);
}
