import { statuses } from "./api.js";
import { element, tableHead } from "./dom.js";
import { progressBar, total } from "./progress.js";
import { linkTo } from "./route.js";
import { assetName, deadline, statusMark, statusWord, time } from "./words.js";

const columns = /** @type {const} */ ([
  ["state", "Status"],
  ["", "Asset"],
  ["batch", "Batch"],
  ["number", "Labels"],
  ["due-at", "Due"],
  ["created", "Created"],
]);

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").Project} project
 * @param {import("./api.js").WorkItems} page
 */
export function workItemList(route, project, page) {
  const batch = project.batches.find(({ id }) => String(id) === route.batch);
  const counts = batch?.counts ?? project.counts;
  return [
    heading(batch?.name ?? project.name, batch === undefined ? "Project" : "Batch", counts),
    filters(route, counts),
    page.items.length === 0
      ? element("p", { class: "empty" }, emptyText(route, counts))
      : table(route, project, page),
    ...((page.meta.cursor_next ?? page.meta.cursor_prev) ? [pager(route, page)] : []),
  ];
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {import("./api.js").Counts} counts
 */
function heading(name, kind, counts) {
  const open = counts.NEW + counts.IN_PROGRESS;
  return element(
    "div",
    { class: "heading" },
    element("div", {}, element("p", { class: "kind" }, kind), element("h2", {}, name)),
    element(
      "button",
      {
        type: "button",
        id: "annotate",
        class: "primary",
        "data-annotate": "OK",
        disabled: open === 0,
        title: "Simulated annotators complete every open work item here, and hand in its boxes",
      },
      open === 0 ? "Nothing to annotate" : `Annotate ${open} open ${open === 1 ? "item" : "items"}`,
    ),
    progressBar(counts),
  );
}

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").Counts} counts
 */
function filters(route, counts) {
  /** @param {string} name @param {number} count @param {import("./api.js").Status} [status] */
  const link = (name, count, status) =>
    element(
      "a",
      {
        id: `filter-${status ?? "all"}`,
        href: linkTo(route, { status, cursor: undefined, page: undefined }),
        "aria-current": route.status === status && "true",
        class: status,
      },
      name,
      element("span", { class: "count" }, count),
    );
  return element(
    "nav",
    { class: "filters", "aria-label": "Work items by status" },
    link("All", total(counts)),
    ...statuses.map((status) => link(statusWord(status), counts[status], status)),
  );
}

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").Project} project
 * @param {import("./api.js").WorkItems} page
 */
function table(route, project, { items }) {
  const names = new Map(project.batches.map(({ id, name }) => [id, name]));
  /** @param {import("./api.js").WorkItemSummary} item */
  const row = (item) =>
    element(
      "tr",
      { class: item.id === route.item ? "current" : undefined },
      element("td", { class: "state" }, statusMark(item)),
      element(
        "th",
        { scope: "row" },
        element(
          "a",
          {
            id: `item-${item.id}`,
            class: "row-link",
            href: linkTo(route, { item: item.id }),
            title: item.assetUrl,
            "aria-current": item.id === route.item && "true",
          },
          assetName(item),
        ),
      ),
      element("td", { class: "batch" }, names.get(item.batchId) ?? String(item.batchId)),
      element("td", { class: "number" }, item.labelCount),
      element("td", { class: "due-at" }, deadline(item)),
      element("td", { class: "created" }, time(item.createdAt)),
    );
  return element(
    "table",
    { class: "items" },
    element("caption", { class: "unseen" }, "Work items, newest first"),
    tableHead(columns),
    element("tbody", {}, ...items.map(row)),
  );
}

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").WorkItems} page
 */
function pager(route, { meta }) {
  /** @param {string} id @param {string} text @param {string} page @param {string | undefined} cursor */
  const link = (id, text, page, cursor) =>
    cursor === undefined
      ? element("span", { class: "muted" }, text)
      : element("a", { id, href: linkTo(route, { page, cursor }) }, text);
  return element(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    link("newer", "← Newer", "NEXT", meta.cursor_next),
    link("older", "Older →", "PREV", meta.cursor_prev),
  );
}

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").Counts} counts
 */
function emptyText({ status }, counts) {
  return status === undefined || total(counts) === 0
    ? "No work items yet. They appear here as soon as a client creates them."
    : "No work item has this status.";
}
