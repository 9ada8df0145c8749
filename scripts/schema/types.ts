import ts from "typescript";
import { kinds } from "../../provider/pulumi/shim.ts";
import type { Declared, Member } from "../docs/declarations.ts";

// Turns the types of TypeScript's declarations into those of Pulumi's package schema.

/** A type, a property or another part of a schema. */
export interface Spec {
  [name: string]: unknown;
}

const any = { $ref: "pulumi.json#/Any" };

/** Fields that may have fractions: the other numbers are whole. */
const fractional = new Set(["bbox", "pollSeconds", "priority"]);

/** The names of the enums, by the field that has one of these words; where fields share a name, by the first word too. */
const enumNames: Readonly<Record<string, string>> = {
  assetType: "AssetType",
  onWorkInProgress: "OnWorkInProgress",
  findings: "FindingLevel",
  by: "UploadBy",
  signal: "SignalName",
  signalOutcome: "SignalOutcome",
  status: "WorkItemStatus",
  "format COCO_JSON": "ExportFormat",
  "format jsonl": "ManifestFormat",
  "format coco": "AnnotationFormat",
  content: "ExportContent",
};

/** The object types and enums that the specs refer to, by token. */
export class SchemaTypes {
  readonly types: Record<string, Spec> = {};
  readonly #declared = new Map<string, Declared>();

  /** Makes declarations known by their names. */
  add(declared: readonly Declared[]): void {
    for (const each of declared) {
      this.#declared.set(each.name, each);
    }
  }

  /** The properties of members, and which of them are always there. */
  propertiesOf(members: readonly Member[]): {
    properties: Record<string, Spec>;
    required: string[];
  } {
    const properties = members.map(({ name, type, doc }) => [
      name,
      { ...this.#specOf(name, parseType(type)), description: doc },
    ]);
    const required = members.filter(({ type, isRequired }) => isRequired && !mayBeMissing(type));
    return {
      properties: Object.fromEntries(properties),
      required: required.map(({ name }) => name),
    };
  }

  #specOf(field: string, node: ts.TypeNode): Spec {
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return { type: "string" };
      case ts.SyntaxKind.NumberKeyword:
        return { type: fractional.has(field) ? "number" : "integer" };
      case ts.SyntaxKind.BooleanKeyword:
        return { type: "boolean" };
      case ts.SyntaxKind.UnknownKeyword:
        return any;
    }
    if (ts.isParenthesizedTypeNode(node)) {
      return this.#specOf(field, node.type);
    }
    if (ts.isArrayTypeNode(node)) {
      return { type: "array", items: this.#specOf(field, node.elementType) };
    }
    if (ts.isUnionTypeNode(node)) {
      return this.#unionOf(field, [...node.types]);
    }
    if (ts.isIndexedAccessTypeNode(node) && ts.isLiteralTypeNode(node.indexType)) {
      return this.#memberOf(node.objectType.getText(), textOf(node.indexType));
    }
    if (ts.isTypeReferenceNode(node)) {
      const [first, second] = node.typeArguments ?? [];
      const name = node.typeName.getText();
      if (name === "Readonly" && first !== undefined) {
        return this.#specOf(field, first);
      }
      if (name === "Record" && second !== undefined) {
        return { type: "object", additionalProperties: this.#specOf(field, second) };
      }
      return this.#namedOf(field, name);
    }
    throw new Error(`${field}: a schema has nothing for the type ${node.getText()}`);
  }

  #unionOf(field: string, parts: readonly ts.TypeNode[]): Spec {
    const given = parts.filter((part) => !isMissing(part) && !isResource(part.getText()));
    const words = given.map(textOf);
    if (words.every((word) => word !== "")) {
      return this.#enumOf(field, words);
    }
    const map = given.map((part) => this.#mapOf(part)).find((spec) => spec !== undefined);
    if (map !== undefined && given.every((part) => !ts.isArrayTypeNode(part))) {
      return map;
    }
    const specs = given.map((part) => this.#specOf(field, part));
    const different = [...new Map(specs.map((spec) => [JSON.stringify(spec), spec])).values()];
    const kinds = different.map(({ type }) => type);
    if (kinds.length === 2 && kinds.includes("string") && kinds.includes("integer")) {
      // An int64 may be too large for a number.
      return { type: "string" };
    }
    if (kinds.includes("array") && kinds.includes("object")) {
      // Pulumi's SDK for Python takes neither for a union of both.
      return any;
    }
    const [only] = different;
    return different.length === 1 && only !== undefined ? only : { oneOf: different };
  }

  /** A map of anything, which every object is as well; undefined for other types. */
  #mapOf(node: ts.TypeNode): Spec | undefined {
    const { text = "" } = this.#declared.get(node.getText()) ?? {};
    return text === "Record<string, unknown>"
      ? { type: "object", additionalProperties: any }
      : undefined;
  }

  #namedOf(field: string, name: string): Spec {
    if (kinds.some((kind) => kind === name)) {
      return { $ref: `#/resources/aidp:index:${name}` };
    }
    const declared = this.#declared.get(name);
    if (declared === undefined) {
      throw new Error(`${field}: nothing is known about the type ${name}`);
    }
    if (declared.text !== "") {
      return this.#specOf(field, parseType(declared.text));
    }
    const token = `aidp:index:${name.replace(/Args$/, "").replace(/^Get(?=.*Result$)/, "")}`;
    if (this.types[token] === undefined) {
      this.types[token] = {};
      this.types[token] = {
        type: "object",
        description: declared.doc,
        ...this.propertiesOf(declared.members),
      };
    }
    return { $ref: `#/types/${token}` };
  }

  #memberOf(owner: string, name: string): Spec {
    const member = this.#declared.get(owner)?.members.find((each) => each.name === name);
    if (member === undefined) {
      throw new Error(`nothing is known about ${owner}.${name}`);
    }
    return this.#specOf(name, parseType(member.type));
  }

  #enumOf(field: string, words: readonly string[]): Spec {
    const name = enumNames[field] ?? enumNames[`${field} ${words[0]}`];
    if (name === undefined) {
      throw new Error(`${field}: its enum needs a name in scripts/schema/types.ts`);
    }
    const token = `aidp:index:${name}`;
    this.types[token] = {
      type: "string",
      enum: words.map((value) => ({ name: enumMember(value), value })),
    };
    return { $ref: `#/types/${token}` };
  }
}

/** `IN_PROGRESS` as `InProgress`. */
function enumMember(word: string): string {
  return word
    .split(/[_-]/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join("");
}

function parseType(text: string): ts.TypeNode {
  const source = ts.createSourceFile("t.ts", `type T = ${text};`, ts.ScriptTarget.Latest, true);
  const [statement] = source.statements;
  if (statement === undefined || !ts.isTypeAliasDeclaration(statement)) {
    throw new Error(`${text} is not a type`);
  }
  return statement.type;
}

function isMissing(node: ts.TypeNode): boolean {
  return (
    node.kind === ts.SyntaxKind.UndefinedKeyword ||
    (ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword)
  );
}

function mayBeMissing(text: string): boolean {
  const node = parseType(text);
  return ts.isUnionTypeNode(node) && node.types.some(isMissing);
}

/** A resource as an input is its id or its path, which the schema says anyway; a file of the SDK is its path. */
function isResource(name: string): boolean {
  return ["Batch", "SignedUpload", "pulumi.asset.FileAsset"].includes(name);
}

/** The text of a literal type; empty for other types. */
function textOf(node: ts.TypeNode): string {
  return ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) ? node.literal.text : "";
}
