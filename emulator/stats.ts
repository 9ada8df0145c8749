interface Counts {
  requests: Record<string, number>;
  total: number;
  files: { put: number; get: number };
  maxConcurrent: number;
}

/** Counts what arrived, whatever became of it. */
export class Stats {
  #counts = emptyCounts();
  #concurrent = 0;

  begin(operation: string): void {
    if (operation === "putFile") {
      this.#counts.files.put += 1;
    } else if (operation === "getFile") {
      this.#counts.files.get += 1;
    } else {
      this.#counts.requests[operation] = (this.#counts.requests[operation] ?? 0) + 1;
      this.#counts.total += 1;
    }
    this.#concurrent += 1;
    this.#counts.maxConcurrent = Math.max(this.#counts.maxConcurrent, this.#concurrent);
  }

  end(): void {
    this.#concurrent -= 1;
  }

  get counts(): Counts {
    return this.#counts;
  }

  reset(): void {
    this.#counts = emptyCounts();
  }
}

function emptyCounts(): Counts {
  return { requests: {}, total: 0, files: { put: 0, get: 0 }, maxConcurrent: 0 };
}
