/** Writes the rules of the policy pack into `docs/policies.md`, from the rules themselves. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recommended, strict } from "../policy/presets.ts";
import { runMain } from "./main.ts";
import { table } from "./markdown-table.ts";
import { projectRoot } from "./paths.ts";

const file = join(projectRoot, "docs", "policies.md");
const begin = "<!-- rules: npm run docs:policies -->";
const end = "<!-- /rules -->";

/** The document as it is, and as the rules say that it must be. */
export function policyDocs(): { found: string; expected: string } {
  const found = readFileSync(file, "utf8");
  const before = found.slice(0, found.indexOf(begin) + begin.length);
  const after = found.slice(found.indexOf(end));
  return { found, expected: `${before}\n\n${rulesTable()}\n\n${settings()}\n\n${after}` };
}

function rulesTable(): string {
  const rows = recommended.map((rule, index) => [
    `\`${rule.name}\``,
    `${rule.description}${"remediateResource" in rule ? " Can remediate." : ""}`,
    rule.enforcementLevel ?? "",
    strict[index]?.enforcementLevel ?? "",
  ]);
  return table(["rule", "what it does", "recommended", "strict"], rows);
}

function settings(): string {
  const lines = recommended.flatMap(({ name, configSchema }) =>
    Object.entries(configSchema?.properties ?? {}).map(([setting, schema]) => {
      const { description = "", default: standard } = schema;
      const ending = standard === undefined ? "" : ` (\`${JSON.stringify(standard)}\`)`;
      return `- \`${name}\`, \`${setting}\`: ${description.replace(/<(?=[a-z])/g, "\\<")}${ending}`;
    }),
  );
  return `The settings, with their defaults:\n\n${lines.join("\n")}`;
}

await runMain(import.meta, async () => {
  writeFileSync(file, policyDocs().expected);
  return 0;
});
