import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { projectRoot } from "../paths.ts";

// Reads what the library declares and what its doc comments say, with TypeScript's own compiler.

/** A field, an output or a method. */
export interface Member {
  name: string;
  /** Its type in the source; for inputs and outputs, the type of the value that they hold. */
  type: string;
  isRequired: boolean;
  doc: string;
}

/** A class, an interface, a type alias or a function. */
export interface Declared {
  name: string;
  doc: string;
  /** The comment at the head of its file, without the slashes. */
  header: string;
  /** Its members, including inherited fields. A class has only its own properties here. */
  members: Member[];
  /** The static methods of a class. */
  statics: Member[];
  /** For a type alias, the type it stands for. For a function, its signature. */
  text: string;
  /** The library's own types that it names. */
  types: Declared[];
}

const root = join(projectRoot, "provider");
const config = ts.readConfigFile(join(projectRoot, "tsconfig.json"), (file) =>
  readFileSync(file, "utf8"),
);
const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, projectRoot);

/** Everything that a module of the library exports, by name. */
export function readExports(module: string): { classes: Declared[]; functions: Declared[] } {
  const file = join(root, module);
  const program = ts.createProgram([file], options);
  const reader = new Reader(program.getTypeChecker());
  const source = program.getSourceFile(file);
  const symbol = source && reader.checker.getSymbolAtLocation(source);
  const declarations = symbol === undefined ? [] : reader.exported(symbol);
  return {
    classes: declarations.filter(ts.isClassDeclaration).map((each) => reader.classOf(each)),
    functions: declarations.filter(ts.isFunctionDeclaration).map((each) => reader.functionOf(each)),
  };
}

class Reader {
  readonly checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.checker = checker;
  }

  exported(module: ts.Symbol): ts.Declaration[] {
    return this.checker
      .getExportsOfModule(module)
      .flatMap((symbol) => this.#declarationsOf(symbol));
  }

  classOf(declaration: ts.ClassDeclaration): Declared {
    const parameters = declaration.members
      .filter(ts.isConstructorDeclaration)
      .flatMap((each) => [...each.parameters]);
    const own = declaration.members.filter(ts.isPropertyDeclaration).filter(isShown);
    const statics = declaration.members.filter(ts.isMethodDeclaration).filter(isStatic);
    return {
      ...this.#named(declaration),
      members: own.map((member) => this.#member(member)),
      statics: statics.map((member) => this.#member(member)),
      text: "",
      types: this.#typesIn(parameters),
    };
  }

  functionOf(declaration: ts.FunctionDeclaration): Declared {
    const { parameters, type } = declaration;
    const list = parameters.map((parameter) => parameter.getText()).join(", ");
    return {
      ...this.#named(declaration),
      members: [],
      statics: [],
      text: oneLine(`(${list}): ${type?.getText() ?? "void"}`),
      types: this.#typesIn([...parameters, ...(type === undefined ? [] : [type])]),
    };
  }

  #typeOf(declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): Declared {
    const isAlias = ts.isTypeAliasDeclaration(declaration);
    const properties = isAlias ? [] : this.checker.getTypeAtLocation(declaration).getProperties();
    const members = properties.flatMap(({ declarations = [] }) => declarations);
    return {
      ...this.#named(declaration),
      members: members.map((member) => this.#member(member)),
      statics: [],
      text: isAlias ? heldBy(declaration.type.getText()) : "",
      types: [],
    };
  }

  #named(declaration: ts.NamedDeclaration): Pick<Declared, "name" | "doc" | "header"> {
    return {
      name: declaration.name?.getText() ?? "",
      doc: docOf(declaration),
      header: headerOf(declaration.getSourceFile().text),
    };
  }

  #member(member: ts.Declaration): Member {
    const isMethod = ts.isMethodDeclaration(member) || ts.isMethodSignature(member);
    const typed = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
    const type = typed ? (member.type?.getText() ?? "") : "";
    return {
      name: (member as ts.NamedDeclaration).name?.getText() ?? "",
      type: isMethod ? signatureOf(member) : heldBy(type),
      isRequired: !(typed && member.questionToken !== undefined),
      doc: docOf(member),
    };
  }

  /** The library's own types that the nodes name, including those that these types name in turn, each once. */
  #typesIn(nodes: readonly ts.Node[]): Declared[] {
    const found = new Map<ts.Declaration, Declared>();
    const visit = (node: ts.Node): void => {
      if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
        const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
        const symbol = this.checker.getSymbolAtLocation(name);
        for (const declaration of symbol === undefined ? [] : this.#declarationsOf(symbol)) {
          if (isType(declaration) && isOurs(declaration) && !found.has(declaration)) {
            found.set(declaration, this.#typeOf(declaration));
            ts.forEachChild(declaration, visit);
          }
        }
      }
      ts.forEachChild(node, visit);
    };
    for (const node of nodes) {
      visit(node);
    }
    return [...found.values()];
  }

  #declarationsOf(symbol: ts.Symbol): ts.Declaration[] {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return (isAlias ? this.checker.getAliasedSymbol(symbol) : symbol).declarations ?? [];
  }
}

function isType(node: ts.Node): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

function isOurs(node: ts.Node): boolean {
  return node.getSourceFile().fileName.startsWith(root);
}

function isStatic(member: ts.HasModifiers): boolean {
  return ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

function isShown(member: ts.PropertyDeclaration): boolean {
  return !isStatic(member) && !ts.isPrivateIdentifier(member.name);
}

function docOf(node: ts.Node): string {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return oneLine(
    comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "").join("\n\n"),
  );
}

/** The comment at the head of a file, if there is one. */
function headerOf(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ""))
    .join("\n");
}

function signatureOf(method: ts.MethodDeclaration | ts.MethodSignature): string {
  const parameters = method.parameters.map((parameter) => parameter.getText()).join(", ");
  return oneLine(`(${parameters}): ${method.type?.getText() ?? "void"}`);
}

/** What an input or an output holds: for `pulumi.Input<string>`, a string. */
function heldBy(type: string): string {
  const wrapper = /pulumi\.(?:Input|Output)</.exec(type);
  if (wrapper === null) {
    return oneLine(type.replace(/^\s*\|\s*/, ""));
  }
  const start = wrapper.index + wrapper[0].length;
  let depth = 1;
  let end = start;
  while (depth > 0 && end < type.length) {
    const isArrow = type[end - 1] === "=";
    if (type[end] === "<") {
      depth += 1;
    }
    if (type[end] === ">" && !isArrow) {
      depth -= 1;
    }
    end += 1;
  }
  const inner = type.slice(start, end - 1);
  const isUnion = inner.includes("|") && type[end] === "[";
  return heldBy(
    `${type.slice(0, wrapper.index)}${isUnion ? `(${inner})` : inner}${type.slice(end)}`,
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
