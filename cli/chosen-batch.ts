import { Refusal } from "../provider/lifecycle/lifecycle.ts";

const mostNamed = 20;

/** The option `--batch`, to which each command adds its own description. */
export const batchOption = {
  alias: "b",
  type: "string",
  requiresArg: true,
} as const;

/** The batch that `--batch` names, by its name or else by its id. */
export function chosenBatch<T extends { id: string; name: string }>(
  batches: readonly T[],
  wanted: string,
): T {
  const found =
    batches.find(({ name }) => name === wanted) ?? batches.find(({ id }) => id === wanted);
  if (found === undefined) {
    const names = batches.slice(0, mostNamed).map(({ name }) => JSON.stringify(name));
    const more = batches.length > mostNamed ? ` and ${batches.length - mostNamed} more` : "";
    throw new Refusal(
      `--batch ${JSON.stringify(wanted)} is no batch of the project; it has ${names.join(", ")}${more}`,
    );
  }
  return found;
}
