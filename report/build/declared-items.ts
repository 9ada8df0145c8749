import runtime from "@pulumi/pulumi/runtime/index.js";
import { type ItemTexts, itemAt, textFor } from "../../provider/items/set-item.ts";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { isObject, valueAt } from "../../provider/lifecycle/plain.ts";
import { isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { readProperties } from "../../provider/pulumi/properties.ts";
import { workItemSetLifecycle } from "../../provider/resources/work-item-set.ts";
import { emptyState, type SetInputs, type SetState } from "../../provider/sets/state.ts";
import { digest, toJsonText } from "../../provider/text/json.ts";
import { type Side, type Step, secret } from "../engine/events.ts";
import { itemFields, unknown } from "./fields.ts";
import { isKind, resourceName } from "./places.ts";

const { unknownValue } = runtime;

// A single work item is treated as a set of one, so that there is one way to say what happens to items.

/**
 * The items that a resource has, in the form in which the provider keeps a set. The outputs say so: after an update that
 * failed in part, the engine still has the inputs of before, and the items that were changed are as they are now.
 */
export function stateOf(step: Step, side: Side | undefined): SetState | undefined {
  const inputs = inputsOf(step, side);
  if (side === undefined || inputs === undefined) {
    return undefined;
  }
  if (isKind(step, "WorkItemSet")) {
    const state: SetState = { ...emptyState(inputs), ...setProperties(side.outputs) };
    return { ...state, items: itemsNow(step, inputs, state) };
  }
  const { workItemId, status } = side.outputs;
  const key = resourceName(step.urn);
  const now = itemFields.filter((field) => field in side.inputs && side.outputs[field] != null);
  const fields = Object.fromEntries(now.map((field) => [field, side.outputs[field]]));
  const changed = { ...side, inputs: { ...side.inputs, ...fields } };
  return {
    ...emptyState(inputs),
    items: (inputsOf(step, changed) ?? inputs).items,
    ids: { [key]: String(workItemId) },
    statusOf: { [key]: String(status) },
  };
}

/**
 * The texts of the items as they are now. Those that an update which failed in part has changed may be secret as a whole;
 * their digests say whether they are what is declared now.
 */
function itemsNow(
  step: Step,
  declared: SetInputs,
  { items, defaults: ofState, changed = {} }: SetState,
): ItemTexts {
  if (Object.keys(items).length > 0) {
    return items;
  }
  const next = setProperties(step.new?.inputs ?? {}) as Partial<SetInputs>;
  const { items: texts = {}, defaults } = next;
  const now = Object.entries(changed).map(([key, known]) => {
    const text = valueAt(texts, key);
    const isReadable = text !== undefined && text !== secret && !isUnknown(text);
    const item = isReadable ? itemAt({ items: texts, defaults }, key) : undefined;
    const isAsDeclared = item !== undefined && digest(toJsonText(item)) === known;
    return [key, isAsDeclared ? textFor(item, ofState) : secret] as const;
  });
  const before = Object.entries(declared.items).map(([key, text]) => {
    const isSame = declared.defaults === ofState || text === secret || isUnknown(text);
    return [key, isSame ? text : textFor(itemAt(declared, key), ofState)] as const;
  });
  return Object.fromEntries([...before, ...now]);
}

/** The items that a resource declares. If all of them are hidden, the existing keys, each with a hidden text. */
export function inputsOf(step: Step, side: Side | undefined): SetInputs | undefined {
  if (side === undefined) {
    return undefined;
  }
  if (isKind(step, "WorkItemSet")) {
    const properties = setProperties(side.inputs);
    const { items = hiddenItems(step, side) } = properties;
    return { ...properties, items } as unknown as SetInputs;
  }
  const given = itemFields.filter((field) => side.inputs[field] != null);
  const fields = Object.fromEntries(given.map((field) => [field, side.inputs[field]]));
  const { projectId, batchId, onWorkInProgress } = side.inputs;
  return {
    ...({ projectId, batchId, onWorkInProgress } as Omit<SetInputs, "items">),
    items: { [resourceName(step.urn)]: toJsonText(fields) },
  };
}

/** Whether the engine hides which items a set will have. */
export function isHidden(step: Step): boolean {
  return (
    isKind(step, "WorkItemSet") &&
    step.op !== "same" &&
    step.op !== "delete" &&
    step.new !== undefined &&
    !isObject(step.new.inputs.items)
  );
}

function hiddenItems(step: Step, { inputs }: Side): ItemTexts {
  const { ids } = setProperties(step.old?.outputs ?? {});
  const keys = isObject(ids) ? Object.keys(ids) : [];
  const text = isUnknown(inputs.items) ? unknownValue : secret;
  return Object.fromEntries(keys.map((key) => [key, text]));
}

/** The visible properties of a set. */
function setProperties(properties: Plain): Plain {
  const visible = Object.entries(properties).filter(
    ([name, value]) => value !== secret && !(name === "items" && isUnknown(value)),
  );
  return readProperties(Object.fromEntries(visible), workItemSetLifecycle.asText);
}

/** The fields of an item of a set; undefined if the set has no such item. A hidden item has the one field `item`. */
export function fieldsAt(set: SetInputs, key: string): Plain | undefined {
  const text = valueAt(set.items, key);
  if (text === undefined) {
    return undefined;
  }
  if (text === secret) {
    return { item: secret };
  }
  return isUnknown(text) || isUnknown(set.defaults) ? { item: unknown } : { ...itemAt(set, key) };
}
