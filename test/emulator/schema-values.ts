import fc, { type Arbitrary } from "fast-check";

/** The parts of JSON Schema that the emulator's documents use. */
export interface Schema {
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
}

/** Text as nobody expects it: any UTF-16, with lone surrogates, zeros and control signs. */
const oddText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.integer({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom("__proto__", "constructor", "' OR 1=1 --", "%00", "../../etc/passwd", "\u0000"),
);
const anyObject = fc.dictionary(oddText, fc.jsonValue(), { maxKeys: 5 });
const notA = (type: string): Arbitrary<unknown> =>
  fc
    .oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, true, -1, 1.5, 1e300, "", [], {}))
    .filter(
      (value) => typeOf(value) !== type && !(type === "number" && typeOf(value) === "integer"),
    );

function typeOf(value: unknown): string {
  if (value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return "array";
  }
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** Values that a schema allows. */
export function valid(schema: Schema): Arbitrary<unknown> {
  const { minimum = -(2 ** 53), maximum = 2 ** 53, items, properties } = schema;
  if (schema.enum !== undefined) {
    return fc.constantFrom(...schema.enum);
  }
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map(valid));
  }
  switch (schema.type) {
    case "integer":
      return fc
        .oneof(fc.maxSafeInteger(), fc.constantFrom(minimum, maximum))
        .map((number) => Math.min(Math.max(number, minimum), maximum));
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true, min: minimum, max: maximum });
    case "array":
      return fc.array(valid(items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 8, (schema.minItems ?? 0) + 8),
      });
    case "string":
      return validText(schema);
    case "object":
      if (typeof schema.additionalProperties === "object") {
        return fc.dictionary(oddText, valid(schema.additionalProperties), { maxKeys: 5 });
      }
      return properties === undefined
        ? anyObject
        : fc.record(
            Object.fromEntries(
              Object.entries(properties).map(([name, each]) => [name, valid(each)]),
            ),
            { requiredKeys: schema.required ?? [] },
          );
    default:
      return fc.jsonValue();
  }
}

function validText({ format, pattern, minLength = 0 }: Schema): Arbitrary<string> {
  switch (format) {
    case "uuid":
      return fc.uuid();
    case "uri":
      return fc.webUrl();
    case "date-time":
      return fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date(1e14) })
        .map((date) => date.toISOString().replace(/^\+\d\d/, ""));
    default:
      return pattern === undefined
        ? oddText.map((text) => text.padEnd(minLength, "x"))
        : fc.constantFrom("a", "a/b.png", "a..b/...c");
  }
}

/** Values that a schema does not allow, each wrong in one place. */
export function invalid(schema: Schema): Arbitrary<unknown> {
  const { type = "", items, properties = {}, required = [] } = schema;
  if (schema.anyOf !== undefined) {
    return fc.constantFrom<unknown>([], {}, true);
  }
  const wrong: Arbitrary<unknown>[] = [notA(type)];
  if (schema.enum !== undefined) {
    wrong.push(oddText.filter((text) => !schema.enum?.includes(text)));
  }
  if (schema.format === "uuid" || schema.format === "date-time" || schema.format === "uri") {
    wrong.push(oddText.filter((text) => !/^[\w-]+:|^\d{4}-/.test(text)));
  }
  if (schema.pattern !== undefined) {
    wrong.push(
      fc.constantFrom("", ".", "..", "../x", "a//b", "/a", "a\\b", "a\u0000", "a".repeat(2000)),
    );
  }
  if (schema.minLength === 1) {
    wrong.push(fc.constant(""));
  }
  if (schema.minimum !== undefined) {
    wrong.push(fc.constant(schema.minimum - 1));
  }
  if (schema.maximum !== undefined) {
    wrong.push(fc.constant(schema.maximum + 1));
  }
  if (type === "integer") {
    wrong.push(fc.constant(0.5));
  }
  if (type === "array" && items !== undefined) {
    const { minItems = 0, maxItems } = schema;
    if (items.type !== undefined) {
      wrong.push(
        fc.tuple(valid(schema), invalid(items)).map(([list, bad]) => [...(list as []), bad]),
      );
    }
    if (minItems > 0) {
      wrong.push(fc.constant([]));
    }
    if (maxItems !== undefined) {
      wrong.push(valid(items).map((item) => Array.from({ length: maxItems + 1 }, () => item)));
    }
  }
  const whole = type === "object" ? valid(schema) : fc.constant({});
  const broken = (change: (whole: object) => object) =>
    wrong.push(whole.map((value) => change(value as object)));
  for (const name of required) {
    broken((value) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)));
  }
  if (schema.additionalProperties === false) {
    broken((value) => ({ ...value, unknownField: 1 }));
  }
  for (const [name, each] of Object.entries(properties)) {
    wrong.push(
      fc.tuple(whole, invalid(each)).map(([value, bad]) => ({ ...(value as object), [name]: bad })),
    );
  }
  return fc.oneof(...wrong);
}
