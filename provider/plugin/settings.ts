import { isObject, type Plain } from "../lifecycle/plain.ts";
import { type Setting, settings } from "../lifecycle/settings.ts";
import { asSecret } from "../pulumi/packing.ts";

// What configures the plugin: what a program gives an explicit provider, or what the stack's configuration says. The
// engine gives a plugin the stack's configuration at each start, decrypted, in an environment variable.

const names = Object.keys(settings) as Setting[];

/** The settings as the configuration of a stack has them, `aidp:` before each name. */
export function settingsOf(given: Plain): Record<string, string> {
  const stack = stackSettings();
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = textOf(given[name]) ?? stack[name];
      return text === undefined ? [] : [[`aidp:${name}`, text]];
    }),
  );
}

/**
 * Settings without those that the stack's configuration has as well: a later refresh or destroy then uses what the stack
 * says at that time, and never today's key with an address of before. A key that only the program gives is a secret.
 */
export function withoutStackSettings(given: Plain): Plain {
  const stack = stackSettings();
  const own = Object.entries(given).filter(([name, value]) => textOf(value) !== stack[name]);
  return Object.fromEntries(
    own.map(([name, value]) => [name, name === "apiKey" ? asSecret(value) : value]),
  );
}

function stackSettings(): Readonly<Record<string, string | undefined>> {
  const given: unknown = JSON.parse(process.env.PULUMI_CONFIG ?? "{}");
  const entries = isObject(given) ? Object.entries(given) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name, textOf(value)]));
}

/** A setting as text. The engine and the SDKs send what is not text as JSON. */
function textOf(value: unknown): string | undefined {
  return value === undefined || value === null || typeof value === "string"
    ? (value ?? undefined)
    : JSON.stringify(value);
}
