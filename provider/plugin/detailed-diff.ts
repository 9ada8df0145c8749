import { isObject, type Plain } from "../lifecycle/plain.ts";
import { toJsonText } from "../text/json.ts";

/** What happens to a property. */
export interface PropertyChange {
  kind: "ADD" | "DELETE" | "UPDATE";
  /** Whether it replaces the resource. */
  replaces: boolean;
  /** Whether the declaration has changed, and not only what exists. */
  ofInput: boolean;
}

/** How deep a path goes: to the entries of a map that is a property. */
const deepest = 2;

/**
 * What changes, by the path of the property: what is declared differently than before or, if nothing is, what exists
 * differently than it is declared.
 */
export function detailDiff(
  { olds, oldInputs, news }: Readonly<Record<"olds" | "oldInputs" | "news", Plain>>,
  replaces: readonly string[],
): Map<string, PropertyChange> {
  const declared = changesBetween(oldInputs, news, replaces, true);
  const existing = Object.fromEntries(Object.keys(news).map((name) => [name, olds[name]]));
  return declared.size > 0 ? declared : changesBetween(existing, news, replaces, false);
}

function changesBetween(
  olds: Plain,
  news: Plain,
  replaces: readonly string[],
  ofInput: boolean,
): Map<string, PropertyChange> {
  const found = new Map<string, PropertyChange>();
  const compare = (path: string, depth: number, of: string, was: unknown, is: unknown): void => {
    if (was === is) {
      return;
    }
    const change = { replaces: replaces.includes(of), ofInput };
    if (was === undefined || is === undefined) {
      found.set(path, { kind: was === undefined ? "ADD" : "DELETE", ...change });
    } else if (depth < deepest && isObject(was) && isObject(is)) {
      for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
        compare(path + step(key), depth + 1, of, was[key], is[key]);
      }
    } else if (toJsonText(was) !== toJsonText(is)) {
      found.set(path, { kind: "UPDATE", ...change });
    }
  };
  for (const name of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    compare(name, 1, name, olds[name], news[name]);
  }
  return found;
}

/** A key as a part of a path, quoted if it is not a plain name. */
function step(key: string): string {
  return /^[a-z_$][\w$]*$/i.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
