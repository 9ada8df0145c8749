const longestLine = 90;

/** A JSON value as TypeScript source. Text from others appears only inside strings, and cannot end one. */
export function literal(value: unknown, indent = ""): string {
  if (typeof value === "string") {
    return quoted(value);
  }
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((each) => literal(each, inner))
    : Object.entries(value).map(([key, each]) => `${propertyName(key)}: ${literal(each, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{ ", " }"];
  const line =
    parts.length === 0 ? (open + close).replaceAll(" ", "") : open + parts.join(", ") + close;
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
