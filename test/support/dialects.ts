import { dialects } from "../../emulator/dialects/table.ts";
import { isAll } from "./tier.ts";

/** Those that found the most; all of them take a minute, so `npm run test:dialects` has them. */
const inEveryRun = [
  "route-create-work-item",
  "data-envelope",
  "unknown-ids-404",
  "batch-metadata-merged",
  "asset-signed-url",
  "metadata-as-text",
  "metadata-cut-40",
  "due-left",
  "labels-whole",
  "cancel-status",
];

/** The dialects that this run tries. */
export const triedDialects: readonly string[] = isAll ? Object.keys(dialects) : inEveryRun;
