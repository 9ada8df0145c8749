import { count } from "./lines.ts";

/** Entries of a map to which the same happens. */
interface Group {
  /** The sign that Pulumi gives to such a change. */
  sign: string;
  /** What an update does to them: `to create`. */
  word: string;
  keys: readonly string[];
  /** What all of them have in common. */
  note?: string;
  /** What changes in an entry. */
  detail?: (key: string) => string;
}

const mostShown = 20;

/** A line of counts, and then a line for each of the first entries. Nothing if there are none. */
export function describeEntries(
  name: string,
  what: string,
  groups: readonly Group[],
  end = "",
): string[] {
  const [first, ...others] = groups.filter(({ keys }) => keys.length > 0);
  if (first === undefined) {
    return [];
  }
  const counts = [
    counted(first, ` ${what}${first.keys.length === 1 ? "" : "s"}`),
    ...others.map((group) => counted(group, "")),
  ];
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
    `${name}: ${counts.join(", ")}${end}`,
    ...shown,
    ...(more > 0 ? [`  and ${count(more)} more: aidp preview shows all`] : []),
  ];
}

function counted({ keys, word, note = "" }: Group, what: string): string {
  return `${count(keys.length)}${what} ${word}${note === "" ? "" : ` (${note})`}`;
}
