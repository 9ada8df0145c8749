// @ts-check
// Runs in the browser, on the page that page.ts writes: shows the work items that match, some at a time.
(() => {
  /** @typedef {{key: string, action: string, batch: number, isAtRisk: boolean, isDone: boolean, html?: string}} Item */

  /** @param {string} id */
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const [list, status, more, data] = [byId("cards"), byId("count"), byId("more"), byId("data")];
  if (!(form instanceof HTMLFormElement && list && status && more && data)) {
    return;
  }

  /** @type {{atOnce: number, cards: Item[]}} */
  const { atOnce, cards } = JSON.parse(data.textContent ?? "");
  /** The elements of the items that were already shown. */
  const elements = [...list.children];
  /** @type {number[]} The places of the items that match. */
  let matching = [];
  let shown = 0;

  /** @param {number} index */
  const elementOf = (index) => {
    let element = elements[index];
    if (element === undefined) {
      const template = document.createElement("template");
      template.innerHTML = cards[index]?.html ?? "";
      element = /** @type {Element} */ (template.content.firstElementChild);
      elements[index] = element;
    }
    return element;
  };

  /** Shows the next items that match, and returns the first of them. */
  const showMore = () => {
    const next = matching.slice(shown, shown + atOnce).map(elementOf);
    list.append(...next);
    shown += next.length;
    const left = matching.length - shown;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, atOnce)} more`;
    const number = matching.length.toLocaleString("en-US");
    const first = left > 0 ? `The first ${shown.toLocaleString("en-US")} of ` : "";
    const kind = matching.length < cards.length ? "matching " : "";
    status.textContent = `${first}${number} ${kind}work item${matching.length === 1 ? "" : "s"}`;
    return next[0];
  };

  /** The current filters, in a form that a link can keep. */
  const settings = () => {
    const entries = [...new FormData(form)].filter(([, value]) => value !== "");
    return new URLSearchParams(/** @type {[string, string][]} */ (entries));
  };

  const apply = () => {
    const chosen = settings();
    const [key, batch] = [chosen.get("key")?.trim().toLowerCase() ?? "", chosen.get("batch")];
    const actions = chosen.getAll("action");
    const [atRisk, done] = [chosen.has("risk"), chosen.has("done")];
    matching = [...cards.keys()].filter((index) => {
      const card = cards[index];
      return (
        card?.key.includes(key) &&
        (actions.length === 0 || actions.includes(card.action)) &&
        (batch === null || String(card.batch) === batch) &&
        ((!atRisk && !done) || (atRisk && card.isAtRisk) || (done && card.isDone))
      );
    });
    list.replaceChildren();
    shown = 0;
    showMore();
  };

  const keep = () => {
    apply();
    history.replaceState(null, "", `#${settings()}`);
  };

  /** Sets the filters that a link holds. Other links name a place on the page. */
  const restore = () => {
    if (!location.hash.includes("=")) {
      return;
    }
    const given = new URLSearchParams(location.hash.slice(1));
    for (const control of form.elements) {
      if (control instanceof HTMLInputElement && control.type === "checkbox") {
        control.checked = given.getAll(control.name).includes(control.value);
      } else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) {
        control.value = given.get(control.name) ?? "";
      }
    }
    apply();
  };

  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The controls are only empty after the event.
  form.addEventListener("reset", () => setTimeout(keep));
  more.addEventListener("click", () => showMore()?.querySelector("h3")?.focus());
  addEventListener("hashchange", restore);
  form.hidden = false;
  apply();
  restore();
})();
