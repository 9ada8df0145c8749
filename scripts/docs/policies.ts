import { recommended, strict } from "../../policy/presets.ts";
import { table } from "../markdown-table.ts";

const begin = "<!-- rules: npm run docs -->";
const end = "<!-- /rules -->";

/** The page about the policy pack with the current rules, whatever it said about them before. */
export function withRules(page: string): string {
  const before = page.slice(0, page.indexOf(begin) + begin.length);
  const after = page.slice(page.indexOf(end));
  return `${before}\n\n${rulesTable()}\n\n${settings()}\n\n${after}`;
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
