const longestLine = 90;

/** How a language writes what JSON has. */
interface Notation {
  /** One step of indentation. */
  step: string;
  /** What is around the entries of an object. */
  object: readonly [open: string, close: string];
  /** Text, a number, yes, no or nothing. */
  scalar(value: unknown): string;
  key(name: string): string;
}

const typescript: Notation = {
  step: "  ",
  object: ["{ ", " }"],
  scalar: (value) => (typeof value === "string" ? quoted(value) : JSON.stringify(value)),
  key: propertyName,
};

const pythonWords = new Map<unknown, string>([
  [null, "None"],
  [true, "True"],
  [false, "False"],
]);

const python: Notation = {
  step: "    ",
  object: ["{", "}"],
  // Strings and numbers of JSON are those of Python.
  scalar: (value) => pythonWords.get(value) ?? JSON.stringify(value),
  key: (name) => JSON.stringify(name),
};

/** A JSON value as TypeScript source. Text from others appears only inside strings, and cannot end one. */
export function literal(value: unknown, indent = ""): string {
  return write(typescript, value, indent);
}

/** The same as Python source. */
export function pythonLiteral(value: unknown, indent = ""): string {
  return write(python, value, indent);
}

function write(notation: Notation, value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) {
    return notation.scalar(value);
  }
  const inner = indent + notation.step;
  const parts = Array.isArray(value)
    ? value.map((each) => write(notation, each, inner))
    : Object.entries(value).map(
        ([key, each]) => `${notation.key(key)}: ${write(notation, each, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : notation.object;
  const line = parts.length === 0 ? open.trim() + close.trim() : open + parts.join(", ") + close;
  return line.length + indent.length <= longestLine && !line.includes("\n")
    ? line
    : `${open.trim()}\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}${close.trim()}`;
}

function propertyName(key: string): string {
  // As a plain name, this key would set the prototype.
  if (key === "__proto__") {
    return `["${key}"]`;
  }
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

/** JSON strings are TypeScript strings, except for two separators that some tools read as line ends. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (separator) =>
    separator === "\u2028" ? "\\u2028" : "\\u2029",
  );
}
