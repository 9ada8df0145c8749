/** @typedef {Node | string | number | false | undefined} Child */

/**
 * Makes an element. Texts become plain text, so no name that somebody chose can bring markup with it.
 *
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes] True makes an attribute without a value;
 * false and undefined make none.
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
 * Shows nodes in a region. Nodes that look the same stay, and keep scrolling and selection. A replaced node passes its
 * focus to the element with the same id.
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
