import { element } from "./dom.js";
import { progressBar, total } from "./progress.js";
import { linkTo } from "./route.js";

/** Keeps the page quick, however many batches there are. */
const maxBatches = 500;

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").Projects} projects
 * @param {import("./api.js").Project | undefined} project
 */
export function sidebar(route, { spaces }, project) {
  return spaces.flatMap((space) => [
    element("h2", { title: `Space ${space.id}` }, space.name),
    element(
      "ul",
      {},
      ...space.projects.map(({ id, name, total: count }) =>
        element(
          "li",
          {},
          entry(
            `project-${id}`,
            linkTo({ view: "workItems" }, { project: id }),
            id === route.project && route.batch === undefined,
            name,
            String(count),
          ),
          id === project?.id && batchList(route, project),
        ),
      ),
    ),
  ]);
}

/**
 * @param {import("./route.js").Route} route
 * @param {import("./api.js").Project} project
 */
function batchList(route, { id: projectId, batches }) {
  const list = element("ul", { class: "batches", "aria-label": "Batches" });
  for (const { id, name, counts } of batches.slice(-maxBatches)) {
    const link = entry(
      `batch-${id}`,
      linkTo({ view: "workItems" }, { project: projectId, batch: String(id) }),
      String(id) === route.batch,
      name,
      `${counts.COMPLETED}/${total(counts)}`,
    );
    link.append(progressBar(counts));
    list.append(element("li", {}, link));
  }
  if (batches.length > maxBatches) {
    list.append(element("li", { class: "muted" }, `and ${batches.length - maxBatches} older ones`));
  }
  return list;
}

/**
 * @param {string} id
 * @param {string} href
 * @param {boolean} isCurrent
 * @param {string} name
 * @param {string} count
 */
function entry(id, href, isCurrent, name, count) {
  return element(
    "a",
    { id, href, title: name, "aria-current": isCurrent && "page" },
    element("span", { class: "name" }, name),
    element("span", { class: "count" }, count),
  );
}
