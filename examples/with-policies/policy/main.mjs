#!/usr/bin/env node
// The rules of one team, picked one by one. `pulumi up --policy-pack policy`, or `$PWD/policy/main.mjs`
// where the language host is too old to run a folder.
import { PolicyPack } from "@pulumi/policy";
import {
  assetHost,
  batchNamePattern,
  batchNameTrimmed,
  deadlineLimits,
  deadlineOnWorkday,
  deadlineRequired,
  effortLimit,
  findingLevels,
  labelCategories,
} from "pulumi-ai-data-platform/policy";

// Where the SDK looks for the version of the pack.
process.chdir(import.meta.dirname);

new PolicyPack(
  "vision",
  {
    policies: [
      assetHost,
      batchNamePattern,
      batchNameTrimmed,
      deadlineLimits,
      deadlineOnWorkday,
      deadlineRequired,
      effortLimit,
      findingLevels,
      labelCategories,
    ],
  },
  // What the team has settled; a stack's own configuration comes before it. Settings without a level would
  // make a rule advisory.
  {
    "asset-host": { enforcementLevel: "mandatory", hosts: ["pictures.example.com"] },
    "batch-name-pattern": { enforcementLevel: "mandatory", pattern: "vision-.*" },
    "batch-name-trimmed": "remediate",
    "deadline-limits": { enforcementLevel: "mandatory", minimumSeconds: 14_400 },
    "deadline-on-workday": { enforcementLevel: "advisory", timeZone: "Europe/Berlin" },
    "deadline-required": { enforcementLevel: "remediate", defaultDueInSeconds: 259_200 },
    // Two minutes for a picture, and half a minute for each box to look at: 100 hours at most.
    "effort-limit": { enforcementLevel: "mandatory", item: 2, box: 0.5, max: 6_000 },
    "finding-levels": {
      enforcementLevel: "mandatory",
      atLeast: { broken: "refuse", duplicate: "refuse" },
    },
    "label-categories": {
      enforcementLevel: "mandatory",
      allowed: ["stop sign", "speed limit", "yield"],
    },
  },
);
