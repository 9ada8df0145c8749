import { element, tableHead } from "./dom.js";
import { boxesOf } from "./picture.js";
import { linkTo } from "./route.js";
import { assetName, deadline, statusMark, time } from "./words.js";

const columns = /** @type {const} */ ([
  ["", "Kind"],
  ["", "Name"],
  ["", "x, y"],
  ["", "w × h"],
]);

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").WorkItem} item
 */
export function workItemHead(route, item) {
  return element(
    "div",
    { class: "head" },
    element("h2", { id: "item-title", tabindex: -1, title: item.assetUrl }, assetName(item)),
    statusMark(item),
    element(
      "a",
      {
        id: "close",
        href: linkTo(route, { item: undefined }),
        "aria-label": "Close the work item",
      },
      "×",
    ),
  );
}

/** @param {import("./api.js").WorkItem} item */
export function workItemBody(item) {
  const { id, assetUrl, assetType, batchName, createdAt } = item;
  return [
    item.isOpen &&
      element(
        "p",
        { class: "actions" },
        element(
          "button",
          { type: "button", id: "complete", "data-annotate": "OK", "data-item": id },
          "Complete",
        ),
        element(
          "button",
          { type: "button", id: "fail", "data-annotate": "NOT_OK", "data-item": id },
          "Fail",
        ),
        element("span", { class: "muted" }, "by a simulated annotator"),
      ),
    element(
      "dl",
      {},
      ...fact("ID", element("code", {}, id)),
      ...fact("Asset", element("code", {}, assetUrl)),
      ...fact("Type", assetType),
      ...fact("Batch", batchName),
      ...fact("Due", deadline(item)),
      ...fact("Created", time(createdAt)),
    ),
    ...boxTable(item),
    element("h3", {}, "History"),
    element("ol", { class: "history" }, ...item.history.map(historyEntry)),
    element(
      "details",
      { id: "json" },
      element("summary", {}, "JSON"),
      element("pre", { tabindex: 0 }, JSON.stringify(item.details, null, 2)),
    ),
  ].filter((node) => node !== false);
}

/**
 * @param {string} name
 * @param {Node | string} value
 */
function fact(name, value) {
  return [element("dt", {}, name), element("dd", {}, value)];
}

/** @param {import("./api.js").WorkItem} item */
function boxTable(item) {
  const boxes = boxesOf(item);
  const unboxed = item.labels.filter(({ bbox }) => bbox === undefined);
  if (boxes.length + unboxed.length === 0) {
    return [];
  }
  return [
    element("h3", {}, "Labels and annotations"),
    element(
      "table",
      { class: "box-list" },
      tableHead(columns),
      element(
        "tbody",
        {},
        ...boxes.map(({ name, bbox: [x = 0, y = 0, w = 0, h = 0], kind }) =>
          element(
            "tr",
            {},
            element("td", {}, element("span", { class: `kind-mark ${kind}` }, kind)),
            element("td", {}, name),
            element("td", {}, `${x}, ${y}`),
            element("td", {}, `${w} × ${h}`),
          ),
        ),
        ...unboxed.map((label) =>
          element(
            "tr",
            {},
            element("td", {}, element("span", { class: "kind-mark label" }, "label")),
            element("td", { colspan: 3 }, element("code", {}, JSON.stringify(label))),
          ),
        ),
      ),
    ),
  ];
}

/** @param {import("./api.js").HistoryEntry} entry */
function historyEntry(entry) {
  const { taskType, assignee, feedback } = entry;
  const circumstances = [taskType, assignee].filter((text) => text !== undefined);
  return element(
    "li",
    { class: entry.status },
    element("p", {}, element("strong", {}, deed(entry)), " ", statusMark(entry)),
    element(
      "p",
      { class: "muted" },
      time(entry.at),
      circumstances.length > 0 && ` · ${circumstances.join(" · ")}`,
    ),
    ...(feedback?.comments ?? []).map((comment) => element("blockquote", {}, comment)),
  );
}

/** @param {import("./api.js").HistoryEntry} entry */
function deed({ signal, outcome, labels }) {
  if (signal !== undefined) {
    return outcome === "NOT_OK" ? `${signal}, not OK` : signal;
  }
  return labels === undefined ? "created" : `labels replaced by ${labels}`;
}
