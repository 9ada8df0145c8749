import { withoutQueries } from "../../provider/text/urls.ts";
import type { Report } from "../model.ts";

/** The whole report as JSON, without anything that would let others in. */
export function renderJson(report: Report): string {
  const shown = (_name: string, value: unknown) =>
    typeof value === "string" ? withoutQueries(value) : value;
  return `${JSON.stringify(report, shown, 2)}\n`;
}
