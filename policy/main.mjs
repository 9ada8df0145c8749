#!/usr/bin/env node
// The pack, by both ways in which an engine starts one: the folder, or this file where its language host
// cannot run folders. The SDK reads the version of the pack from the working directory.
import { PolicyPack } from "@pulumi/policy";
import { recommended } from "../dist/policy/index.js";

process.chdir(import.meta.dirname);

new PolicyPack("ai-data-platform", { policies: recommended });
