import { element } from "./dom.js";
import { assetName } from "./words.js";

/** @typedef {{ name: string, bbox: number[], kind: "label" | "annotation" }} Box */

/** @type {{ version: string, url: string } | undefined} */
let shown;

/**
 * The boxes of an item. Its labels came with it; its annotations were handed in.
 *
 * @param {import("./api.js").WorkItem} item
 * @returns {Box[]}
 */
export function boxesOf({ labels, annotations }) {
  return [
    ...labels.flatMap(({ bbox, metadata }) =>
      bbox === undefined
        ? []
        : [{ name: nameOf(metadata), bbox, kind: /** @type {const} */ ("label") }],
    ),
    ...annotations.map(({ name, bbox }) => ({
      name,
      bbox,
      kind: /** @type {const} */ ("annotation"),
    })),
  ];
}

/**
 * The picture with the boxes over it, in the pixels of the picture.
 *
 * @param {import("./api.js").WorkItem} item
 */
export function pictureOf(item) {
  const boxes = boxesOf(item);
  const layer = element("div", { class: "boxes", "aria-hidden": "true" });
  const frame = element("div", { class: "frame" });
  const { picture } = item;
  if (picture === undefined) {
    // Without a picture, the boxes still show where they are relative to each other.
    const width = Math.max(16, ...boxes.map(({ bbox: [x = 0, , w = 0] }) => x + w)) * 1.05;
    const height = Math.max(9, ...boxes.map(({ bbox: [, y = 0, , h = 0] }) => y + h)) * 1.05;
    frame.classList.add("blank");
    frame.style.aspectRatio = boxes.length > 0 ? `${width} / ${height}` : "4 / 1";
    draw(layer, boxes, width, height);
    frame.append(element("p", {}, absenceOf(item)), layer);
  } else {
    // Every look signs the URL anew, but a picture that is already on the screen does not need a new one.
    if (shown?.version !== picture.version) {
      shown = picture;
    }
    const image = document.createElement("img");
    image.alt = `The picture ${assetName(item)}, with ${boxes.length} boxes`;
    image.addEventListener("load", () =>
      draw(layer, boxes, image.naturalWidth, image.naturalHeight),
    );
    image.src = shown.url;
    frame.append(image, layer);
  }
  return element("figure", {}, frame);
}

/**
 * @param {HTMLElement} layer
 * @param {Box[]} boxes
 * @param {number} width
 * @param {number} height
 */
function draw(layer, boxes, width, height) {
  layer.replaceChildren(
    ...boxes.map(({ name, bbox: [x = 0, y = 0, w = 0, h = 0], kind }) => {
      const box = element("div", { class: `box ${kind}` }, element("span", {}, name));
      box.style.left = `${(100 * x) / width}%`;
      box.style.top = `${(100 * y) / height}%`;
      box.style.width = `${(100 * w) / width}%`;
      box.style.height = `${(100 * h) / height}%`;
      return box;
    }),
  );
}

/** @param {Record<string, unknown> | undefined} metadata */
function nameOf(metadata) {
  return typeof metadata?.category === "string" ? metadata.category : "object";
}

/** @param {import("./api.js").WorkItem} item */
function absenceOf({ assetUrl }) {
  return /^https?:/i.test(assetUrl)
    ? "The picture is on another host, which this page does not call."
    : "No picture is stored at this path.";
}
