import * as pulumi from "@pulumi/pulumi";
import { unknownSettings } from "./describe-unknown-settings.ts";

/** Ends a program whose stack has a setting that nobody reads, before it registers or asks for anything. */
export function refuseUnknownSettings(): void {
  const keys = Object.keys(pulumi.runtime.allConfig());
  const unknown = unknownSettings(keys, pulumi.runtime.getProject());
  if (unknown !== undefined) {
    const line = new pulumi.RunError(unknown);
    // If an error comes after the end of the program's own text, the SDK prints its stack, if it has one.
    line.stack = "";
    throw line;
  }
}
