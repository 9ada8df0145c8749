/** The view is stored in the part of the address after #, so that links and the back button work. */

/**
 * @typedef {object} Route
 * @property {"workItems" | "requests"} view
 * @property {string} [project]
 * @property {string} [batch]
 * @property {string} [status]
 * @property {string} [item]
 * @property {string} [cursor]
 * @property {string} [page]
 */

const names = /** @type {const} */ (["project", "batch", "status", "item", "cursor", "page"]);

/** @returns {Route | undefined} Undefined for an anchor of the page itself. */
export function readRoute() {
  const [path, search] = location.hash.split("?");
  if (path !== "" && path !== "#/workItems" && path !== "#/requests") {
    return undefined;
  }
  const values = new URLSearchParams(search);
  /** @type {Route} */
  const route = { view: path === "#/requests" ? "requests" : "workItems" };
  for (const name of names) {
    const value = values.get(name);
    if (value !== null) {
      route[name] = value;
    }
  }
  return route;
}

/**
 * @param {Route} route
 * @param {Partial<Record<keyof Route, string | undefined>>} changes
 */
export function linkTo(route, changes) {
  const { view, ...values } = { ...route, ...changes };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return `#/${view}?${new URLSearchParams(/** @type {[string, string][]} */ (given))}`;
}
