import { closestMatch } from "leven";

/** Says that a name is not one that `owner` takes, and which known name may be meant. */
export function notAnInput(name: string, owner: string, known: readonly string[]): string {
  return `${showName(name)} is not an input of ${owner}${didYouMean(name, known)}`;
}

/** Which known name may be meant by another one, as the end of a sentence. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = closestMatch(name, known, { maxDistance: Math.ceil(name.length / 3) });
  const [inside] = known
    .filter((each) => each.length > 2 && name.toLowerCase().includes(each.toLowerCase()))
    .sort((one, other) => other.length - one.length);
  const meant = near ?? inside;
  return meant === undefined ? "" : `: did you mean ${meant}?`;
}

/** A name that can be seen, even if it is empty. */
export function showName(name: string): string {
  return name === "" ? '""' : name;
}

/** Says so of each unknown name that has a value: an undefined value counts as absent. */
export function unknownNames(given: object, owner: string, known: readonly string[]): string[] {
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined || known.includes(name) ? [] : [notAnInput(name, owner, known)],
  );
}
