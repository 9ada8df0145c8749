import type { PolicyResource } from "@pulumi/policy";
import { batchIdText } from "../provider/lifecycle/ids.ts";
import { isUnknown } from "../provider/lifecycle/unknown-values.ts";
import { isKind } from "../provider/pulumi/shim.ts";
import { rawOf } from "./read-declared.ts";

/** The batch that a resource's items go to: its name, or why the name is not known. */
export type BatchOf =
  | { readonly name: string }
  /** The name is not known before the update. */
  | { readonly name?: undefined; readonly why: "unknown" }
  /** The stack does not declare the batch. */
  | { readonly name?: undefined; readonly why: "elsewhere" };

/** An item names its batch by id. This finds the batch by that id or, before the batch has one, by the dependency. */
export function batchOf(item: PolicyResource, resources: readonly PolicyResource[]): BatchOf {
  const { batchId } = rawOf(item.props);
  // The platform puts such an item into that batch.
  if (batchId === undefined || batchId === null) {
    return { name: "Default" };
  }
  const isKnown = !isUnknown(batchId);
  const dependencies = (item.propertyDependencies.batchId ?? []).filter(isBatch);
  const batch =
    resources.find((each) => isKnown && isBatch(each) && hasId(each, batchIdText(batchId))) ??
    (dependencies.length === 1 ? dependencies[0] : undefined);
  if (batch === undefined) {
    return { why: isKnown ? "elsewhere" : "unknown" };
  }
  const { name } = rawOf(batch.props);
  return typeof name === "string" && !isUnknown(name) ? { name } : { why: "unknown" };
}

function isBatch({ type }: PolicyResource): boolean {
  return isKind(type, "Batch");
}

function hasId({ props }: PolicyResource, batchId: unknown): boolean {
  return rawOf(props).batchId === batchId;
}
