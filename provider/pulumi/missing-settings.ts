import type { Failure } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import type { Configuration } from "./configuration.ts";

// An error names everything that is missing at once, so that nobody has to set one thing after another.

const needed = ["apiKey", "projectId", "spaceId"] as const;

/** Names what else is not set, after a line that says what is missing. */
export function notSetEither(
  configuration: Pick<Configuration, (typeof needed)[number]>,
  told: readonly string[],
): string {
  const others = needed.filter(
    (setting) => configuration[setting] === undefined && !told.includes(setting),
  );
  const names = others
    .map((setting) => `aidp:${setting}${setting === "apiKey" ? " (a secret)" : ""}`)
    .join(" and ");
  return names === "" ? "" : `; not set either: ${names}`;
}

/** Failures of inputs. If a project or a space is missing, the failure also names what else is not set. */
export function withOthersMissing(
  failures: readonly Failure[],
  inputs: Plain,
  configuration: Configuration,
): Failure[] {
  const told = failures
    .map(({ property }) => property)
    .filter((property) => ["projectId", "spaceId"].includes(property))
    .filter((property) => inputs[property] === undefined);
  return failures.map((failure) =>
    failure.property === told[0]
      ? { ...failure, reason: failure.reason + notSetEither(configuration, told) }
      : failure,
  );
}
