import type { MethodDefinition } from "@grpc/grpc-js";
import type { Message } from "google-protobuf";
import type { Plain } from "../lifecycle/plain.ts";
import { Reader, Writer } from "./struct.ts";

// The messages of Pulumi's provider protocol. What is a Struct in them passes by the generated code, which takes long
// over large maps; the rest is left to it.

/** A message, and the Structs in it by the names that they have in the protocol. */
export interface WithStructs<M extends Message> {
  message: M;
  structs: Readonly<Record<string, Plain>>;
}

type Fields = Readonly<Record<string, number>>;

/** The numbers of the fields that are Structs. */
export const requestStructs: Readonly<Record<string, Fields>> = {
  checkConfig: { olds: 2, news: 3 },
  diffConfig: { olds: 3, news: 4, oldInputs: 6 },
  configure: { args: 2 },
  check: { olds: 2, news: 3 },
  diff: { olds: 3, news: 4, oldInputs: 6 },
  create: { properties: 2 },
  read: { properties: 3, inputs: 4 },
  update: { olds: 3, news: 4, oldInputs: 8 },
  delete: { properties: 3, oldInputs: 5 },
  invoke: { args: 2 },
};

/** The same in what is answered. */
export const responseStructs: Readonly<Record<string, Fields>> = {
  checkConfig: { inputs: 1 },
  check: { inputs: 1 },
  create: { properties: 2 },
  read: { properties: 2, inputs: 3 },
  update: { properties: 1 },
  invoke: { return: 1 },
};

type Method = MethodDefinition<Message, Message>;

/** The method, with its Structs as plain objects. */
export function withPlainStructs(
  name: string,
  method: Method,
): MethodDefinition<WithStructs<Message>, WithStructs<Message>> {
  return {
    ...method,
    requestDeserialize: (bytes) =>
      readMessage(method.requestDeserialize, bytes, requestStructs[name] ?? {}),
    responseSerialize: (answer) =>
      writeMessage(method.responseSerialize, answer, responseStructs[name] ?? {}),
    // A server does neither.
    requestSerialize: ({ message }) => method.requestSerialize(message),
    responseDeserialize: (bytes) => ({ message: method.responseDeserialize(bytes), structs: {} }),
  };
}

/** Reads the Structs of a message, and leaves the rest to the generated code. */
export function readMessage<M extends Message>(
  deserialize: (bytes: Buffer) => M,
  bytes: Buffer,
  fields: Fields,
): WithStructs<M> {
  const names = new Map(Object.entries(fields).map(([name, field]) => [(field << 3) | 2, name]));
  const structs: Record<string, Plain> = {};
  const rest: Buffer[] = [];
  const reader = new Reader(bytes);
  while (!reader.isAtEnd) {
    const start = reader.position;
    const tag = reader.varint();
    const name = names.get(tag);
    if (name === undefined) {
      reader.skip(tag);
      rest.push(bytes.subarray(start, reader.position));
    } else {
      structs[name] = reader.struct();
    }
  }
  return { message: deserialize(Buffer.concat(rest)), structs };
}

/** Writes a message with its Structs. */
export function writeMessage<M extends Message>(
  serialize: (message: M) => Buffer,
  { message, structs }: WithStructs<M>,
  fields: Fields,
): Buffer {
  const writer = new Writer();
  for (const [name, content] of Object.entries(structs)) {
    const field = fields[name];
    if (field === undefined) {
      throw new Error(`the message has no Struct ${name}`);
    }
    writer.structField(field, content);
  }
  return Buffer.concat([serialize(message), writer.bytes()]);
}
