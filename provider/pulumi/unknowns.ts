import runtime from "@pulumi/pulumi/runtime/index.js";

// At preview, a value that is not known yet reaches the provider as this text, whatever its type.
const { unknownValue } = runtime;

/** True for a value that is not known at preview. */
export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** True for a value that is not known at preview, or holds one. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return isUnknown(value);
  }
  return Object.values(value).some(hasUnknown);
}
