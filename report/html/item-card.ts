import { labelsNote } from "../box-words.ts";
import { unknown } from "../build/fields.ts";
import type { BoxChange, FieldChange, ItemAction, ItemChange } from "../model.ts";
import { escaped } from "../text/foreign-text.ts";
import * as words from "../words.ts";
import { labelsOf } from "./boxes.ts";
import { type Card, listSides } from "./cards.ts";
import { Html, html } from "./html.ts";
import { pictureHtml } from "./picture.ts";
import type { Sides } from "./pictures.ts";

/** What happens to an item, as a word and a sign, so that colour alone does not have to show it. */
export const actionWords: Readonly<Record<ItemAction, { sign: string; word: string }>> = {
  add: { sign: "+", word: "new" },
  move: { sign: "→", word: "moved" },
  replace: { sign: "⟳", word: "replaced" },
  relabel: { sign: "✎", word: "relabelled" },
  cancel: { sign: "−", word: "cancelled" },
  change: { sign: "≠", word: "changed" },
  missing: { sign: "?", word: "missing" },
};

/** How many fields of an item are written out at most. */
const mostFields = 10;

/** The card of a work item that changes. `index` is its position among all cards. */
export function cardHtml({ item, batch }: Card, index: number, pictures: Sides): Html {
  const { key, action, deadline, status, atRisk, moved, renamed, adopted, fields } = item;
  const { sign, word } = actionWords[action];
  return html`<li class="card ${atRisk === undefined ? "" : "at-risk"}"><article aria-labelledby="c${index}">
<header><h3 id="c${index}" tabindex="-1">${key}</h3><span class="badge ${action}"><span aria-hidden="true">${sign}</span> ${adopted ? "adopted" : word}</span></header>
${atRisk === undefined ? undefined : html`<p class="risk"><span aria-hidden="true">⚠</span> Work at risk. ${words.risk(item)}.</p>`}
${item.relabelledDone ? html`<p class="begun"><span aria-hidden="true">⚠</span> ${words.relabelledWork(item)}.</p>` : undefined}
<div class="pictures">${picturesHtml(item, index, pictures)}</div>
<dl class="facts"><dt>Batch</dt><dd>${batch.name}</dd>${status === undefined ? undefined : html`<dt>Status</dt><dd>${status}</dd>`}${
    deadline === undefined
      ? undefined
      : html`<dt>Due</dt><dd><time datetime="${deadline}">${words.moment(deadline)}</time></dd>`
  }${renamed === undefined ? undefined : html`<dt>${action === "cancel" ? "Made anew as" : "Was before"}</dt><dd>${renamed}</dd>`}${moved === undefined ? undefined : html`<dt>${words.placeText(item)}</dt><dd>${moved}</dd>`}${assetHtml(item)}</dl>
${fields.length === 0 ? undefined : fieldsHtml(fields, item)}
</article></li>`;
}

const titles = { old: "Before", new: "After" } as const;

function picturesHtml(item: ItemChange, index: number, pictures: Sides): Html[] {
  const sides = listSides(item);
  const both = sides.length > 1;
  return sides.map((side) => {
    const picture = pictures[side] ?? "it is not known";
    const isSame = side === "new" && both && picture === pictures.old;
    return pictureHtml({
      name: both ? `${item.key}, ${titles[side].toLowerCase()}` : item.key,
      title: both ? titles[side] : undefined,
      labels: labelsOf(item[side]?.labels, side, both ? item.boxes : []),
      picture,
      imageId: `p${index}${isSame ? "old" : side}`,
      isRepeated: isSame,
      ...(both ? {} : { all: wholeChange(item) }),
      ...(isSame && { were: (item.boxes ?? []).filter(({ change }) => isPlaceChange(change)) }),
    });
  });
}

/** What happens to all boxes of an item that is only made or only ended; those of a renamed one stay what they were. */
function wholeChange({ action, adopted, renamed }: ItemChange): "added" | "removed" | undefined {
  if (adopted || renamed !== undefined) {
    return undefined;
  }
  return action === "add" ? "added" : action === "cancel" ? "removed" : undefined;
}

function isPlaceChange(change: BoxChange["change"]): boolean {
  return change === "moved" || change === "resized";
}

/** What an item shows, if its key does not say so. Only an https URL becomes a link, and without its query. */
function assetHtml({ key, old, new: next }: ItemChange): Html | undefined {
  const { file, assetUrl } = next ?? old ?? {};
  const asset = file ?? assetUrl;
  if (typeof asset !== "string" || asset === key || asset === unknown) {
    return undefined;
  }
  const url = URL.canParse(asset) ? new URL(asset) : undefined;
  if (url === undefined || url.host === "") {
    return html`<dt>Shows</dt><dd>${asset}</dd>`;
  }
  const { protocol, host, origin, pathname } = url;
  return html`<dt>Shows</dt><dd>${
    protocol === "https:"
      ? html`<a href="${new Html(escaped(origin + pathname))}" rel="noopener noreferrer">${host}</a>`
      : host
  }</dd>`;
}

/** The fields that change, each with its old and new value. */
export function fieldsHtml(fields: readonly FieldChange[], item?: ItemChange): Html {
  const left = fields.length - mostFields;
  return html`<ul class="fields">${fields.slice(0, mostFields).map((change) => fieldHtml(change, item))}${
    left > 0 ? html`<li>and ${words.count(left, "more field")}</li>` : undefined
  }</ul>`;
}

function fieldHtml(change: FieldChange, item?: ItemChange): Html {
  const { field, old, new: next } = change;
  const [from, to] = [words.valueText(field, old), words.valueText(field, next)];
  const note = labelsNote(change, item);
  if (note !== undefined && from === to) {
    return html`<li><code>${field}</code>: ${note}</li>`;
  }
  return html`<li><code>${field}</code> <del>${from}</del> <span class="to">→</span> <ins>${to}</ins>${
    note === undefined ? undefined : html` (${note})`
  }</li>`;
}
