import { withoutQueries } from "../../provider/text/urls.ts";
import type { Report } from "../model.ts";

/** The whole report as JSON, without anything that would let others in. */
export function renderJson(report: Report): string {
  // The link to a rule has no query, and its fragment is the rule.
  const links = new Set(report.rules.map(({ url }) => url));
  const shown = (_name: string, value: unknown) =>
    typeof value === "string" && !links.has(value) ? withoutQueries(value) : value;
  return `${JSON.stringify(report, shown, 2)}\n`;
}
