import { parseUrn } from "../provider/lifecycle/urns.ts";
import { unitOf } from "../provider/pulumi/effort.ts";
import { bytes, count as thousands } from "../provider/text/lines.ts";
import { boxesOf } from "./build/boxes.ts";
import type {
  BatchReport,
  Counts,
  EffortReport,
  FieldChange,
  ItemChange,
  LimitReport,
  Report,
  RuleReport,
  UploadChange,
} from "./model.ts";

// The wording of a report, in Markdown, on a page and in the terminal.

export { thousands };

export const titles = { preview: "Labeling preview", drift: "Labeling drift" } as const;

/** What readers must know to understand the report. */
export function footnote({ kind, statuses, totals, batches }: Report): string {
  if (kind === "drift") {
    return "The stack's state of the last update, against the platform now.";
  }
  const isDue = batches.some(({ items }) => items.some(({ deadline }) => deadline !== undefined));
  return [
    ...(isDue
      ? ["Deadlines are those of an update at that time; one that runs later makes them later."]
      : []),
    ...(statuses === undefined ? [] : [statusTexts[statuses]]),
    ...(totals.atRisk > 0
      ? ["At risk: people have begun or finished the item, and the update would end it."]
      : []),
    ...(totals.replaced > 0 ? ["A replaced item is cancelled, and made anew."] : []),
  ].join(" ");
}

const statusTexts: Readonly<Record<NonNullable<Report["statuses"]>, string>> = {
  now: "The statuses of the items that change were looked up then.",
  last: "The statuses are those of the last update or refresh: people may have begun more since.",
};

const batchStates: Readonly<Record<BatchReport["action"], string>> = {
  create: "new",
  update: "changed",
  replace: "replaced",
  keep: "leaves the stack, stays on the platform",
  same: "",
  outside: "not in the stack",
  change: "changed",
  missing: "missing",
};

/** What happens to a batch itself; nothing if it stays as it is. */
export function batchState({ action, adopted }: BatchReport): string {
  return adopted ? "adopted" : batchStates[action];
}

const uploadActions: Readonly<Record<UploadChange["action"], string>> = {
  add: "new",
  change: "changed",
  keep: "leaves the stack",
  missing: "missing",
};

const unsentTexts: Readonly<Record<NonNullable<UploadChange["unsent"]>, string>> = {
  link: "named by URL",
  back: "comes back",
};

/** What happens to a file, and its sizes. */
export function uploadText({ action, unsent, renamed, oldSize, newSize }: UploadChange): string {
  const size = sizes(oldSize, newSize);
  return [
    renamed === undefined ? uploadActions[action] : "sent anew under this name",
    ...(unsent === undefined ? [] : [unsentTexts[unsent]]),
    ...(size === "" ? [] : [size]),
  ].join(", ");
}

/** How many files there are, and what is sent: `Files (2 to send, 1.2 MB; 1 leaves the stack)`. */
export function uploadsTitle(all: readonly UploadChange[]): string {
  const numberOf = (of: UploadChange["action"] | UploadChange["unsent"]) =>
    all.filter(({ action, unsent }) => [action, unsent].includes(of)).length;
  const files = all.filter(
    ({ action, unsent }) => (action === "add" || action === "change") && unsent === undefined,
  );
  const size = files.reduce((total, { newSize = 0 }) => total + newSize, 0);
  const [sent, linked, back] = [files.length, numberOf("link"), numberOf("back")];
  const [left, missing] = [numberOf("keep"), numberOf("missing")];
  const parts = [
    ...(sent > 0 ? [`${thousands(sent)} to send, ${bytes(size)}`] : []),
    ...(linked > 0 ? [`${thousands(linked)} to name by URL`] : []),
    ...(back > 0 ? [`${thousands(back)} to come back`] : []),
    ...(left > 0 ? [`${thousands(left)} ${left === 1 ? "leaves" : "leave"} the stack`] : []),
    ...(missing > 0 ? [`${thousands(missing)} missing`] : []),
  ];
  return `Files (${parts.join("; ")})`;
}

/** A number of things: `1 work item`, `2,000 work items`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${thousands(number)} ${number === 1 ? one : many}`;
}

/** How many there are before and after: `100 → 120 (+20 %)`. */
export function growth({ before, after }: Pick<Counts, "before" | "after">): string {
  const [from, to] = [thousands(before), thousands(after)];
  return before === after ? to : `${from} → ${to}${growthIn({ before, after })}`;
}

/** By how many percent it grows or shrinks; 0 if there was nothing. */
export function percentOf({ before, after }: Pick<Counts, "before" | "after">): number {
  return before === 0 ? 0 : Math.round(((after - before) / before) * 100);
}

/** The same in brackets; nothing if that is hardly anything. */
export function growthIn(of: Pick<Counts, "before" | "after">): string {
  const percent = percentOf(of);
  return percent === 0 ? "" : ` (${percent > 0 ? "+" : "−"}${Math.abs(percent)} %)`;
}

/** A moment in UTC, to the minute. */
export function moment(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

/** The deadlines of items that are made, first and last. */
export function deadlines(of: BatchReport["deadlines"]): string {
  if (of === undefined) {
    return "";
  }
  const [first, last] = [moment(of.first), moment(of.last)];
  return first === last ? first : `${first} to ${last}`;
}

const units: readonly [seconds: number, one: string][] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
];

/** A duration, in the largest unit that divides it evenly. */
export function duration(seconds: number): string {
  const [size, unit] = units.find(([each]) => seconds % each === 0) ?? [1, "second"];
  return count(seconds / size, unit);
}

/** What becomes of people's work. */
export function risk({ atRisk, status = "" }: ItemChange): string {
  if (atRisk === "refused") {
    return `${status}: the update refuses to end it`;
  }
  return atRisk === "kept"
    ? `${status}: it stays on the platform, and leaves the stack`
    : `${status}: this work is cancelled and lost`;
}

/** What the place in `moved` is to an item. Only one that moves keeps its id; to another batch, it is made anew. */
export function placeText({ action }: ItemChange): string {
  return action === "cancel" ? "Made anew in" : action === "add" ? "Cancelled in" : "Moves from";
}

/** How far people are with an item that gets other labels. */
export function progress({ status = "" }: ItemChange): string {
  return status === "NEW" ? "nobody has begun it" : status;
}

/** What becomes of a work item that gets other labels after people have begun or finished it. */
export function relabelledWork({ status = "" }: ItemChange): string {
  const what =
    status === "COMPLETED"
      ? "it gets other labels, but keeps the result that people made: nobody sees the new labels unless it is reopened"
      : "it gets other labels after people have begun it: they may go on with the old ones";
  return `${status}: ${what}`;
}

/** The value of a field, as text. */
export function valueText(field: string, value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  if (field === "dueInSeconds" && typeof value === "number") {
    return duration(value);
  }
  if (field === "labels" && Array.isArray(value)) {
    const areBoxes = boxesOf(value)?.length === value.length;
    return areBoxes ? count(value.length, "box", "boxes") : count(value.length, "label");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** How many labels of the new list the old one lacks, if both lists are equally long. */
export function differentLabels({ old, new: next }: FieldChange): string | undefined {
  if (!Array.isArray(old) || !Array.isArray(next) || old.length !== next.length) {
    return undefined;
  }
  const known = new Set(old.map((label) => JSON.stringify(label)));
  const different = next.filter((label) => !known.has(JSON.stringify(label))).length;
  return `${different} of ${next.length} different`;
}

/** The old and the new size of a file, as far as they are known. */
function sizes(...all: (number | undefined)[]): string {
  return all.flatMap((size) => (size === undefined ? [] : bytes(size))).join(" → ");
}

/** How a rule is enforced, and how much harm is done where it is broken. */
export function levelText({ level, severity }: Pick<RuleReport, "level" | "severity">): string {
  return severity === undefined ? level : `${level}, severity ${severity}`;
}

/** The name of a resource with its kind: `WorkItemSet signs`. */
export function resourceText(urn: string): string {
  const { kinds, name } = parseUrn(urn);
  return `${kinds.at(-1)} ${name}`;
}

/** An amount of effort: `1,230 minutes (20.5 hours)`. */
export function amount(number: number, unit: string): string {
  const written = (value: number, digits: number) =>
    value.toLocaleString("en-US", { maximumFractionDigits: digits });
  const isLong = unit === "minutes" && Math.abs(number) >= 600;
  return `${written(number, 2)} ${unitOf(number, unit)}${isLong ? ` (${written(number / 60, 1)} hours)` : ""}`;
}

/** What the items cost that an update makes, for a table; nothing if they cost nothing. */
export function costText(effort: EffortReport | undefined): string {
  return effort === undefined || effort.update === 0 ? "" : amount(effort.update, effort.unit);
}

/** Why a limit is exceeded, or is not known to be kept. */
export function limitText({ limit, found, unit }: LimitReport): string {
  const are = limit === 1 ? "is" : "are";
  if (unit !== undefined) {
    const costs =
      found === undefined
        ? "it cannot be seen what the update costs"
        : `the update costs ${amount(found, unit)}`;
    return `${amount(limit, unit)} ${are} allowed, and ${costs}`;
  }
  const allowed = `${count(limit, "work item")} ${are} allowed`;
  return found === undefined
    ? `${allowed}, and it cannot be seen how many there are`
    : `${allowed}, and there ${found === 1 ? "is" : "are"} ${thousands(found)}`;
}
