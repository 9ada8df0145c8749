import { count } from "./lines.ts";

/** Entries of a map to which the same happens. */
interface Group {
  /** The sign that Pulumi gives to such a change. */
  sign: string;
  word: string;
  keys: readonly string[];
  /** What changes in an entry. */
  detail?: (key: string) => string;
}

const mostShown = 20;

/** A line of counts, and then a line for each of the first entries. Nothing if there are none. */
export function describeEntries(what: string, groups: readonly Group[]): string[] {
  const counts = groups.flatMap(({ word, keys }) =>
    keys.length > 0 ? [`${count(keys.length)} ${word}`] : [],
  );
  if (counts.length === 0) {
    return [];
  }
  const lines = groups.flatMap(({ sign, keys, detail }) =>
    keys.slice(0, mostShown).map((key) => {
      const inside = detail?.(key) ?? "";
      return `  ${sign} ${JSON.stringify(key)}${inside === "" ? "" : ` (${inside})`}`;
    }),
  );
  const total = groups.reduce((sum, { keys }) => sum + keys.length, 0);
  const shown = lines.slice(0, mostShown);
  const more = total - shown.length;
  return [
    `${what}: ${counts.join(", ")}`,
    ...shown,
    ...(more > 0 ? [`  and ${count(more)} more: aidp preview shows all`] : []),
  ];
}
