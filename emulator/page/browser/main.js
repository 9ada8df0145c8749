import { call, Refused } from "./api.js";
import { byId, element, show } from "./dom.js";
import { pictureOf } from "./picture.js";
import { total } from "./progress.js";
import { requestList } from "./requests.js";
import { linkTo, readRoute } from "./route.js";
import { sidebar } from "./sidebar.js";
import { workItemBody, workItemHead } from "./work-item.js";
import { workItemList } from "./work-items.js";

/** @typedef {import("./route.js").Route} Route */

let route = readRoute() ?? { view: "workItems" };
let isRefreshing = false;
let isStale = false;
/** Opening an item moves the focus to it, unless it was open from the start. */
let wasRendered = false;
/** Why the last click was refused. It stays on the page, whatever else happens there, until the next click. */
let refused = "";
/** Identifies the content from which the picture was last drawn. */
let drawn = "";

/** Reads and shows the current view. If something changes meanwhile, it reads once more. */
async function refresh() {
  isStale = true;
  if (isRefreshing) {
    return;
  }
  isRefreshing = true;
  try {
    while (isStale) {
      isStale = false;
      const begin = performance.now();
      await render();
      if (events.readyState === EventSource.OPEN) {
        setConnection("Live", true);
      }
      // Reading much data keeps the emulator busy: this pause leaves most of its time to its clients.
      const pause = 3 * (performance.now() - begin);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  } catch (error) {
    showFailure(error);
  } finally {
    isRefreshing = false;
  }
}

/** @param {unknown} error */
function showFailure(error) {
  if (error instanceof Refused) {
    show(byId("main"), alertOf(error.message));
  } else {
    setConnection("Disconnected", false);
  }
}

/** @param {string} message */
function alertOf(message) {
  return element("p", { class: "empty", role: "alert" }, message);
}

async function render() {
  const asked = route;
  /** @type {import("./api.js").Projects} */
  const projects = await call("/view/projects");
  const projectId = asked.project ?? projects.spaces[0]?.projects[0]?.id;
  /** @type {[import("./api.js").Project, import("./api.js").WorkItems, import("./api.js").WorkItem | undefined, import("./api.js").LoggedRequest[]]} */
  const [project, items, item, requests] = await Promise.all([
    call(`/view/projects/${projectId}`),
    asked.view === "requests"
      ? { items: [], meta: {} }
      : call(`/view/projects/${projectId}/workItems?${listQuery(asked)}`),
    asked.item === undefined
      ? undefined
      : call(`/view/projects/${projectId}/workItems/${encodeURIComponent(asked.item)}`),
    asked.view === "requests" ? call("/requests").then(({ items }) => items) : [],
  ]);
  if (asked !== route) {
    return;
  }
  const full = { ...asked, project: projectId ?? "" };
  document.body.dataset.project = project.id;
  document.body.dataset.view = asked.view;
  show(byId("views"), ...views(full));
  show(byId("sidebar"), ...sidebar(full, projects, project));
  const list =
    asked.view === "requests" ? requestList(requests) : workItemList(full, project, items);
  show(byId("main"), ...(refused === "" ? [] : [alertOf(refused)]), ...list);
  showItem(full, asked.view === "workItems" ? item : undefined);
  tell(project);
  wasRendered = true;
}

/** @param {Route} asked */
function listQuery({ batch, status, cursor, page }) {
  const given = Object.entries({ batchId: batch, status, cursor, page });
  return new URLSearchParams(
    /** @type {[string, string][]} */ (given.filter(([, value]) => value !== undefined)),
  );
}

/** @param {Route} current */
function views(current) {
  return /** @type {const} */ ([
    ["workItems", "Work items"],
    ["requests", "Requests"],
  ]).map(([view, name]) =>
    element(
      "a",
      {
        id: `view-${view}`,
        href: linkTo({ view }, { project: current.project }),
        "aria-current": view === current.view && "page",
      },
      name,
    ),
  );
}

/**
 * @param {Route} current
 * @param {import("./api.js").WorkItem | undefined} item
 */
function showItem(current, item) {
  const panel = byId("item");
  const before = panel.dataset.item;
  const isOpening = item !== undefined && before !== item.id;
  const hadFocus = panel.contains(document.activeElement);
  panel.hidden = item === undefined;
  panel.dataset.item = item?.id ?? "";
  document.body.toggleAttribute("data-item-open", item !== undefined);
  if (item === undefined) {
    drawn = "";
    if (hadFocus) {
      document.getElementById(`item-${before}`)?.focus();
    }
    return;
  }
  show(byId("item-head"), workItemHead(current, item));
  const drawing = JSON.stringify([item.id, item.picture?.version, item.labels, item.annotations]);
  if (drawing !== drawn) {
    drawn = drawing;
    byId("item-picture").replaceChildren(pictureOf(item));
  }
  show(byId("item-body"), ...workItemBody(item));
  if (isOpening) {
    panel.scrollTop = 0;
    if (wasRendered) {
      byId("item-title").focus({ preventScroll: true });
    }
  }
}

/**
 * Announces how far the project has come, for people who do not see the page.
 *
 * @param {import("./api.js").Project} project
 */
function tell({ name, counts }) {
  const text = `${name}: ${counts.COMPLETED} of ${total(counts)} work items completed`;
  const news = byId("news");
  if (news.textContent !== text) {
    news.textContent = text;
  }
}

/**
 * @param {string} text
 * @param {boolean} isLive
 */
function setConnection(text, isLive) {
  const connection = byId("connection");
  connection.textContent = text;
  connection.classList.toggle("live", isLive);
}

addEventListener("hashchange", () => {
  const next = readRoute();
  if (next !== undefined) {
    route = next;
    void refresh();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && route.item !== undefined) {
    location.hash = linkTo(route, { item: undefined });
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined && document.activeElement?.classList.contains("row-link")) {
    const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".row-link")]);
    const index = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    links[index + step]?.focus();
    event.preventDefault();
  }
});

document.addEventListener("click", (event) => {
  refused = "";
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const { annotate: outcome, item } = button?.dataset ?? {};
  if (button === null || outcome === undefined) {
    return;
  }
  button.disabled = true;
  const { batch } = route;
  const projectId = document.body.dataset.project;
  const which =
    item !== undefined ? { workItemIDs: [item] } : batch && { batchIds: [Number(batch)] };
  call("/annotate", { projectId, outcome, ...which }).then(refresh, (error) => {
    button.disabled = false;
    refused = error instanceof Refused ? error.message : "";
    showFailure(error);
  });
});

const events = new EventSource("/_page/events");
events.addEventListener("open", () => {
  setConnection("Live", true);
  void refresh();
});
events.addEventListener("error", () => setConnection("Disconnected", false));
events.addEventListener("message", ({ data }) => {
  /** @type {Array<"store" | "requests">} */
  const news = JSON.parse(data);
  if (news.includes("store") || route.view === "requests") {
    void refresh();
  }
});
void refresh();
