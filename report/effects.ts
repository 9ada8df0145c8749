import { hasBegun, notListed } from "../provider/items/work-in-progress.ts";
import type { Plain } from "../provider/lifecycle/lifecycle.ts";
import { isUnknown } from "../provider/pulumi/unknowns.ts";
import { valueAt } from "../provider/sets/items.ts";
import { counted, type SetInputs, type SetState } from "../provider/sets/state.ts";
import { fieldsAt, inputsOf, stateOf } from "./declared.ts";
import type { Step } from "./events.ts";
import { fieldChanges, itemFields, secretChanges, shown } from "./fields.ts";
import type { FieldChange, ItemAction, ItemChange } from "./model.ts";
import { isKind, type Place, type Places } from "./places.ts";
import { type Actions, hiddenChanges, planned } from "./planned.ts";
import type { Statuses } from "./statuses.ts";

/** What happens to the items of a resource, and in which batches. */
export interface Effect {
  before?: { place: Place; count: number; statuses: Record<string, number> };
  after?: { place: Place; count: number };
  items: { place: Place; item: ItemChange }[];
  settings: { place: Place; change: FieldChange }[];
}

/**
 * What an update does to the items of a resource. `at` is when the deadlines of new items begin; `statuses` are
 * newer than those of the last refresh.
 */
export function previewEffect(step: Step, places: Places, at: Date, statuses: Statuses): Effect {
  const olds = stateOf(step, step.old);
  const news = step.op === "delete" ? undefined : inputsOf(step, step.new);
  const describe = describer(step, olds, news, at, statuses);
  const before = olds && { place: places.before(step), ...sizeOf(olds) };
  const after = news && { place: places.after(step), count: Object.keys(news.items).length };
  const items: Effect["items"] = [];
  if (before !== undefined && after !== undefined && !places.isSame(before.place, after.place)) {
    // An item that changes its batch is cancelled in one, and made in the other.
    const end = describer(step, olds, undefined, at, statuses);
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
  return { ...(before && { before }), ...(after && { after }), items, settings };
}

/** What is different on the platform, of the items of a resource. */
export function driftEffect(step: Step, places: Places, at: Date): Effect {
  const olds = stateOf(step, step.old);
  if (olds === undefined) return { items: [], settings: [] };
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
      // Declared, and never to be done: that is so until the program or the platform changes.
      actions.push([key, "cancel"]);
    } else if (
      fieldChanges(itemFields, fieldsAt(olds, key), fieldsAt(now, key)).length > 0 ||
      isHiddenChange(key, valueAt(olds.items, key), valueAt(now.items, key))
    ) {
      actions.push([key, "change"]);
    }
  }
  const items = actions.map(([key, action]) => {
    // Nothing is at risk any more: it has happened.
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
  statuses: Statuses = new Map(),
): (key: string, action: ItemAction) => ItemChange {
  // For what a set gives up, its new setting counts; where all of it goes, that of the last update.
  const isPart = isKind(step, "WorkItemSet") && step.op === "update";
  const policy = (isPart ? news : olds)?.onWorkInProgress;
  return (key, action) => {
    const isAdded = action === "add";
    const old = isAdded || olds === undefined ? undefined : fieldsAt(olds, key);
    const next = news && fieldsAt(news, key);
    const workItemId = isAdded ? undefined : valueAt(olds?.ids, key);
    const status = isAdded
      ? undefined
      : (statuses.get(workItemId ?? "") ?? valueAt(olds?.statusOf, key) ?? "NEW");
    const deadline = isAdded || action === "replace" ? deadlineOf(next, at) : undefined;
    const isEnded = action === "cancel" || action === "replace";
    return {
      key,
      resource: step.urn,
      action,
      fields: old === undefined || next === undefined ? [] : differences(step, old, next),
      ...(old !== undefined && { old: shown(old) as Plain }),
      ...(next !== undefined && { new: shown(next) as Plain }),
      ...(workItemId !== undefined && { workItemId }),
      ...(status !== undefined && { status }),
      ...(deadline !== undefined && { deadline }),
      ...(isEnded && hasBegun(status ?? "NEW") && { atRisk: riskOf(status, policy) }),
    };
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
  // What else makes an item anew is a picture that is sent anew.
  return found.length > 0 || next.file === undefined
    ? found
    : [{ field: "file", old: next.file, new: `${String(next.file)} (another picture)` }];
}

function riskOf(status: string | undefined, policy: unknown): NonNullable<ItemChange["atRisk"]> {
  if (policy !== "cancel") return "refused";
  return status === "COMPLETED" ? "kept" : "cancelled";
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
