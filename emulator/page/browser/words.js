import { element } from "./dom.js";

/** @typedef {import("./api.js").Status} Status */

const statusWords = {
  NEW: "New",
  IN_PROGRESS: "In progress",
  COMPLETED: "Completed",
  FAILED: "Failed",
};

/** @param {Status} status */
export function statusWord(status) {
  return statusWords[status];
}

/**
 * What became of an item. The platform itself calls a cancelled one failed.
 *
 * @param {{ status: Status, isCancelled?: boolean }} item
 */
export function statusMark({ status, isCancelled }) {
  const word = isCancelled ? "Cancelled" : statusWords[status];
  return element("span", { class: `status ${status}` }, word);
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/**
 * The time of day, with the date if it is not today.
 *
 * @param {string} at
 */
export function time(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const text = isToday ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
  return element("time", { datetime: at, title: full.format(date) }, text);
}

/**
 * When an item is due, and whether that time has passed.
 *
 * @param {{ dueAt?: string, isOpen: boolean }} item
 */
export function deadline({ dueAt, isOpen }) {
  if (dueAt === undefined) {
    return element("span", { class: "muted" }, "–");
  }
  const left = Date.parse(dueAt) - Date.now();
  const isOverdue = isOpen && left < 0;
  const text = isOverdue ? `Overdue ${span(-left)}` : left < 0 ? "Past" : `In ${span(left)}`;
  return element(
    "time",
    { datetime: dueAt, title: full.format(new Date(dueAt)), class: isOverdue ? "overdue" : "due" },
    text,
  );
}

/** @param {number} milliseconds */
function span(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) {
    return "< 1 min";
  }
  if (minutes < 60) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/**
 * The name that people know a picture by, or the part of its address that distinguishes assets.
 *
 * @param {{ fileName?: string, assetUrl: string }} item
 */
export function assetName({ fileName, assetUrl }) {
  return fileName ?? (assetUrl.split(/[?#]/)[0]?.split("/").at(-1) || assetUrl);
}
