#!/usr/bin/env node
// The rules of one team, picked one by one. `pulumi up --policy-pack policy`, or `policy/main.mjs` where
// the language host is too old to run a folder.
import { PolicyPack } from "@pulumi/policy";
import {
  assetHost,
  batchNamePattern,
  batchNameTrimmed,
  deadlineLimits,
  deadlineOnWorkday,
  deadlineRequired,
} from "pulumi-ai-data-platform/policy";

// Where the SDK looks for the version of the pack.
process.chdir(import.meta.dirname);

new PolicyPack(
  "vision",
  {
    enforcementLevel: "mandatory",
    policies: [
      batchNamePattern,
      { ...batchNameTrimmed, enforcementLevel: "remediate" },
      { ...deadlineRequired, enforcementLevel: "remediate" },
      deadlineLimits,
      { ...deadlineOnWorkday, enforcementLevel: "advisory" },
      assetHost,
    ],
  },
  // What the team has settled; a stack's own configuration comes before it.
  {
    "batch-name-pattern": { pattern: "vision-.*" },
    "deadline-required": { defaultDueInSeconds: 259_200 },
    "deadline-limits": { minimumSeconds: 14_400 },
    "deadline-on-workday": { timeZone: "Europe/Berlin" },
    "asset-host": { hosts: ["pictures.example.com"] },
  },
);
