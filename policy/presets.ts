import type {
  EnforcementLevel,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import * as assets from "./rules/assets.ts";
import * as deadlines from "./rules/deadlines.ts";
import * as naming from "./rules/naming.ts";
import * as ownership from "./rules/ownership.ts";
import * as pictures from "./rules/pictures.ts";
import * as quality from "./rules/quality.ts";
import * as safety from "./rules/safety.ts";

type Rule = ResourceValidationPolicy | StackValidationPolicy;

/** Each rule with its level in `recommended` and its level in `strict`. */
const levels: readonly (readonly [Rule, EnforcementLevel, EnforcementLevel])[] = [
  [naming.batchNamePattern, "advisory", "mandatory"],
  [naming.batchNameTrimmed, "remediate", "remediate"],
  [naming.batchNameLength, "mandatory", "mandatory"],
  [naming.batchNameReserved, "mandatory", "mandatory"],
  [naming.batchNameUnique, "mandatory", "mandatory"],
  [deadlines.deadlineRequired, "mandatory", "mandatory"],
  [deadlines.deadlineLimits, "mandatory", "mandatory"],
  [deadlines.batchDeadlineLimits, "mandatory", "mandatory"],
  [deadlines.deadlineOnWorkday, "advisory", "advisory"],
  [ownership.metadataRequired, "advisory", "mandatory"],
  [ownership.metadataPersonalData, "advisory", "mandatory"],
  [ownership.metadataSecrets, "mandatory", "mandatory"],
  [quality.difficultyRange, "advisory", "mandatory"],
  [quality.taxonomyPinned, "advisory", "mandatory"],
  [assets.assetHttps, "mandatory", "mandatory"],
  [assets.assetHost, "mandatory", "mandatory"],
  [quality.boxInsidePicture, "mandatory", "mandatory"],
  [quality.labelCategories, "mandatory", "mandatory"],
  [pictures.findingLevels, "advisory", "mandatory"],
  [assets.assetUnique, "advisory", "mandatory"],
  [safety.setSize, "mandatory", "mandatory"],
  [safety.stackSize, "mandatory", "mandatory"],
  [safety.effortLimit, "mandatory", "mandatory"],
  [safety.cancelAllowed, "advisory", "mandatory"],
  [safety.batchProtected, "disabled", "mandatory"],
];

/**
 * All rules. Those that catch what is almost certainly a mistake are mandatory; those about habits are advisory. The
 * configuration can switch on a rule that is disabled here.
 */
export const recommended: Rule[] = levels.map(([rule, enforcementLevel]) => ({
  ...rule,
  enforcementLevel,
}));

/** All rules, nearly all of them mandatory. */
export const strict: Rule[] = levels.map(([rule, , enforcementLevel]) => ({
  ...rule,
  enforcementLevel,
}));
