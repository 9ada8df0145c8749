import { hasBegun, notListed } from "../../provider/items/work-in-progress.ts";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { valueAt } from "../../provider/lifecycle/plain.ts";
import { isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { counted, type SetInputs, type SetState } from "../../provider/sets/state.ts";
import type { Step } from "../engine/events.ts";
import type { FieldChange, ItemAction, ItemChange } from "../model.ts";
import { fieldsAt, inputsOf, stateOf } from "./declared-items.ts";
import { fieldChanges, itemFields, secretChanges, shown } from "./fields.ts";
import { isKind, type Place, type Places } from "./places.ts";
import { type Actions, hiddenChanges, planned } from "./planned.ts";
import type { Statuses } from "./statuses.ts";
import { type Tally, tallies } from "./tallies.ts";

/** What happens to the items of a resource, and in which batches. */
export interface Effect {
  before?: { place: Place; count: number; statuses: Record<string, number>; boxes?: Tally };
  after?: { place: Place; count: number; boxes?: Tally };
  items: { place: Place; item: ItemChange }[];
  settings: { place: Place; change: FieldChange }[];
  /** What the resource allows for begun work on items that end. */
  onWorkInProgress?: "refuse" | "cancel" | undefined;
}

/** A resource, with what happens to its items. */
export interface Stepped {
  step: Step;
  effect: Effect;
}

/** What an update does to the items of a resource. `at` is the moment from which deadlines of new items count. */
export function previewEffect(step: Step, places: Places, at: Date): Effect {
  const olds = stateOf(step, step.old);
  const news = step.op === "delete" ? undefined : inputsOf(step, step.new);
  const onWorkInProgress = policyOf(step, olds, news);
  const describe = describer(step, olds, news, at);
  const boxes = tallies(olds, news);
  const before = olds && { place: places.before(step), ...sizeOf(olds), boxes: boxes.before };
  const count = Object.keys(news?.items ?? {}).length;
  const after = news && { place: places.after(step), count, boxes: boxes.after };
  const items: Effect["items"] = [];
  if (before !== undefined && after !== undefined && !places.isSame(before.place, after.place)) {
    // An item that moves to another batch is cancelled in the old one and made in the new one.
    const end = describer(step, olds, undefined, at);
    for (const key of Object.keys(olds?.ids ?? {})) {
      const isMoved = news !== undefined && Object.hasOwn(news.items, key);
      const item = { ...end(key, "cancel"), ...(isMoved && { moved: after.place.name }) };
      items.push({ place: before.place, item });
    }
    for (const key of Object.keys(news?.items ?? {})) {
      const isMoved = valueAt(olds?.ids, key) !== undefined;
      const item = { ...describe(key, "add"), ...(isMoved && { moved: before.place.name }) };
      items.push({ place: after.place, item });
    }
  } else {
    const place = (after ?? before)?.place;
    if (place !== undefined) {
      const actions = planned(step, olds, news, places);
      items.push(...actions.map(([key, action]) => ({ place, item: describe(key, action) })));
    }
  }
  const settings = [];
  if (before !== undefined && after !== undefined) {
    const found = fieldChanges(["onWorkInProgress"], step.old?.inputs, step.new?.inputs);
    settings.push(...found.map((change) => ({ place: after.place, change })));
  }
  return { ...(before && { before }), ...(after && { after }), items, settings, onWorkInProgress };
}

/** The same effects, but with the current statuses of the items that change: those of the last update may be old. */
export function withStatuses(all: readonly Stepped[], statuses: Statuses): Stepped[] {
  return all.map(({ step, effect }) => ({
    step,
    effect: {
      ...effect,
      items: effect.items.map(({ place, item }) => {
        const status = statuses.get(item.workItemId ?? "");
        return { place, item: status === undefined ? item : judged(item, status, effect) };
      }),
    },
  }));
}

/** The item with a status, and with what that means for people's work. */
export function judged(
  { atRisk: _, relabelledDone: __, ...item }: ItemChange,
  status: string,
  { onWorkInProgress }: Pick<Effect, "onWorkInProgress">,
): ItemChange {
  const isEnded = item.action === "cancel" || item.action === "replace";
  // An item moves only if nothing but its labels changes.
  const isMovedWith = item.action === "move" && item.fields.length > 0;
  const isRelabelled = item.action === "relabel" || isMovedWith;
  return {
    ...item,
    status,
    ...(isEnded && riskOf(status, onWorkInProgress)),
    ...(isRelabelled && hasBegun(status) && { relabelledDone: true as const }),
  };
}

/** What differs on the platform for the items of a resource. */
export function driftEffect(step: Step, places: Places, at: Date): Effect {
  const olds = stateOf(step, step.old);
  if (olds === undefined) {
    return { items: [], settings: [] };
  }
  const place = places.before(step);
  const now = step.op === "delete" ? undefined : stateOf(step, step.new);
  const describe = describer(step, { ...olds, statusOf: now?.statusOf ?? {} }, now, at);
  const actions: Actions = [];
  const isHiddenChange = hiddenChanges(step);
  for (const key of Object.keys(olds.ids)) {
    const status = valueAt(now?.statusOf, key);
    if (now === undefined || valueAt(now.ids, key) === undefined || status === notListed) {
      actions.push([key, "missing"]);
    } else if (status === "FAILED") {
      // The item is declared, yet nobody will ever do it: that stays so until the program or the platform changes.
      actions.push([key, "cancel"]);
    } else if (
      fieldChanges(itemFields, fieldsAt(olds, key), fieldsAt(now, key)).length > 0 ||
      isHiddenChange(key, valueAt(olds.items, key), valueAt(now.items, key))
    ) {
      actions.push([key, "change"]);
    }
  }
  const items = actions.map(([key, action]) => {
    // Nothing is at risk any more, because it has already happened.
    const { atRisk: _, ...item } = describe(key, action);
    return { place, item };
  });
  const { statuses, count: known } = now === undefined ? { statuses: {}, count: 0 } : sizeOf(now);
  const count = known - (valueAt<number>(statuses, notListed) ?? 0);
  const before = { place, count: sizeOf(olds).count, statuses };
  return { before, after: { place, count }, items, settings: [] };
}

function sizeOf(state: SetState): { count: number; statuses: Record<string, number> } {
  return { count: Object.keys(state.ids).length, statuses: counted(state).statuses };
}

/** Describes what happens to single items of a resource. */
function describer(
  step: Step,
  olds: SetState | undefined,
  news: SetInputs | undefined,
  at: Date,
): (key: string, action: ItemAction) => ItemChange {
  const onWorkInProgress = policyOf(step, olds, news);
  return (key, action) => {
    const isAdded = action === "add";
    const old = isAdded || olds === undefined ? undefined : fieldsAt(olds, key);
    const next = news && fieldsAt(news, key);
    const workItemId = isAdded ? undefined : valueAt(olds?.ids, key);
    const status = isAdded ? undefined : (valueAt(olds?.statusOf, key) ?? "NEW");
    const deadline = isAdded || action === "replace" ? deadlineOf(next, at) : undefined;
    const item: ItemChange = {
      key,
      resource: step.urn,
      action,
      fields: old === undefined || next === undefined ? [] : differences(step, old, next),
      ...(old !== undefined && { old: shown(old) as Plain }),
      ...(next !== undefined && { new: shown(next) as Plain }),
      ...(workItemId !== undefined && { workItemId }),
      ...(deadline !== undefined && { deadline }),
    };
    return status === undefined ? item : judged(item, status, { onWorkInProgress });
  };
}

function differences(step: Step, old: Plain, next: Plain): FieldChange[] {
  if ("item" in old || "item" in next) {
    return [{ field: "item", ...("item" in old && { old: old.item }), new: next.item }];
  }
  const found = fieldChanges(itemFields, old, next);
  if (!isKind(step, "WorkItemSet")) {
    return [...found, ...secretChanges(itemFields, step.changed, found)];
  }
  // If no field differs, the item is made anew because its picture is sent anew.
  return found.length > 0 || next.file === undefined
    ? found
    : [{ field: "file", old: next.file, new: `${String(next.file)} (another picture)` }];
}

/** If a set gives up some items, its new setting counts; if all of them go, the setting of the last update counts. */
function policyOf(
  step: Step,
  olds: SetState | undefined,
  news: SetInputs | undefined,
): Effect["onWorkInProgress"] {
  const isPart = isKind(step, "WorkItemSet") && step.op === "update";
  return (isPart ? news : olds)?.onWorkInProgress;
}

/** What becomes of the work on an item that ends after people have begun. */
function riskOf(status: string, policy: Effect["onWorkInProgress"]): Pick<ItemChange, "atRisk"> {
  if (!hasBegun(status)) {
    return {};
  }
  if (policy !== "cancel") {
    return { atRisk: "refused" };
  }
  return { atRisk: status === "COMPLETED" ? "kept" : "cancelled" };
}

function deadlineOf(fields: Plain | undefined, at: Date): string | undefined {
  const { dueAt, dueInSeconds } = fields ?? {};
  if (typeof dueInSeconds === "number") {
    return new Date(at.getTime() + dueInSeconds * 1000).toISOString();
  }
  const isMoment =
    typeof dueAt === "string" && !isUnknown(dueAt) && !Number.isNaN(Date.parse(dueAt));
  return isMoment ? new Date(dueAt).toISOString() : undefined;
}
