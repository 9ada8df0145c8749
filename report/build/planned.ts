import runtime from "@pulumi/pulumi/runtime/index.js";
import type { ItemTexts } from "../../provider/items/set-item.ts";
import { valueAt } from "../../provider/lifecycle/plain.ts";
import { isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { planUpdate } from "../../provider/sets/plan.ts";
import type { SetInputs, SetState } from "../../provider/sets/state.ts";
import { linkOf } from "../../provider/uploads/links.ts";
import { type Step, secret } from "../engine/events.ts";
import type { ItemAction } from "../model.ts";
import { itemFields, secretChanges } from "./fields.ts";
import { isKind, type Places } from "./places.ts";
import { textsOf } from "./shown-uploads.ts";
import { pathsBack, uploadChanges } from "./uploads.ts";

const { unknownValue } = runtime;

/** Which items something happens to, and what. */
export type Actions = [key: string, action: ItemAction][];

/** What an update of a resource within its batch does, item by item: the provider's own plan. */
export function planned(
  step: Step,
  olds: SetState | undefined,
  news: SetInputs | undefined,
  places: Places,
): Actions {
  if (olds === undefined) {
    return Object.keys(news?.items ?? {}).map((key) => [key, "add"]);
  }
  if (news === undefined) {
    return Object.keys(olds.ids).map((key) => [key, "cancel"]);
  }
  const uploads = uploadsOf(step, olds, news, places);
  const plan = planUpdate(
    { ...olds, items: withoutSecrets(olds.items) },
    { ...news, ...(uploads && { uploads }), items: itemsOf(step, olds, news) },
  );
  const { create, replace, relabel, remove } = plan;
  return [
    ...create.map((key): Actions[number] => [key, "add"]),
    ...replace.map((key): Actions[number] => [
      key,
      step.op === "update" && isOne(step) ? "relabel" : "replace",
    ]),
    ...relabel.map((key): Actions[number] => [key, "relabel"]),
    ...remove.map((key): Actions[number] => [key, "cancel"]),
  ];
}

/** The declared items. An unknown text stands for an item that changes in a way that its own text does not show. */
function itemsOf(step: Step, olds: SetState, { items }: SetInputs): ItemTexts {
  // If the batch is the same and only its id is unknown yet, the id turns out to be the old one.
  const isWhole = step.op === "replace" && !isUnknown(step.new?.inputs.batchId);
  const isHiddenChange = hiddenChanges(step);
  const entries = Object.entries(items).map(([key, text]) => {
    const isChanged = isWhole || isHiddenChange(key, valueAt(olds.items, key), text);
    return [key, isChanged ? unknownValue : text];
  });
  return withoutSecrets(Object.fromEntries(entries));
}

/** Returns a function that says whether an item changes in a secret part. Only the engine can see such a change. */
export function hiddenChanges(
  step: Step,
): (key: string, old: string | undefined, next: string | undefined) => boolean {
  const changed = new Set(step.changed);
  const isOfOne = isOne(step) && secretChanges(itemFields, step.changed, []).length > 0;
  return (key, old, next) => {
    if (isOne(step)) {
      return isOfOne && old === next;
    }
    const isSecret = old === secret || next === secret;
    return isSecret && (old !== next || pathsOf(key).some((path) => changed.has(path)));
  };
}

function isOne(step: Step): boolean {
  return isKind(step, "WorkItem");
}

/** The paths by which the engine may name an item. Secret defaults make a secret of each item. */
function pathsOf(key: string): string[] {
  return ["items", "defaults", `items.${key}`, `items["${key}"]`, `items[${JSON.stringify(key)}]`];
}

/** The texts, with an empty item in place of each secret one, so that all of them can be parsed. */
function withoutSecrets(items: ItemTexts): ItemTexts {
  const entries = Object.entries(items).map(([key, text]) => [key, text === secret ? "{}" : text]);
  return Object.fromEntries(entries);
}

/**
 * The paths of the set's files. While they are unknown, files that are sent anew get the unknown value as their path.
 */
function uploadsOf(
  step: Step,
  olds: SetState,
  { uploads }: SetInputs,
  places: Places,
): Record<string, string> | undefined {
  if (!isUnknown(uploads)) {
    return uploads;
  }
  const sets = places.uploadsOf(step);
  const sent = sets
    .flatMap((set) => uploadChanges(set).map((change) => ({ ...change, set })))
    .filter(({ action }) => action === "change")
    .map(({ file, set }) => [file, linkIn(set, file) ?? unknownValue]);
  const back = sets.flatMap((set) => [...pathsBack(set)]);
  return { ...olds.uploads, ...Object.fromEntries([...sent, ...back]) };
}

/** The URL of a file that is not sent, which a change of its kind alone leaves as it is. */
function linkIn({ new: next }: Step, file: string): string | undefined {
  const text = valueAt(textsOf(next), file);
  return typeof text === "string" && text !== secret ? linkOf(text) : undefined;
}
