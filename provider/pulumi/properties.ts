import { Refusal } from "../lifecycle/lifecycle.ts";
import { entriesIn, isDigest } from "../lifecycle/packed-values.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { parseIfJson } from "../text/json.ts";
import { pickUp } from "./contents.ts";
import { unpacked } from "./packing.ts";

/** The properties that travel along with a resource's own. */
export const hidden = ["__provider", "__urn", "__organization", "__batchName", "__secret"];

/** A resource's own properties that have a value. */
export function visible(properties: object = {}): Plain {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([key, value]) => !hidden.includes(key) && value !== null && value !== undefined,
    ),
  );
}

/** A resource's properties as its lifecycle knows them; the engine keeps those named by `asText` as text. */
export function readProperties(properties: Plain, asText: readonly string[] = []): Plain {
  const own = visible(unpacked(properties));
  for (const name of asText) {
    const text = own[name];
    if (typeof text === "string" && !isUnknown(text)) {
      own[name] = parseIfJson(text);
    }
  }
  return own;
}

/** The properties with what the program left in files for the provider. */
export function pickedUp(properties: Plain): Plain {
  const entries = Object.entries(properties).map(([name, value]) => {
    try {
      return [name, pickUp(value) ?? value];
    } catch (cause) {
      const [[digest = "", folder] = []] = Object.entries(value as Plain);
      throw new Refusal(
        `${name} has ${entriesIn(digest)}, which the program left in ${folder}, and the provider cannot read them there. Run it again; if that does not help, let both see the same files`,
        { cause },
      );
    }
  });
  return Object.fromEntries(entries);
}

/** The properties with what their digests stand for, as far as it is at hand. */
export function withContents(
  properties: Plain,
  contentOf: (digest: string, name: string) => unknown,
): Plain {
  const entries = Object.entries(properties).map(([name, value]) => [
    name,
    isDigest(value) ? (contentOf(value, name) ?? value) : value,
  ]);
  return Object.fromEntries(entries);
}
