/** A value as it passes through the engine: JSON. */
export type Plain = Record<string, unknown>;

/** What a map has under a user's key, which may be the name of a method. */
export function valueAt<T>(
  map: Readonly<Record<string, T>> | undefined,
  key: string,
): T | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** True for an object that is not a list. */
export function isObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The entry of an object that has only one. It may be a large map: no list is made of its entries. */
export function onlyEntry(value: unknown): [key: string, value: unknown] | undefined {
  const [key, other] = isObject(value) ? Object.keys(value) : [];
  return key === undefined || other !== undefined ? undefined : [key, (value as Plain)[key]];
}
