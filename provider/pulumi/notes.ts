import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { Facts } from "../lifecycle/lifecycle.ts";

/** The environment variable that names the file to which a provider process adds notes. */
export const notesVariable = "AIDP_NOTES";

/** What a provider process found out about a resource, with the message that told people about it. */
export interface Note extends Facts {
  /** The URN of the resource. */
  resource: string;
  text: string;
}

const schema = z.object({
  resource: z.string(),
  text: z.string(),
  adopted: z.number(),
  keys: z.array(z.string()).readonly().optional(),
});

/** Notes what a report counts, so that it need not read the messages for people. Without a report, nothing is noted. */
export function keepNote(note: Note): void {
  const file = process.env[notesVariable];
  if (file !== undefined && file !== "") {
    appendFileSync(file, `${JSON.stringify(note)}\n`);
  }
}

/** The notes of a file, one a line; none if no file was written. */
export function readNotes(file: string): Note[] {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => schema.parse(JSON.parse(line)));
}
