import sax from "sax";
import { FilesError } from "../disk/problems.ts";
import { textOfFile } from "../disk/utf8.ts";

/** An element of XML, with what is in it. */
export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  text: string;
  /** Where it begins in the file. */
  line: number;
}

// A mask is one long attribute.
Object.assign(sax, { MAX_BUFFER_LENGTH: Number.POSITIVE_INFINITY });

/** Reads a file as a stream, and gives each element that lies in the root, as soon as it is complete. */
export async function* elementsIn(
  path: string,
): AsyncGenerator<{ root: string; element: Element }> {
  const parser = sax.parser(true);
  const open: Element[] = [];
  const ready: { root: string; element: Element }[] = [];
  let broken: FilesError | undefined;
  parser.onerror = ({ message }) => {
    // It goes on to the end of the piece.
    broken ??= new FilesError(`line ${parser.line + 1}: it is not XML (${message.split("\n")[0]})`);
  };
  parser.onopentag = ({ name, attributes }) => {
    const line = parser.line + 1;
    open.push({
      name,
      attributes: attributes as Element["attributes"],
      children: [],
      text: "",
      line,
    });
  };
  parser.ontext = parser.oncdata = (text) => {
    const current = open.at(-1);
    if (current !== undefined) {
      current.text += text;
    }
  };
  parser.onclosetag = () => {
    const element = open.pop();
    const [root, ...between] = open;
    if (element !== undefined && root !== undefined && between.length === 0) {
      ready.push({ root: root.name, element });
    } else if (element !== undefined) {
      between.at(-1)?.children.push(element);
    }
  };
  for await (const piece of textOfFile(path)) {
    parser.write(piece);
    if (broken !== undefined) {
      throw broken;
    }
    yield* ready.splice(0);
  }
  if (open.length > 0) {
    throw new FilesError("it ends too early, so the rest of it is missing");
  }
  yield* ready;
}

/** The text of the element that these names lead to. */
export function textAt(element: Element, ...names: string[]): string | undefined {
  const found = names.reduce<Element | undefined>(
    (current, name) => current?.children.find((child) => child.name === name),
    element,
  );
  return found?.text.trim();
}

/** Text as it stands in an element or an attribute. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
      // XML has no place for these.
      .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, " ")
  );
}
