import { boxChangesText } from "../box-words.ts";
import type { Reason } from "../build/shown-uploads.ts";
import type { BoxChange } from "../model.ts";
import { boxesText, type DrawnBox, type Labels } from "./boxes.ts";
import { Html, html } from "./html.ts";
import type { Thumbnail } from "./thumbnails.ts";

/** A picture of a card, or the place where it would be. */
export interface Shown {
  /** What the picture shows, in words: the key of the item, and which side of it. */
  name: string;
  /** The title above the picture, if there are two. */
  title: string | undefined;
  labels: Labels;
  picture: Thumbnail | Reason;
  /** The id of the image element. A picture that the card already has gets the same id. */
  imageId: string;
  isRepeated: boolean;
  /** What happens to all of the boxes, if the item has only one side. */
  all?: "added" | "removed" | undefined;
  /** Where boxes were that moved or changed size, if the picture is the same. */
  were?: readonly BoxChange[];
}

/** How many boxes are drawn on a picture at most. */
const mostBoxes = 200;
/** Up to this many boxes, each has its category written beside it. */
const mostNamed = 8;

/** A picture with its boxes, in the pixels of the picture. Without a picture, the boxes get a frame of their own. */
export function pictureHtml(shown: Shown): Html {
  const { name, title, labels, picture } = shown;
  const isThere = typeof picture === "object";
  const text = boxesText(labels);
  const changes = labels.boxes.flatMap(({ change }) => (change === undefined ? [] : { change }));
  const drawn = labels.boxes.slice(0, mostBoxes);
  const notes = [
    text,
    ...(changes.length > 0 ? [boxChangesText(changes)] : []),
    ...(drawn.length < labels.boxes.length ? [`${mostBoxes} are drawn`] : []),
  ];
  const label = `${name}, ${isThere ? "" : "no picture, "}${text}`;
  return html`<figure>${title === undefined ? undefined : html`<b class="side">${title}</b>`}${
    isThere || drawn.length > 0
      ? drawing(shown, drawn, label)
      : html`<div class="none">${emptyIcon}</div>`
  }<figcaption>${notes.join(" · ")}${
    isThere ? undefined : html`<span class="why">No picture: ${picture}.</span>`
  }</figcaption></figure>`;
}

const emptyIcon = new Html(
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 6M16 9h.01"/></svg>',
);

function drawing(shown: Shown, boxes: readonly DrawnBox[], label: string): Html {
  const { picture, imageId, isRepeated, all, were = [] } = shown;
  const [x, y, width, height] =
    typeof picture === "object" ? [0, 0, picture.width, picture.height] : frameOf(boxes);
  const image =
    typeof picture === "string"
      ? undefined
      : isRepeated
        ? html`<use href="#${imageId}"/>`
        : html`<image id="${imageId}" width="${width}" height="${height}" href="${new Html(picture.url)}" preserveAspectRatio="none"/>`;
  // This size looks best on a picture as wide as a card.
  const size = Math.max(width / 320, height / 240) * 11;
  return html`<svg class="${image === undefined ? "frame" : "picture"}" viewBox="${x} ${y} ${width} ${height}" role="img" aria-label="${label}">${image}<g class="boxes">${were.slice(0, mostBoxes).map(wasHtml)}${boxes.map((box) => boxHtml({ ...(all && { change: all }), ...box }))}</g>${boxes.length > mostNamed ? undefined : boxes.map((box) => nameHtml(box, size, y))}</svg>`;
}

function boxHtml({ x, y, width, height, category, change }: DrawnBox): Html {
  return html`<rect class="box ${change}" x="${x}" y="${y}" width="${width}" height="${height}">${
    category === undefined ? undefined : html`<title>${category}</title>`
  }</rect>`;
}

/** A box of before, beside the one that it became. */
function wasHtml({ old = [0, 0, 0, 0] }: BoxChange): Html {
  const [x, y, width, height] = old;
  return html`<rect class="box was" x="${x}" y="${y}" width="${width}" height="${height}"/>`;
}

/** The category, above its box, or inside it if there is no room above. */
function nameHtml({ x, y, category }: DrawnBox, size: number, top: number): Html | undefined {
  if (category === undefined) {
    return undefined;
  }
  const isAbove = y - top > size * 1.3;
  const place = { x: x + size * 0.2, y: isAbove ? y - size * 0.3 : y + size };
  return html`<text x="${rounded(place.x)}" y="${rounded(place.y)}" font-size="${rounded(size)}">${category}</text>`;
}

/** A frame around boxes, for a picture of unknown size. */
function frameOf(
  boxes: readonly DrawnBox[],
): [x: number, y: number, width: number, height: number] {
  let [left, top, right, bottom] = [0, 0, 1, 1];
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  const margin = 0.05 * Math.max(right - left, bottom - top);
  return [left, top, right - left + margin, bottom - top + margin].map(rounded) as [
    number,
    number,
    number,
    number,
  ];
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
