import type { PolicyResource } from "@pulumi/policy";
import { batchIdText } from "../provider/lifecycle/ids.ts";
import { isUnknown } from "../provider/lifecycle/unknown-values.ts";
import { isKind, rawOf } from "./read-declared.ts";

/** The batch that a resource's items go to: its name, or why that can't be said. */
export type BatchOf =
  | { readonly name: string }
  /** The name is not known before the update. */
  | { readonly name?: undefined; readonly why: "unknown" }
  /** It is a batch that the stack does not declare. */
  | { readonly name?: undefined; readonly why: "elsewhere" };

/** An item's batch is an id. It leads to a batch of the stack by value, or, before the batch exists, by dependency. */
export function batchOf(item: PolicyResource, resources: readonly PolicyResource[]): BatchOf {
  const { batchId } = rawOf(item.props);
  // The platform puts it there.
  if (batchId === undefined || batchId === null) return { name: "Default" };
  const isKnown = !isUnknown(batchId);
  const dependencies = (item.propertyDependencies.batchId ?? []).filter(isBatch);
  const batch =
    resources.find((each) => isKnown && isBatch(each) && hasId(each, batchIdText(batchId))) ??
    (dependencies.length === 1 ? dependencies[0] : undefined);
  if (batch === undefined) return { why: isKnown ? "elsewhere" : "unknown" };
  const { name } = rawOf(batch.props);
  return typeof name === "string" && !isUnknown(name) ? { name } : { why: "unknown" };
}

function isBatch({ type }: PolicyResource): boolean {
  return isKind(type, "Batch");
}

function hasId({ props }: PolicyResource, batchId: unknown): boolean {
  return rawOf(props).batchId === batchId;
}
