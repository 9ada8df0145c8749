import { ApiError } from "../http/api-error.ts";
import { answerDialects } from "./answers.ts";
import { batchDialects } from "./batches.ts";
import type { Dialect } from "./dialect.ts";
import { labelDialects } from "./labels.ts";
import { listDialects } from "./lists.ts";
import { routeDialects } from "./routes.ts";
import { signalDialects } from "./signals.ts";
import { workItemDialects } from "./work-items.ts";

/** Every dialect, by name. */
export const dialects: Readonly<Record<string, Dialect>> = {
  ...routeDialects,
  ...answerDialects,
  ...listDialects,
  ...batchDialects,
  ...workItemDialects,
  ...labelDialects,
  ...signalDialects,
};

/** The dialects with these names. */
export function findDialects(names: readonly string[]): Dialect[] {
  return names.map((name) => {
    const dialect = dialects[name];
    if (dialect === undefined) {
      const known = Object.keys(dialects).join(", ");
      throw new ApiError(
        400,
        "VALIDATION_FAILED",
        `There is no dialect ${name}: there are ${known}`,
      );
    }
    return dialect;
  });
}
