interface Counts {
  requests: Record<string, number>;
  total: number;
  files: { put: number; get: number };
  maxConcurrent: number;
  /** From the first request to the last answer. */
  seconds: number;
}

/** Counts the requests that arrived, whatever became of them. */
export class Stats {
  #counts = emptyCounts();
  #concurrent = 0;
  #first: number | undefined;

  begin(operation: string): void {
    if (operation === "putFile") {
      this.#counts.files.put += 1;
    } else if (operation === "getFile") {
      this.#counts.files.get += 1;
    } else {
      this.#counts.requests[operation] = (this.#counts.requests[operation] ?? 0) + 1;
      this.#counts.total += 1;
    }
    this.#first ??= performance.now();
    this.#concurrent += 1;
    this.#counts.maxConcurrent = Math.max(this.#counts.maxConcurrent, this.#concurrent);
  }

  end(): void {
    this.#concurrent -= 1;
    // A request that began before the last reset does not count.
    if (this.#first !== undefined) {
      this.#counts.seconds = (performance.now() - this.#first) / 1000;
    }
  }

  get counts(): Counts {
    return this.#counts;
  }

  reset(): void {
    this.#counts = emptyCounts();
    this.#first = undefined;
  }
}

function emptyCounts(): Counts {
  return { requests: {}, total: 0, files: { put: 0, get: 0 }, maxConcurrent: 0, seconds: 0 };
}
