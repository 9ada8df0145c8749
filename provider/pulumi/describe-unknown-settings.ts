import leven from "leven";
import { settings } from "../lifecycle/settings.ts";

/** How many letters a misspelt name may have wrong. */
const mostWrong = 2;

/**
 * Says which keys of the namespace `aidp` in a stack's configuration are not settings, if any: the provider would not
 * read a misspelt key, and would silently use something else. The program checks this, because the engine gives a
 * provider only the keys that it asks for by name. If the project itself is named `aidp`, the namespace belongs to the
 * program.
 */
export function unknownSettings(keys: readonly string[], project: string): string | undefined {
  const names = keys.filter((key) => key.startsWith("aidp:")).map((key) => key.slice(5));
  const unknown = names.filter((name) => !Object.hasOwn(settings, name));
  return project === "aidp" || unknown.length === 0
    ? undefined
    : unknown.map(unknownText).join("; ");
}

function unknownText(name: string): string {
  const plain = plainOf(name);
  const all = Object.keys(settings);
  const near = all.find((each) => leven(plain, plainOf(each)) <= mostWrong);
  const instead =
    near === undefined ? `the settings are ${all.join(", ")};` : `did you mean aidp:${near}?`;
  return `aidp:${name} is no setting: ${instead} \`pulumi config rm aidp:${name}\` takes it out`;
}

function plainOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, "");
}
