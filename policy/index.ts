import "../provider/require-node.ts";

import { refuseWrongConfigurations } from "./configuration.ts";

refuseWrongConfigurations();

export { recommended, strict } from "./presets.ts";
export { assetHost, assetHttps, assetUnique } from "./rules/assets.ts";
export {
  batchDeadlineLimits,
  deadlineLimits,
  deadlineOnWorkday,
  deadlineRequired,
} from "./rules/deadlines.ts";
export {
  batchNameLength,
  batchNamePattern,
  batchNameReserved,
  batchNameTrimmed,
  batchNameUnique,
} from "./rules/naming.ts";
export {
  metadataPersonalData,
  metadataRequired,
  metadataSecrets,
} from "./rules/ownership.ts";
export { findingLevels } from "./rules/pictures.ts";
export {
  boxInsidePicture,
  difficultyRange,
  labelCategories,
  taxonomyPinned,
} from "./rules/quality.ts";
export { batchProtected, cancelAllowed, effortLimit, setSize, stackSize } from "./rules/safety.ts";
