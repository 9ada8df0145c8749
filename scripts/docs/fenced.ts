/** A text as a block of code in Markdown. */
export function fenced(text: string, language = "ts"): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
