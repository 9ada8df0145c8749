/** @typedef {Node | string | number | false | undefined} Child */

/**
 * An element. Texts become text and nothing else: no name that somebody chose can bring markup along.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes] True is an attribute
 *   without a value; false and undefined are none.
 * @param {...Child} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) {
    if (child !== undefined && child !== false) {
      made.append(typeof child === "number" ? String(child) : child);
    }
  }
  return made;
}

/**
 * The head of a table.
 *
 * @param {ReadonlyArray<readonly [kind: string, name: string]>} columns The kind is the class of its cells.
 */
export function tableHead(columns) {
  const cells = columns.map(([kind, name]) => element("th", { scope: "col", class: kind }, name));
  return element("thead", {}, element("tr", {}, ...cells));
}

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`The page has no element ${id}`);
  }
  return found;
}

/**
 * Shows nodes in a region. What looks the same stays, and with it scrolling and selection; what is
 * replaced gives its focus to the element of the same id.
 *
 * @param {HTMLElement} region
 * @param {...Node} nodes
 */
export function show(region, ...nodes) {
  const before = [...region.childNodes];
  const isSame =
    before.length === nodes.length &&
    nodes.every((node, index) => node.isEqualNode(before[index] ?? null));
  if (isSame) {
    return;
  }
  const { activeElement } = document;
  const focused = activeElement !== null && region.contains(activeElement) ? activeElement.id : "";
  const open = [...region.querySelectorAll("details[open]")].map(({ id }) => id);
  const { scrollTop } = region;
  region.replaceChildren(...nodes);
  for (const id of open) {
    document.getElementById(id)?.setAttribute("open", "");
  }
  region.scrollTop = scrollTop;
  if (focused !== "") {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
}
