import { isObject, type Plain } from "../lifecycle/plain.ts";
import { unknownValue } from "../lifecycle/unknown-values.ts";
import { asSecret, isPacked, isSecret } from "../pulumi/packing.ts";

// Values as the engine sends them: what is not known yet has a text of its own for each type, and what is secret is
// wrapped.

const unknownValues = new Set([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** What of a value is secret: all of it, or some of its entries. */
export type Secrets = true | { readonly [key: string]: Secrets };

/** What of a value is secret, if anything. A list is secret as a whole, like everywhere in Pulumi. */
export function findSecrets(value: unknown): Secrets | undefined {
  if (isSecret(value)) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some((each) => findSecrets(each) !== undefined) ? true : undefined;
  }
  if (!isObject(value)) {
    return undefined;
  }
  let found: Record<string, Secrets> | undefined;
  for (const key of Object.keys(value)) {
    const secrets = findSecrets(value[key]);
    if (secrets !== undefined) {
      found ??= {};
      found[key] = secrets;
    }
  }
  return found;
}

/** A value of which the engine keeps the same things secret. */
export function conceal(value: unknown, secrets: Secrets | undefined): unknown {
  if (secrets === undefined || value === undefined || value === null || isSecret(value)) {
    return value;
  }
  if (secrets === true || !isObject(value) || isPacked(value)) {
    return asSecret(value);
  }
  const result: Plain = { ...value };
  for (const key of Object.keys(secrets)) {
    if (Object.hasOwn(result, key)) {
      result[key] = conceal(result[key], secrets[key]);
    }
  }
  return result;
}

/** Properties without the wrappings of secrets, and with one text for all that is not known. */
export function reveal(properties: Plain): Plain {
  return revealed(properties) as Plain;
}

/** What needs no change is not copied: maps are large. */
function revealed(value: unknown): unknown {
  if (typeof value === "string") {
    return value.length === unknownValue.length && unknownValues.has(value) ? unknownValue : value;
  }
  if (isSecret(value)) {
    return revealed(value.value);
  }
  if (Array.isArray(value)) {
    const shown = value.map(revealed);
    return shown.some((each, index) => each !== value[index]) ? shown : value;
  }
  if (!isObject(value)) {
    return value;
  }
  let result = value;
  for (const key of Object.keys(value)) {
    const each = value[key];
    const shown = revealed(each);
    if (shown !== each) {
      result = result === value ? { ...value } : result;
      result[key] = shown;
    }
  }
  return result;
}
