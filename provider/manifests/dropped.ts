import type { Plain } from "../lifecycle/plain.ts";
import { count } from "../text/lines.ts";
import { didYouMean } from "../text/unknown-names.ts";

/** Counts what annotations say that is not sent, because the platform has no field for it and nobody asked to keep it. */
export class Dropped {
  readonly #keep: readonly string[] | "all";
  readonly #counts = new Map<string, number>();
  readonly #canBeKept = new Set<string>();
  /** What is to be kept, and no annotation has. */
  readonly #unused: Set<string>;

  /** `keep` names what goes into the metadata of the labels. */
  constructor(keep: readonly string[] | "all" = []) {
    this.#keep = keep;
    this.#unused = new Set(keep === "all" ? [] : keep);
  }

  /** Whether to keep what an annotation has. */
  isKept(name: string): boolean {
    this.#unused.delete(name);
    return this.#keep === "all" || this.#keep.includes(name);
  }

  /** Counts what nothing is kept of, whether or not it is named. */
  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** The part to keep of what an annotation says; the rest is counted, unless it says nothing. */
  keepOf(others: Plain): Plain {
    for (const name of Object.keys(others)) {
      this.#unused.delete(name);
    }
    const said = Object.entries(others).filter(([, value]) => saysSomething(value));
    for (const [name] of said) {
      if (!this.isKept(name)) {
        this.add(name);
        this.#canBeKept.add(name);
      }
    }
    return Object.fromEntries(said.filter(([name]) => this.isKept(name)));
  }

  /** What is left out, and of how many annotations: `score of 3, segmentation of 214`; undefined if nothing is. */
  text(): string | undefined {
    const names = this.#names();
    const parts = names.map((name) => `${name} of ${count(this.#counts.get(name) ?? 0)}`);
    return names.length === 0 ? undefined : parts.join(", ");
  }

  /** A line that tells what is not sent, and what was to be kept in vain; undefined if there is nothing to tell. */
  line(): string | undefined {
    const text = this.text();
    const names = this.#names().filter((name) => this.#canBeKept.has(name));
    const hint =
      names.length === 0
        ? ""
        : `. keep: ${JSON.stringify(names)} puts it into the metadata of the labels`;
    const lines = [...this.#unused].map(
      (name) => `keep names "${name}", which no annotation has${didYouMean(name, names)}`,
    );
    if (text !== undefined) {
      lines.push(`the platform takes boxes, so this is not sent of annotations: ${text}${hint}`);
    }
    return lines.length === 0 ? undefined : lines.join("; ");
  }

  #names(): string[] {
    return [...this.#counts.keys()].sort();
  }
}

/** Tools write empty values for what they do not know. */
function saysSomething(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.values(value).some(saysSomething)
    : value !== undefined && value !== null && value !== "" && value !== false;
}
