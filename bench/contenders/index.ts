import type { Contender } from "./contender.ts";
import { curl } from "./curl.ts";
import { dataset } from "./dataset.ts";
import { floor } from "./floor.ts";
import { naive } from "./naive.ts";
import { opentofu, opentofuTuned } from "./opentofu.ts";
import { plugin } from "./plugin.ts";
import { policies } from "./policies.ts";
import { listed, set } from "./set.ts";
import { single } from "./single.ts";
import { uploadSet } from "./upload-set.ts";

/** In the order in which they run. */
export const contenders: readonly Contender[] = [
  floor,
  set,
  listed,
  plugin,
  dataset,
  policies,
  opentofuTuned,
  opentofu,
  single,
  naive,
  curl,
  uploadSet,
];
