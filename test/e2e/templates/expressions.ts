import { runInNewContext } from "node:vm";

/** The values of names such as `inputs.stack`. `steps.ID` stands for a step that is there, whatever its outputs. */
export type Known = Record<string, string>;

const token = /'[^']*'|[A-Za-z]\w*(?:\.[\w-]+)+|==|!=|&&|\|\||!|[()]|\s+/y;

/** What GitHub makes of an expression of names, texts and `==`, `!=`, `&&`, `||`, `!`. */
export function evaluate(expression: string, known: Known): unknown {
  const parts: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < expression.length) {
    const start = token.lastIndex;
    const part = token.exec(expression)?.[0];
    if (part === undefined) {
      throw new Error(`This test does not know ${expression.slice(start)}.`);
    }
    parts.push(translated(part, known));
  }
  return runInNewContext(parts.join(" "));
}

/** A text with its expressions replaced by their values. */
export function filled(text: string, known: Known): string {
  return text.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, expression: string) =>
    String(evaluate(expression, known)),
  );
}

function translated(part: string, known: Known): string {
  if (part.startsWith("'")) {
    return JSON.stringify(part.slice(1, -1));
  }
  return /^[A-Za-z]/.test(part) ? JSON.stringify(lookedUp(part, known)) : part;
}

/** GitHub gives nothing for a name that it does not know, which here would hide a misspelt one. */
function lookedUp(name: string, known: Known): string {
  const [of, step] = name.split(".");
  const isPossible = of === "env" || (of === "steps" && `steps.${step}` in known);
  const value = known[name] ?? (isPossible ? "" : undefined);
  if (value === undefined) {
    throw new Error(`Nothing is known of ${name}.`);
  }
  return value;
}
