/** What is wrong with a manifest or a folder, phrased to follow its name. */
export class FilesError extends Error {
  override readonly name = "FilesError";
}

/** Throws if any of these is a problem. They are told in the given order, because the order of finding them is chance. */
export function refuseAny(found: readonly (string | undefined)[]): void {
  const problems = new Problems();
  for (const line of found) {
    if (line !== undefined) {
      problems.add(line);
    }
  }
  problems.end();
}

const mostProblems = 20;

/** The problems found in a file, reported together: the first of them, and how many there are. */
export class Problems {
  readonly #lines: string[] = [];
  #count = 0;

  add(line: string): void {
    this.#count += 1;
    if (this.#lines.length < mostProblems) {
      this.#lines.push(line);
    }
  }

  /** Throws if there is a problem. */
  end(): void {
    if (this.#count > 0) {
      const more = this.#count - this.#lines.length;
      throw new FilesError(
        `${this.#lines.join("; ")}${more > 0 ? `; and ${more} more problems` : ""}`,
      );
    }
  }
}
