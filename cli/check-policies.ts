import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { isObject } from "../provider/lifecycle/plain.ts";
import { parseIfJson } from "../provider/text/json.ts";

/** The name of the pack that the package brings along, in its `package.json`. */
const ownPack = "pulumi-ai-data-platform-policy";

/**
 * Checks the configurations of the pack that the package brings along. The pack does so too, but the engine refuses a
 * misspelt rule that has only settings before it asks the pack, without naming the rule.
 */
export async function checkPolicies(
  cwd: string,
  packs: readonly string[],
  configurations: readonly string[],
): Promise<void> {
  for (const [index, configuration] of configurations.entries()) {
    const pack = resolve(cwd, packs[index] ?? "");
    const given = await readConfiguration(cwd, configuration);
    if (given !== undefined && (await isOwn(pack))) {
      await check(configuration, given);
    }
  }
}

/** The configuration in a file; undefined if it is empty or not there: the engine refuses that itself. */
async function readConfiguration(cwd: string, file: string): Promise<object | undefined> {
  const text = await read(resolve(cwd, file));
  if (text.trim() === "") {
    return undefined;
  }
  const given = parseIfJson(text);
  if (!isObject(given)) {
    throw new Refusal(`${file}: it must be a JSON object whose fields are the names of rules`);
  }
  return given;
}

async function check(file: string, given: object): Promise<void> {
  // Without the SDK of policy packs they cannot be loaded, and the pack will say so.
  const [{ configurationProblems }, { recommended }] = await Promise.all([
    import("../policy/configuration.ts"),
    import("../policy/presets.ts"),
  ]).catch(() => [{ configurationProblems: () => [] }, { recommended: [] }] as const);
  const problems = configurationProblems(recommended, given);
  if (problems.length > 0) {
    throw new Refusal(`${file}: ${problems.join("; ")}`);
  }
}

/** A pack is named by its folder, or by the executable in it. */
async function isOwn(pack: string): Promise<boolean> {
  const texts = await Promise.all(
    [pack, dirname(pack)].map((folder) => read(join(folder, "package.json"))),
  );
  const manifest = texts.map(parseIfJson).find(isObject);
  return manifest?.name === ownPack;
}

/** The text of a file; nothing if it is not there. */
async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
