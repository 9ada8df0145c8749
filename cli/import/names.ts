/** Words that cannot name a constant of a module, and names that a generated program already uses. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export " +
    "extends false finally for function if implements import in instanceof interface let new null package " +
    "private protected public return static super switch this throw true try typeof undefined var void while " +
    "with yield projectId"
  ).split(" "),
);

const longest = 50;

/** A text turned into a name for a resource and a file: `street-signs`. */
export function slug(text: string, fallback: string): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== "");
  return words.join("-").slice(0, longest).replace(/-$/, "") || fallback;
}

/** A slug turned into a name for a constant: `streetSigns`. */
export function identifier(name: string): string {
  const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  if (/^\d/.test(camel)) {
    return `batch${camel}`;
  }
  return reserved.has(camel) ? `${camel}Batch` : camel;
}

/** The name of a field as Python has it: `due_in_seconds` for `dueInSeconds`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Hands out each name only once; a name that is already taken gets a number. */
export class Names {
  readonly #taken = new Set<string>();
  /** The next number for each name, so that many equal names do not try all numbers again. */
  readonly #next = new Map<string, number>();

  unique(name: string, numbered = (number: number): string => `${name}-${number}`): string {
    let free = name;
    let number = this.#next.get(name) ?? 2;
    for (; this.#taken.has(free); number += 1) {
      free = numbered(number);
    }
    this.#next.set(name, number);
    this.#taken.add(free);
    return free;
  }
}
