/** What is wrong with a manifest, to follow the manifest's name. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

const mostProblems = 20;

/** The problems found in a file, told together: the first of them, and how many there are. */
export class Problems {
  readonly #lines: string[] = [];
  #count = 0;

  add(line: string): void {
    this.#count += 1;
    if (this.#lines.length < mostProblems) {
      this.#lines.push(line);
    }
  }

  /** Throws when there is one. */
  end(): void {
    if (this.#count > 0) {
      const more = this.#count - this.#lines.length;
      throw new ManifestError(
        `${this.#lines.join("; ")}${more > 0 ? `; and ${more} more problems` : ""}`,
      );
    }
  }
}
