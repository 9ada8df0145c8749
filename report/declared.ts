import type { Plain } from "../provider/lifecycle/lifecycle.ts";
import { textOf } from "../provider/lifecycle/text.ts";
import { readProperties } from "../provider/pulumi/properties.ts";
import { isUnknown } from "../provider/pulumi/unknowns.ts";
import { workItemSetLifecycle } from "../provider/resources/work-item-set.ts";
import { isObject, itemOf, valueAt } from "../provider/sets/items.ts";
import { emptyState, type SetInputs, type SetState } from "../provider/sets/state.ts";
import { type Side, type Step, secret } from "./events.ts";
import { itemFields, unknown } from "./fields.ts";
import { isKind, nameOf } from "./places.ts";

// A single work item is looked at as a set of one, so that there is one way to say what happens to items.

/** The items that a resource has, as the provider knows a set; nothing where it has none on that side. */
export function stateOf(step: Step, side: Side | undefined): SetState | undefined {
  const inputs = inputsOf(step, side);
  if (side === undefined || inputs === undefined) return undefined;
  if (isKind(step, "WorkItemSet")) {
    return { ...emptyState(inputs), ...setProperties(side.outputs), items: inputs.items };
  }
  const { workItemId, status } = side.outputs;
  const key = nameOf(step.urn);
  return {
    ...emptyState(inputs),
    items: inputs.items,
    ids: { [key]: String(workItemId) },
    statusOf: { [key]: String(status) },
  };
}

/** The items that a resource declares; nothing where none are to be seen. */
export function inputsOf(step: Step, side: Side | undefined): SetInputs | undefined {
  if (side === undefined) return undefined;
  if (isKind(step, "WorkItemSet")) {
    const { items, ...others } = setProperties(side.inputs);
    return isObject(items) ? ({ ...others, items } as unknown as SetInputs) : undefined;
  }
  const given = itemFields.filter((field) => side.inputs[field] != null);
  const fields = Object.fromEntries(given.map((field) => [field, side.inputs[field]]));
  const { projectId, batchId, onWorkInProgress } = side.inputs;
  return {
    ...({ projectId, batchId, onWorkInProgress } as Omit<SetInputs, "items">),
    items: { [nameOf(step.urn)]: textOf(fields) },
  };
}

/** The properties of a set. Large maps are texts, which say nothing where they are secret. */
function setProperties(properties: Plain): Plain {
  const visible = Object.entries(properties).filter(([, value]) => value !== secret);
  return readProperties(Object.fromEntries(visible), workItemSetLifecycle.asText);
}

/** The fields of an item of a set; nothing where it has no such item, or where all of it is hidden. */
export function fieldsAt({ items }: SetInputs, key: string): Plain | undefined {
  const text = valueAt(items, key);
  if (text === undefined) return undefined;
  if (text === secret) return { item: secret };
  return isUnknown(text) ? { item: unknown } : { ...itemOf(text) };
}
