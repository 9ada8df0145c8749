/** The head of a table in Markdown. Columns of numbers are aligned to the right. */
export function tableHead(titles: readonly string[], numbers: readonly string[]): string[] {
  const lines = titles.map((title) => (numbers.includes(title) ? "---:" : "---"));
  return [tableRow(titles), tableRow(lines)];
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
