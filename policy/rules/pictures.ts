import { z } from "zod";
import { isObject, type Plain } from "../../provider/lifecycle/plain.ts";
import { hasUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { isKind } from "../../provider/pulumi/shim.ts";
import { type FindingName, findingNames, levelOf } from "../../provider/uploads/findings.ts";
import { rawOf } from "../read-declared.ts";
import { resourceRule } from "../rule.ts";
import { ruleSettings } from "../settings.ts";

/** The levels, from the most lenient to the strictest. */
const levels = ["ignore", "warn", "refuse"] as const;

/** What a look at a single file cannot find. */
const ofSeveral: readonly FindingName[] = ["size", "box", "duplicate", "similar"];

const atLeast = Object.fromEntries(findingNames.map((name) => [name, z.enum(levels).optional()]));

export const findingLevels = resourceRule({
  name: "finding-levels",
  description: "Checks whether the findings in pictures have at least the demanded levels.",
  severity: "medium",
  config: ruleSettings({
    atLeast: ruleSettings(atLeast)
      .default({ empty: "warn", pointer: "warn", broken: "warn", size: "warn", box: "warn" })
      .describe('The lowest level that a finding may have: "warn" forbids to ignore it'),
  }),
  check({ type, props }, { atLeast: least }) {
    const isSet = isKind(type, "UploadSet");
    if (!isSet && !isKind(type, "SignedUpload")) {
      return undefined;
    }
    const { findings = {} } = rawOf(props);
    const given: Plain = isObject(findings) ? findings : {};
    const problems = findingNames.flatMap((finding) => {
      const lowest = least[finding];
      const isLookedFor = isSet || !ofSeveral.includes(finding);
      if (lowest === undefined || !isLookedFor || hasUnknown([findings, given[finding]])) {
        return [];
      }
      const level = levelOf(finding, given);
      return levels.indexOf(level) >= levels.indexOf(lowest)
        ? []
        : [
            `findings.${finding} is "${level}"${Object.hasOwn(given, finding) ? "" : " by default"}, must be ${lowest === "warn" ? '"warn" or "refuse"' : '"refuse"'}`,
          ];
    });
    return problems.length === 0 ? undefined : `${problems.join("; ")}: set findings to that`;
  },
});
