import { type Contract, describeFindings } from "./findings.ts";

/** The text of an issue: what was found, without the address, ids or anything about people. */
export function writeIssue(contract: Contract): string {
  const operations = Object.entries(contract.operations).map(
    ([operation, outcome]) => `| ${operation} | ${outcome} |`,
  );
  const lines = describeFindings(contract).map(
    ({ isBad, text }) => `- ${isBad ? "**to mend**: " : ""}${text}`,
  );
  return [
    "## What a first contact found",
    "",
    ...(lines.length === 0 ? ["Everything is as the emulator has it."] : lines),
    "",
    "| operation | outcome |",
    "| --- | --- |",
    ...operations,
    "",
  ].join("\n");
}
