import { ageOf, type WorkItemWire } from "../api/work-items.ts";
import { isEqual } from "../lifecycle/diff.ts";
import { isObject } from "../lifecycle/plain.ts";

// The platform may answer a value in another form than the one it was sent in. An equivalent value is not a change.

// To find an asset among many that are nearly alike, a listing files each answered asset under several names, and looks
// for a declared asset under the names that the same asset must have.

/** The names of an answered asset. */
export function namesOfAnswered(answered: string): string[] {
  if (!URL.canParse(answered)) {
    return [answered];
  }
  const { origin, pathname, searchParams } = new URL(answered);
  const place = origin + pathname;
  const parameters = [...searchParams].map((parameter) => nameWith(place, parameter));
  return [...new Set([place, ...parameters, lastPart(decoded(pathname))])];
}

/** The names under which a declared asset may appear in an answer. */
export function namesOfDeclared(declared: string): string[] {
  if (!URL.canParse(declared)) {
    return [...new Set([declared, lastPart(declared)])];
  }
  const { origin, pathname, searchParams } = new URL(declared);
  const [parameter] = searchParams;
  const place = origin + pathname;
  return [parameter === undefined ? place : nameWith(place, parameter)];
}

function nameWith(place: string, parameter: [name: string, value: string]): string {
  return `${place}?${JSON.stringify(parameter)}`;
}

/** The last part of a path; the rest may come from the platform's storage. */
function lastPart(path: string): string {
  return `…/${path.slice(path.lastIndexOf("/") + 1)}`;
}

/**
 * Whether an answered asset is the declared one: the same text, a URL that leads to the declared path in the space, or
 * the declared URL with more parameters, such as those of a signature.
 */
export function isSameAsset(declared: string, answered: string): boolean {
  if (declared === answered) {
    return true;
  }
  if (!URL.canParse(answered)) {
    return false;
  }
  const url = new URL(answered);
  if (!URL.canParse(declared)) {
    return decoded(url.pathname).endsWith(`/${declared.replace(/^\//, "")}`);
  }
  const { origin, pathname, searchParams } = new URL(declared);
  return (
    origin === url.origin &&
    pathname === url.pathname &&
    [...searchParams].every(([name, value]) => url.searchParams.getAll(name).includes(value))
  );
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** By how many seconds clocks and rounding may differ. */
const dueToleranceSeconds = 120;

/** Whether an answered deadline is the declared one, in seconds from the creation or in the seconds that are left. */
export function isSameDue(declared: number, item: WorkItemWire): boolean {
  const { dueInSeconds } = item;
  if (dueInSeconds == null) {
    return false;
  }
  const age = ageOf(item);
  const isLeft = age > 0 && dueInSeconds < declared;
  const left = Math.max(0, declared - age);
  return (
    dueInSeconds === declared || (isLeft && Math.abs(dueInSeconds - left) <= dueToleranceSeconds)
  );
}

/** The declared entries of answered metadata; the platform may add entries of its own. */
export function declaredEntries(
  answered: Readonly<Record<string, unknown>>,
  declared: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answered).filter(([name]) => Object.hasOwn(declared, name)),
  );
}

/**
 * Whether answered labels are the declared ones. They may be in any order, have more fields, be rounded, or lack their
 * metadata.
 */
export function areSameLabels(declared: readonly unknown[], answered: readonly unknown[]): boolean {
  if (declared.length !== answered.length) {
    return false;
  }
  const left = [...answered];
  return declared.every((label, index) => {
    const first = left.findIndex((each, at) => at === index && isSameLabel(label, each));
    const at = first >= 0 ? first : left.findIndex((each) => isSameLabel(label, each));
    if (at >= 0) {
      left[at] = undefined;
    }
    return at >= 0;
  });
}

function isSameLabel(declared: unknown, answered: unknown): boolean {
  if (!isObject(declared) || !isObject(answered)) {
    return isEqual(declared, answered) && declared !== undefined;
  }
  return Object.entries(declared).every(([field, value]) => {
    const now = answered[field];
    if (field === "bbox" && Array.isArray(value) && Array.isArray(now)) {
      return isSameBox(value, now);
    }
    if (field === "metadata" && isObject(value)) {
      return now == null || (isObject(now) && isEqual(declaredEntries(now, value), value));
    }
    return isEqual(value, now);
  });
}

/** Whether a box is the declared one, or the declared one rounded to two decimals or to whole pixels. */
function isSameBox(declared: readonly unknown[], answered: readonly unknown[]): boolean {
  const isWhole = answered.every((number) => Number.isInteger(number));
  const tolerance = isWhole ? 0.5 : 0.005;
  return (
    declared.length === answered.length &&
    declared.every((number, index) => {
      // Floating-point arithmetic is slightly inexact.
      return Math.abs(Number(number) - Number(answered[index])) <= tolerance + 1e-9;
    })
  );
}
