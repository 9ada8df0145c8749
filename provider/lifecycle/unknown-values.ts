import { isDigest } from "./packed-values.ts";

// At preview, a value that is not known yet reaches the provider as this text, whatever its type. The SDK exports it as
// `unknownValue`; it is repeated here so that commands that ask only the platform need not load the SDK.
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for a value that is not known at preview, or of which only a digest is at hand. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue || isDigest(value);
}

/** True for a value that is not known, or that contains one. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return isUnknown(value);
  }
  return Object.values(value).some(hasUnknown);
}
