import assert from "node:assert/strict";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import {
  readMessage,
  requestStructs,
  responseStructs,
  writeMessage,
} from "../../../provider/plugin/messages.ts";
import fc from "../../support/fast-check.ts";

const { Struct } = structMessages;
type AnyMessage = InstanceType<typeof messages.CheckRequest>;

/** The methods for the fields of a message. */
type Accessors = Record<string, (value?: object) => { toJavaScript(): Plain }>;

/** Each message with a Struct: what the generated code calls it, and the fields as this project knows them. */
const cases = [
  { kind: "CheckRequest", fields: requestStructs.check },
  { kind: "CheckRequest", fields: requestStructs.checkConfig },
  { kind: "DiffRequest", fields: requestStructs.diff },
  { kind: "DiffRequest", fields: requestStructs.diffConfig },
  { kind: "ConfigureRequest", fields: requestStructs.configure },
  { kind: "CreateRequest", fields: requestStructs.create },
  { kind: "ReadRequest", fields: requestStructs.read },
  { kind: "UpdateRequest", fields: requestStructs.update },
  { kind: "DeleteRequest", fields: requestStructs.delete },
  { kind: "InvokeRequest", fields: requestStructs.invoke },
  { kind: "CheckResponse", fields: responseStructs.check },
  { kind: "CheckResponse", fields: responseStructs.checkConfig },
  { kind: "CreateResponse", fields: responseStructs.create },
  { kind: "ReadResponse", fields: responseStructs.read },
  { kind: "UpdateResponse", fields: responseStructs.update },
  { kind: "InvokeResponse", fields: responseStructs.invoke },
] as const;

/** What google-protobuf calls a field: `oldInputs` is `OldInputs`. */
function accessor(message: AnyMessage, verb: "get" | "set", field: string): string {
  const wanted = (verb + field).toLowerCase();
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(message));
  const found = names.find((name) => name.toLowerCase() === wanted);
  assert.ok(found, `there is no ${wanted}`);
  return found;
}

const text = fc.string({ unit: "grapheme" }).filter((each) => each.isWellFormed());
const content = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(text, tie("value"), { maxKeys: 6, noNullPrototype: true }),
})).object as fc.Arbitrary<Plain>;

/** google-protobuf makes nothing of `-0` and of a `__proto__`: its own way there and back is not asked for those. */
const isUsual = (value: Plain) => !JSON.stringify(value).includes("__proto__");

describe("struct: properties on the wire", () => {
  for (const { kind, fields } of cases) {
    const Message = messages[kind] as unknown as typeof messages.CheckRequest;
    const names = Object.keys(fields!);

    it(`reads what google-protobuf writes, and is read by it: ${kind} ${names}`, () => {
      fc.assert(
        fc.property(fc.tuple(...names.map(() => content.filter(isUsual))), (contents) => {
          const structs = Object.fromEntries(names.map((name, at) => [name, contents[at]!]));
          const theirs = new Message() as unknown as AnyMessage & Accessors;
          for (const [name, each] of Object.entries(structs)) {
            theirs[accessor(theirs, "set", name)]!(Struct.fromJavaScript(each as never));
          }
          const read = readMessage(
            (bytes) => Message.deserializeBinary(bytes),
            Buffer.from(theirs.serializeBinary()),
            fields!,
          );
          assert.deepEqual(read.structs, structs);

          const ours = writeMessage(
            (message: AnyMessage) => Buffer.from(message.serializeBinary()),
            { message: new Message() as unknown as AnyMessage, structs },
            fields!,
          );
          const readByThem = Message.deserializeBinary(ours) as unknown as AnyMessage & Accessors;
          for (const [name, each] of Object.entries(structs)) {
            const struct = readByThem[accessor(readByThem, "get", name)]!();
            assert.deepEqual(struct.toJavaScript(), each);
          }
        }),
        { numRuns: 30 },
      );
    });
  }

  const roundTrip = (properties: Plain): Plain | undefined => {
    const bytes = writeMessage(
      (message: AnyMessage) => Buffer.from(message.serializeBinary()),
      { message: new messages.CheckRequest(), structs: { news: properties } },
      requestStructs.check!,
    );
    return readMessage((each) => messages.CheckRequest.deserializeBinary(each), bytes, {
      news: 3,
    }).structs.news;
  };

  it("keeps the rest of a message", () => {
    const request = new messages.CheckRequest();
    request.setUrn("urn:pulumi:…");
    request.setNews(Struct.fromJavaScript({ a: 1 }));
    request.setType("aidp:index:Batch");
    const { message, structs } = readMessage(
      (bytes) => messages.CheckRequest.deserializeBinary(bytes),
      Buffer.from(request.serializeBinary()),
      requestStructs.check!,
    );
    assert.deepEqual(structs, { news: { a: 1 } });
    assert.deepEqual([message.getUrn(), message.getType()], ["urn:pulumi:…", "aidp:index:Batch"]);
  });

  it("keeps keys that are names of methods, and long texts", () => {
    const properties = JSON.parse('{"__proto__":{"a":1},"constructor":"c","toString":null}');
    properties.long = "ü€😀".repeat(50_000);
    properties.many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`k${at}`, at]));
    assert.deepEqual(roundTrip(properties), properties);
  });

  it("leaves out what has no value", () => {
    assert.deepEqual(roundTrip({ a: undefined, b: [undefined], c: { d: undefined } }), {
      b: [null],
      c: {},
    });
  });
});
