import { element, tableHead } from "./dom.js";
import { time } from "./words.js";

const columns = /** @type {const} */ ([
  ["created", "Time"],
  ["", "Method"],
  ["", "Path"],
  ["", "Status"],
  ["number", "ms"],
]);

/** @param {import("./api.js").LoggedRequest[]} requests */
export function requestList(requests) {
  return [
    element(
      "div",
      { class: "heading" },
      element("h2", {}, "Requests"),
      element("p", { class: "muted" }, `The last ${requests.length} of the API and of files`),
    ),
    requests.length === 0
      ? element("p", { class: "empty" }, "No requests yet.")
      : element(
          "table",
          { class: "requests" },
          element("caption", { class: "unseen" }, "Requests, newest first"),
          tableHead(columns),
          element("tbody", {}, ...requests.map(row)),
        ),
  ];
}

/** @param {import("./api.js").LoggedRequest} request */
function row({ at, method, path, query, status, milliseconds, fault }) {
  return element(
    "tr",
    {},
    element("td", { class: "created" }, time(at)),
    element("td", {}, element("code", { class: "method" }, method)),
    element(
      "td",
      { class: "path" },
      element("code", {}, path, query !== "" && element("span", { class: "muted" }, `?${query}`)),
      fault !== undefined && element("span", { class: "fault" }, fault),
    ),
    element(
      "td",
      {},
      element(
        "span",
        { class: `code code-${String(status ?? "none").slice(0, 1)}` },
        status ?? "no answer",
      ),
    ),
    element("td", { class: "number" }, milliseconds),
  );
}
