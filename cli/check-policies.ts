import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { isObject } from "../provider/lifecycle/plain.ts";

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
    const given = await readJson(resolve(cwd, configuration));
    if (isObject(given) && (await isOwn(pack))) {
      await check(configuration, given);
    }
  }
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
  const manifests = [pack, dirname(pack)].map((folder) => readJson(join(folder, "package.json")));
  const [inside, beside] = await Promise.all(manifests);
  const manifest = inside ?? beside;
  return isObject(manifest) && manifest.name === ownPack;
}

/** What a file has; undefined if it is not there or has no JSON, which the engine then says. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
