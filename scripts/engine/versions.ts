/** Negative if `a` is older than `b`, positive if it is newer. "go1.26" and "v3.2.1" are versions too. */
export function compareVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  const at = [0, 1, 2].find((index) => left[index] !== right[index]);
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** The first number of a version. */
export function major(version: string): number {
  return numbers(version)[0] ?? 0;
}

function numbers(version: string): number[] {
  const [a = 0, b = 0, c = 0] = (version.match(/\d+/g) ?? []).map(Number);
  return [a, b, c];
}
