import { answerDialects } from "./answers.ts";
import { batchDialects } from "./batches.ts";
import type { Dialect } from "./dialect.ts";
import { labelDialects } from "./labels.ts";
import { listDialects } from "./lists.ts";
import { routeDialects } from "./routes.ts";
import { signalDialects } from "./signals.ts";
import { workItemDialects } from "./work-items.ts";

/** Every dialect, by its name. */
export const dialects: Readonly<Record<string, Dialect>> = {
  ...routeDialects,
  ...answerDialects,
  ...listDialects,
  ...batchDialects,
  ...workItemDialects,
  ...labelDialects,
  ...signalDialects,
};

/** The dialects of these names. */
export function dialectsOf(names: readonly string[]): Dialect[] {
  return names.map((name) => {
    const dialect = dialects[name];
    if (dialect === undefined) {
      throw new Error(`There is no dialect ${name}; there are ${Object.keys(dialects).join(", ")}`);
    }
    return dialect;
  });
}
