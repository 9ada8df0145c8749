import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FilesError, Problems } from "../disk/problems.ts";
import { selectWithLinks } from "../disk/select-files.ts";
import type { Plain } from "../lifecycle/plain.ts";
import {
  type Box,
  numberOf,
  type Picture,
  Pictures,
  pixels,
  type Reading,
  sizeOf,
} from "./annotated.ts";
import { type Annotations, short, type WrittenFile, withEnding, writable } from "./annotations.ts";
import { type FoundCategory, foundCategories } from "./categories.ts";
import { type Element, elementsIn, escapeXml, textAt } from "./xml.ts";

// Pascal VOC keeps an XML file for each picture. Its corners are pixels, counted from 1, and both belong to the box: the
// pixel 1 begins at 0. Many tools count from 0 instead; a corner at 0 shows that, and is taken to be the edge.

interface Annotation {
  file: string;
  name: string;
  fields: Element[];
}

/** The pictures of a folder of Pascal VOC files, or of one such file, by their `filename`. */
export async function readVoc(path: string, reading: Reading): Promise<Picture[]> {
  const found = new Pictures(reading);
  for await (const { file, name, fields } of annotationsIn(path, reading.problems)) {
    const size = fields.find((field) => field.name === "size");
    const objects = fields.filter((field) => field.name === "object");
    const boxes = objects.flatMap((object) => {
      const box = boxOf(object);
      if (typeof box === "string") {
        reading.problems.add(`${file} line ${object.line}: ${box}`);
      }
      return typeof box === "object" ? [{ at: `${file} line ${object.line}`, ...box }] : [];
    });
    found.add({
      name,
      from: file,
      size: size === undefined ? {} : sizeOf(textAt(size, "width"), textAt(size, "height")),
      boxes,
    });
  }
  return found.end();
}

/** The pictures as Pascal VOC: beside these files belongs the folder `JPEGImages` with the pictures. */
export function* vocFiles(annotations: Annotations): Generator<WrittenFile> {
  const pictures = writable(annotations, [], (path) => `Annotations/${withEnding(path, ".xml")}`);
  for (const { file, path, width, height, boxes } of pictures) {
    const objects = boxes.map(({ bbox: [x, y, boxWidth, boxHeight], category }) => {
      const corners = { xmin: x + 1, ymin: y + 1, xmax: x + boxWidth, ymax: y + boxHeight };
      const box = Object.entries(corners).map(
        ([name, value]) => `<${name}>${short(value)}</${name}>`,
      );
      return `  <object><name>${escapeXml(category)}</name><difficult>0</difficult><bndbox>${box.join("")}</bndbox></object>\n`;
    });
    yield [
      file,
      `<annotation>\n  <folder>JPEGImages</folder>\n  <filename>${escapeXml(basename(path))}</filename>\n  <size><width>${width}</width><height>${height}</height><depth>3</depth></size>\n${objects.join("")}</annotation>\n`,
    ];
  }
  // Without this list, CVAT and Datumaro know the categories of the first VOC alone.
  const labels = annotations.categories.map(({ name }) => {
    if (name.includes(":")) {
      annotations.dropped.add("colons in labelmap.txt");
    }
    return `${name.replaceAll(":", " ")}:::\n`;
  });
  yield ["labelmap.txt", `# label:color_rgb:parts:actions\n${labels.join("")}`];
  yield [
    "ImageSets/Main/trainval.txt",
    pictures.map(({ file }) => `${file.slice("Annotations/".length, -".xml".length)}\n`).join(""),
  ];
}

/** The names of the objects, because VOC has no list of them. */
export async function vocCategories(path: string): Promise<FoundCategory[]> {
  const names = new Set<string>();
  const problems = new Problems();
  for await (const { fields } of annotationsIn(path, problems)) {
    for (const field of fields) {
      const name = field.name === "object" ? textAt(field, "name") : undefined;
      if (name !== undefined && name !== "") {
        names.add(name);
      }
    }
  }
  problems.end();
  return foundCategories(names);
}

/** Whether a folder has Pascal VOC files. */
export async function isVocFolder(path: string): Promise<boolean> {
  return (await filesIn(path)).length > 0;
}

/** In VOC's own lay-out the files are in a folder beside that of the pictures. */
async function filesIn(path: string): Promise<string[]> {
  const own = await stat(join(path, "Annotations")).catch(() => undefined);
  const folder = own?.isDirectory() ? "Annotations/" : "";
  return selectWithLinks(path, [`${folder}**/*.[xX][mM][lL]`]);
}

/** The files that can be read. What is wrong with the others goes to `problems`. */
async function* annotationsIn(path: string, problems: Problems): AsyncGenerator<Annotation> {
  const isFolder = (await stat(path)).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const files = isFolder ? await filesIn(path) : [basename(path)];
  for (const file of files) {
    try {
      yield { file, ...(await annotationIn(folder, file)) };
    } catch (error) {
      if (!(error instanceof FilesError)) {
        throw error;
      }
      // A message already begins with the manifest.
      problems.add(isFolder ? `${file}: ${error.message}` : error.message);
    }
  }
}

async function annotationIn(folder: string, file: string): Promise<Omit<Annotation, "file">> {
  const fields: Element[] = [];
  for await (const { root, element } of elementsIn(join(folder, file))) {
    if (root !== "annotation") {
      throw new FilesError(`it is not Pascal VOC: it begins with <${root}>, not <annotation>`);
    }
    fields.push(element);
  }
  const name = fields.find((field) => field.name === "filename")?.text.trim() ?? "";
  if (name === "") {
    throw new FilesError("it has no <filename>");
  }
  const below = dirname(file.replace(/^Annotations\//, ""));
  return { fields, name: below === "." ? name : join(below, basename(name)) };
}

/** What is read elsewhere, and what says nothing new: nothing refers to an id, and the box tells the area. */
const known = ["name", "bndbox", "part", "id", "area"];

/** The box of an object; text says what is wrong with it. */
function boxOf(object: Element): Omit<Box, "at"> | string {
  const category = textAt(object, "name");
  if (category === undefined || category === "") {
    return "the object has no <name>";
  }
  const corner = (name: string) => numberOf(textAt(object, "bndbox", name));
  const [left, top, right, bottom] = ["xmin", "ymin", "xmax", "ymax"].map(corner);
  if (left === undefined || top === undefined || right === undefined || bottom === undefined) {
    return "the object has no <bndbox> of xmin, ymin, xmax and ymax";
  }
  const x = Math.max(left - 1, Math.min(left, 0));
  const y = Math.max(top - 1, Math.min(top, 0));
  const others: Plain = {};
  for (const field of object.children) {
    const said = contentOf(field);
    if (!known.includes(field.name) && !isUsual(said)) {
      others[field.name] = said;
    }
  }
  const parts = object.children.filter(({ name }) => name === "part");
  if (parts.length > 0) {
    others.parts = parts.map((part) => textAt(part, "name"));
  }
  return { bbox: [x, y, right - x, bottom - y].map(pixels), category, others };
}

/** What an element says: its text, or what is in it. */
function contentOf({ children, text }: Element): unknown {
  const groups = Map.groupBy(children, ({ name }) => name);
  return children.length === 0
    ? text.trim()
    : Object.fromEntries(
        [...groups].map(([name, group]) => {
          const [first, ...more] = group.map(contentOf);
          return [name, more.length === 0 ? first : [first, ...more]];
        }),
      );
}

/** Whether a tool writes this where nobody said anything. */
function isUsual(said: unknown): boolean {
  return typeof said === "string" && ["", "0", "Unspecified"].includes(said);
}
