import { closestMatch } from "leven";

/** Says of a name that it is not one of those an owner takes, and which of them may be meant. */
export function notAnInput(name: string, owner: string, known: readonly string[]): string {
  const meant = closestMatch(name, known, { maxDistance: Math.ceil(name.length / 3) });
  return `${showName(name)} is not an input of ${owner}${meant === undefined ? "" : `: did you mean ${meant}?`}`;
}

/** A name that can be seen, also where it is empty. */
export function showName(name: string): string {
  return name === "" ? '""' : name;
}

/** Says so of each name that is given a value: what is undefined is not there. */
export function unknownNames(given: object, owner: string, known: readonly string[]): string[] {
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined || known.includes(name) ? [] : [notAnInput(name, owner, known)],
  );
}
