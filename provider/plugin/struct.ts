import type { Plain } from "../lifecycle/plain.ts";

// google.protobuf.Struct to plain objects and back, without the message objects between, which take ten times as long
// for a map of 100,000 texts. The format: https://protobuf.dev/programming-guides/encoding

/** The wire types of protobuf that occur in a Struct. */
const [asVarint, asDouble, asBytes, asFloat] = [0, 1, 2, 5];
const tagOf = (field: number, wire: number): number => (field << 3) | wire;

/** The fields of Value, of ListValue and of an entry of a map. */
const value = {
  null: tagOf(1, asVarint),
  number: tagOf(2, asDouble),
  text: tagOf(3, asBytes),
  flag: tagOf(4, asVarint),
  struct: tagOf(5, asBytes),
  list: tagOf(6, asBytes),
};
const [keyTag, valueTag] = [tagOf(1, asBytes), tagOf(2, asBytes)];
const elementTag = tagOf(1, asBytes);

/** Reads a message from its start to its end. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get position(): number {
    return this.#at;
  }

  varint(): number {
    let result = 0;
    let weight = 1;
    for (;;) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      result += (byte & 127) * weight;
      if (byte < 128) {
        return result;
      }
      weight *= 128;
    }
  }

  /** Skips a field's value. */
  skip(tag: number): void {
    switch (tag & 7) {
      case asVarint:
        this.varint();
        return;
      case asDouble:
        this.#at += 8;
        return;
      case asBytes: {
        const length = this.varint();
        this.#at += length;
        return;
      }
      case asFloat:
        this.#at += 4;
        return;
      default:
        throw new Error(`a message of protobuf has the unknown wire type ${tag & 7}`);
    }
  }

  /** A Struct, with the length before it. */
  struct(): Plain {
    const result: Plain = {};
    const end = this.#end();
    while (this.#at < end) {
      this.varint();
      this.#entry(result);
    }
    return result;
  }

  #entry(into: Plain): void {
    const end = this.#end();
    let key = "";
    let content: unknown = null;
    while (this.#at < end) {
      const tag = this.varint();
      if (tag === keyTag) {
        key = this.#text();
      } else if (tag === valueTag) {
        content = this.#value();
      } else {
        this.skip(tag);
      }
    }
    if (key === "__proto__") {
      // An assignment would not make an entry of it.
      const entry = { value: content, enumerable: true, writable: true, configurable: true };
      Object.defineProperty(into, key, entry);
    } else {
      into[key] = content;
    }
  }

  #value(): unknown {
    const end = this.#end();
    let content: unknown = null;
    while (this.#at < end) {
      const tag = this.varint();
      switch (tag) {
        case value.null:
          this.varint();
          content = null;
          break;
        case value.number:
          content = this.#bytes.readDoubleLE(this.#at);
          this.#at += 8;
          break;
        case value.text:
          content = this.#text();
          break;
        case value.flag:
          content = this.varint() !== 0;
          break;
        case value.struct:
          content = this.struct();
          break;
        case value.list:
          content = this.#list();
          break;
        default:
          this.skip(tag);
      }
    }
    return content;
  }

  #list(): unknown[] {
    const result: unknown[] = [];
    const end = this.#end();
    while (this.#at < end) {
      this.varint();
      result.push(this.#value());
    }
    return result;
  }

  #text(): string {
    const end = this.#end();
    const text = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end;
    return text;
  }

  /** Reads a length, and returns where what has that length ends. */
  #end(): number {
    const length = this.varint();
    return this.#at + length;
  }
}

/** Writes a message from its end to its start, because each length comes before what it measures. */
export class Writer {
  #buffer = Buffer.allocUnsafe(1 << 16);
  /** Where what is written begins. */
  #at = this.#buffer.length;

  bytes(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  /** A field that holds a Struct. */
  structField(field: number, content: Plain): void {
    const end = this.#size();
    this.#struct(content);
    this.#lengthSince(end);
    this.#varint(tagOf(field, asBytes));
  }

  #struct(content: Plain): void {
    for (const key of Object.keys(content).reverse()) {
      const each = content[key];
      if (each === undefined) {
        continue;
      }
      const end = this.#size();
      this.#value(each);
      this.#varint(valueTag);
      this.#text(key);
      this.#varint(keyTag);
      this.#lengthSince(end);
      this.#varint(elementTag);
    }
  }

  /** A Value, with its length before it. */
  #value(content: unknown): void {
    const end = this.#size();
    if (typeof content === "string") {
      this.#text(content);
      this.#varint(value.text);
    } else if (typeof content === "number") {
      this.#makeRoom(8);
      this.#at -= 8;
      this.#buffer.writeDoubleLE(content, this.#at);
      this.#varint(value.number);
    } else if (typeof content === "boolean") {
      this.#varint(content ? 1 : 0);
      this.#varint(value.flag);
    } else if (Array.isArray(content)) {
      for (let index = content.length - 1; index >= 0; index -= 1) {
        this.#value(content[index]);
        this.#varint(elementTag);
      }
      this.#lengthSince(end);
      this.#varint(value.list);
    } else if (typeof content === "object" && content !== null) {
      this.#struct(content as Plain);
      this.#lengthSince(end);
      this.#varint(value.struct);
    } else {
      this.#varint(0);
      this.#varint(value.null);
    }
    this.#lengthSince(end);
  }

  #text(text: string): void {
    const size = Buffer.byteLength(text);
    this.#makeRoom(size);
    this.#at -= size;
    this.#buffer.write(text, this.#at, size);
    this.#varint(size);
  }

  #varint(number: number): void {
    let size = 1;
    for (let rest = number; rest >= 128; rest = Math.floor(rest / 128)) {
      size += 1;
    }
    this.#makeRoom(size);
    this.#at -= size;
    let at = this.#at;
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) {
      this.#buffer[at] = (rest % 128) | 128;
      at += 1;
    }
    this.#buffer[at] = rest;
  }

  #lengthSince(end: number): void {
    this.#varint(this.#size() - end);
  }

  #size(): number {
    return this.#buffer.length - this.#at;
  }

  #makeRoom(bytes: number): void {
    if (this.#at >= bytes) {
      return;
    }
    const size = this.#size();
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, size + bytes));
    this.#buffer.copy(larger, larger.length - size, this.#at);
    this.#at = larger.length - size;
    this.#buffer = larger;
  }
}
