import runtime from "@pulumi/pulumi/runtime/index.js";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import fc from "../../support/fast-check.ts";

// What programs pass and platforms answer: values at the edges of what JSON and texts allow.

/** What the engine passes for a value that is not known at preview. */
const unknown: string = runtime.unknownValue;

/** Names that JavaScript has for its own use. */
const namesOfObjects = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

/** Texts in every script, and those that a program is likely to trip over. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    ...namesOfObjects,
    ...["", " ", "a\nb", "a\r\nb", "\u2028", "\u2029", "\u0000", "\ufeff"],
    ...["👩‍👩‍👧‍👦", "e\u0301", "שלום", "日本語", "नमस्ते", "\u202eabc", "ﷺ", "İ", "ß"],
    ...['"', "'", "\\", "`", "{}", "[]", "null", "-0", "1e400", "<b>", "{{x}}", "%00", "../a"],
    ...["aidp:gzip;base64,", "aidp:gzip;base64,AAAA", "file:///etc/passwd"],
  ),
);

/** Names of entries. Once V8 13 read the name `\\`, it takes others that are one escape sequence for it. */
export const name: fc.Arbitrary<string> = text.filter((value) => value !== "\\");

/** Numbers at their edges. */
export const number: fc.Arbitrary<number> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1, 100, 2_592_000, 0.1, 5e-324, 1.7e308, 2 ** 53 - 1, 2 ** 53, 2 ** 63),
);

/** Moments that can be written, at the edges too. */
const moment: fc.Arbitrary<string> = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    ...["0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2024-02-29T24:00:00Z"],
    ...["2023-02-29T00:00:00Z", "2026-12-31T23:59:60Z", "2026-12-31T18:00:00", "soon"],
    "2026-12-31T18:00:00.123+14:00",
  ),
);

/** JSON values of any shape, with keys of any name. */
export const json: fc.Arbitrary<unknown> = fc.anything({
  key: name,
  values: [text, number, fc.boolean(), fc.constant(null)],
  maxDepth: 4,
  maxKeys: 4,
});

const anything = fc.anything({
  key: name,
  values: [
    text,
    fc.constantFrom("\ud83d", "\udc69x"),
    moment,
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.constant(unknown),
  ],
  maxDepth: 4,
  maxKeys: 4,
});

/** Values of any kind: also what JSON has not, or what is not known yet. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  anything,
  fc.dictionary(name, anything, { maxKeys: 3, noNullPrototype: true }),
  fc.array(anything, { maxLength: 3 }),
  fc.array(fc.dictionary(name, anything, { maxKeys: 3, noNullPrototype: true }), { maxLength: 3 }),
);

/** An object of any entries. */
export const object: fc.Arbitrary<Plain> = fc.dictionary(name, json, {
  maxKeys: 4,
  noNullPrototype: true,
});

/** The same value with all its keys in another order. */
export function reordered<T>(value: T): T {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(reordered) as T;
  }
  const entries = Object.entries(value).map(([key, each]) => [key, reordered(each)]);
  return Object.fromEntries(entries.reverse()) as T;
}

/** The same value, with what is not known yet at some place in it. */
export function withUnknown(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    return fc.constant(unknown);
  }
  const inside = fc
    .constantFrom(...Object.keys(value))
    .chain((key) =>
      withUnknown((value as Plain)[key]).map((changed) =>
        Array.isArray(value)
          ? value.map((each, index) => (String(index) === key ? changed : each))
          : Object.fromEntries(
              Object.entries(value).map(([name, each]) => [name, name === key ? changed : each]),
            ),
      ),
    );
  return fc.oneof(fc.constant(unknown), inside);
}
