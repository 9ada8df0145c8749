import { FilesError } from "../disk/problems.ts";
import type { PictureSize } from "../items/box.ts";
import type { Plain } from "../lifecycle/plain.ts";
import {
  type Box,
  numberOf,
  ofTurned,
  type Picture,
  Pictures,
  pixels,
  type Reading,
  sizeOf,
} from "./annotated.ts";
import { type Annotations, short, type WrittenFile, writable } from "./annotations.ts";
import { type Category, numbered } from "./categories.ts";
import { type Element, elementsIn, escapeXml, textAt } from "./xml.ts";

// CVAT for images 1.1: one XML file for all pictures. Its corners are places in the picture, so they are exact.

/** What CVAT can draw besides boxes. */
const shapes = ["polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag"];

/** The pictures of a file of CVAT for images. */
export async function readCvat(path: string, reading: Reading): Promise<Picture[]> {
  const found = new Pictures(reading);
  for await (const element of annotationsIn(path)) {
    if (element.name === "track") {
      throw new FilesError(
        `line ${element.line}: it is of a video: export it as "CVAT for images 1.1"`,
      );
    }
    if (element.name !== "image") {
      continue;
    }
    const { name = "", width, height } = element.attributes;
    if (name === "") {
      reading.problems.add(`line ${element.line}: the image has no name`);
      continue;
    }
    for (const { name: shape } of element.children) {
      if (shapes.includes(shape)) {
        reading.dropped.add(shape);
      }
    }
    const drawn = element.children.filter((child) => child.name === "box");
    const size = sizeOf(width, height);
    found.add({ name, size, boxes: drawn.map((box) => toBox(box, size)) });
  }
  return found.end();
}

/** The pictures as one file of CVAT for images 1.1, to upload to a task that has the pictures. */
export function* cvatFiles(annotations: Annotations): Generator<WrittenFile> {
  const labels = annotations.categories.map(
    ({ name }) => `<label><name>${escapeXml(name)}</name></label>`,
  );
  const images = writable(annotations).map(({ path, width, height, boxes }, index) => {
    const drawn = boxes.map(({ bbox: [x, y, boxWidth, boxHeight], category }) => {
      const corners = { xtl: x, ytl: y, xbr: x + boxWidth, ybr: y + boxHeight };
      const places = Object.entries(corners).map(([name, value]) => `${name}="${short(value)}"`);
      return `    <box label="${escapeXml(category)}" occluded="0" ${places.join(" ")} z_order="0"></box>\n`;
    });
    return `  <image id="${index}" name="${escapeXml(path)}" width="${width}" height="${height}">\n${drawn.join("")}  </image>\n`;
  });
  yield [
    "annotations.xml",
    `<annotations>\n  <version>1.1</version>\n  <meta><task><labels>${labels.join("")}</labels></task></meta>\n${images.join("")}</annotations>\n`,
  ];
}

/** The labels of the task or job, in its order. */
export async function cvatCategories(path: string): Promise<Category[]> {
  for await (const { name, children } of annotationsIn(path)) {
    if (name === "meta") {
      const [owner] = children.filter((child) => ["task", "job", "project"].includes(child.name));
      const labels = owner?.children.find((child) => child.name === "labels")?.children ?? [];
      const names = labels.map((label) => textAt(label, "name") ?? "").filter(Boolean);
      return numbered([...new Set(names)]);
    }
  }
  return [];
}

async function* annotationsIn(path: string): AsyncGenerator<Element> {
  for await (const { root, element } of elementsIn(path)) {
    if (root !== "annotations") {
      throw new FilesError(`it is not CVAT's: it begins with <${root}>, not <annotations>`);
    }
    yield element;
  }
}

function toBox({ attributes, children, line }: Element, size: PictureSize): Box {
  const corner = (name: string) => numberOf(attributes[name]) ?? Number.NaN;
  const [left, top, right, bottom] = [corner("xtl"), corner("ytl"), corner("xbr"), corner("ybr")];
  const own: Plain = Object.fromEntries(
    children.map((child) => [child.attributes.name, child.text.trim()]),
  );
  const { occluded, rotation, group_id: group } = attributes;
  const straight = [left, top, pixels(right - left), pixels(bottom - top)] as const;
  const middle = [(left + right) / 2, (top + bottom) / 2] as const;
  const { bbox, others } = ofTurned(straight, rotation, middle, size);
  return {
    at: `the box on line ${line}`,
    bbox,
    category: attributes.label,
    others: {
      ...others,
      attributes: own,
      ...(occluded === "1" && { occluded: true }),
      ...(group !== "0" && { group_id: group }),
    },
  };
}
