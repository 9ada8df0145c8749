import { statuses } from "./api.js";
import { element } from "./dom.js";
import { statusWord } from "./words.js";

/** @typedef {import("./api.js").Counts} Counts */

/** @param {Counts} counts */
export function total(counts) {
  return statuses.reduce((sum, status) => sum + counts[status], 0);
}

/**
 * A bar with a part for each status.
 *
 * @param {Counts} counts
 */
export function progressBar(counts) {
  const words = statuses.map((status) => `${counts[status]} ${statusWord(status).toLowerCase()}`);
  const bar = element("div", { class: "bar", role: "img", "aria-label": words.join(", ") });
  for (const status of /** @type {const} */ (["COMPLETED", "IN_PROGRESS", "FAILED", "NEW"])) {
    if (counts[status] > 0) {
      const part = element("span", { class: status });
      part.style.flexGrow = String(counts[status]);
      bar.append(part);
    }
  }
  return bar;
}
