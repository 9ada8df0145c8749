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
    `[\`${rule.name}\`](#${rule.name})`,
    `${rule.description}${"remediateResource" in rule ? " Can remediate." : ""}`,
    rule.severity ?? "",
    rule.enforcementLevel ?? "",
    strict[index]?.enforcementLevel ?? "",
  ]);
  return table(["rule", "what it does", "severity", "recommended", "strict"], rows);
}

/** A heading for each rule, to which its violations link, and its settings with their defaults. */
function settings(): string {
  return recommended
    .map(({ name, description, configSchema }) => {
      const lines = Object.entries(configSchema?.properties ?? {}).map(([setting, schema]) => {
        const { description: meaning = "", default: standard } = schema;
        const ending = standard === undefined ? "" : ` (\`${JSON.stringify(standard)}\`)`;
        return `- \`${setting}\`: ${meaning.replace(/<(?=[a-z])/g, "\\<")}${ending}`;
      });
      const list = lines.length === 0 ? "It has no settings." : lines.join("\n");
      return `### ${name}\n\n${description}\n\n${list}`;
    })
    .join("\n\n");
}
