import type { Stats } from "node:fs";
import { extname } from "node:path";
import { textOfFile } from "../disk/utf8.ts";
import type { Picture, Reading } from "./annotated.ts";
import type { Annotations, WrittenFile } from "./annotations.ts";
import type { DeclaredCategory } from "./categories.ts";
import type { Row } from "./row.ts";
import type { Split } from "./yolo-splits.ts";

/** What is known about a manifest before it is read. */
interface Found {
  path: string;
  /** In small letters, without `.gz`. */
  extension: string;
  isFolder: boolean;
}

/** A format of annotated pictures, which is read as a whole, or of a table, which is read row by row. */
export interface Format {
  /** Whether the file or folder is of this format, as far as its name and first characters tell. */
  isOf(found: Found): boolean | Promise<boolean>;
  read?(path: string, reading: Reading): Promise<Picture[]>;
  rows?(path: string): AsyncIterable<Row>;
  /** The files of annotated pictures in this format, if it can be written. */
  files?(annotations: Annotations): AsyncIterable<WrittenFile>;
  /** What its annotations may be of, if it says so. */
  categories?(path: string, reading: Reading): Promise<DeclaredCategory[]>;
  /** What kind of file each picture has, if the manifest is a folder of them: one without is no picture of the manifest. */
  fileOfEach?: string;
  /** What the pictures are for, if it says so other than in their names. */
  splits?(path: string): Promise<Split[]>;
}

/** What a manifest may be written in. */
export type FormatName =
  | "jsonl"
  | "csv"
  | "parquet"
  | "coco"
  | "yolo"
  | "voc"
  | "cvat"
  | "label-studio";

/** The formats by name. What most programs do without is loaded only with the first manifest of its kind. */
export const formats: Readonly<Record<FormatName, Format>> = {
  jsonl: {
    isOf: ({ extension }) => [".jsonl", ".ndjson"].includes(extension),
    async *rows(path) {
      const { jsonLines } = await import("./json-lines.ts");
      yield* jsonLines(path);
    },
  },
  csv: {
    isOf: ({ extension }) => extension === ".csv",
    async *rows(path) {
      const { csvRows } = await import("./csv.ts");
      yield* csvRows(path);
    },
  },
  parquet: {
    isOf: ({ extension }) => extension === ".parquet",
    async *rows(path) {
      const { parquetRows } = await import("./parquet.ts");
      yield* parquetRows(path);
    },
  },
  "label-studio": {
    isOf: async ({ path, extension }) => extension === ".json" && (await firstOf(path)) === "[",
    read: async (...args) => (await import("./label-studio.ts")).readLabelStudio(...args),
    categories: async (path) => (await import("./label-studio.ts")).labelStudioCategories(path),
  },
  coco: {
    isOf: ({ extension }) => extension === ".json",
    read: async (...args) => (await import("./coco.ts")).readCoco(...args),
    categories: async (...args) => (await import("./coco.ts")).cocoCategories(...args),
    async *files(annotations) {
      yield* (await import("./coco.ts")).cocoFiles(annotations);
    },
  },
  yolo: {
    isOf: async ({ path, extension, isFolder }) =>
      isFolder
        ? (await import("./yolo-layout.ts")).isYoloFolder(path)
        : [".yaml", ".yml", ".data", ".names"].includes(extension) || /classes\.txt$/.test(path),
    read: async (...args) => (await import("./yolo.ts")).readYolo(...args),
    categories: async (path) => (await import("./yolo.ts")).yoloCategories(path),
    splits: async (path) => (await import("./yolo.ts")).yoloSplits(path),
    async *files(annotations) {
      yield* (await import("./yolo.ts")).yoloFiles(annotations);
    },
  },
  voc: {
    isOf: async ({ path, extension, isFolder }) =>
      isFolder
        ? (await import("./voc.ts")).isVocFolder(path)
        : extension === ".xml" && /<annotation\b/.test(await beginningOf(path)),
    read: async (...args) => (await import("./voc.ts")).readVoc(...args),
    categories: async (path) => (await import("./voc.ts")).vocCategories(path),
    fileOfEach: "XML file",
    async *files(annotations) {
      yield* (await import("./voc.ts")).vocFiles(annotations);
    },
  },
  cvat: {
    isOf: ({ extension }) => extension === ".xml",
    read: async (...args) => (await import("./cvat.ts")).readCvat(...args),
    categories: async (path) => (await import("./cvat.ts")).cvatCategories(path),
    async *files(annotations) {
      yield* (await import("./cvat.ts")).cvatFiles(annotations);
    },
  },
};

export const formatNames = Object.keys(formats) as FormatName[];

/** The format of a manifest, the first in the table that claims it; undefined if none does. */
export async function formatOf(path: string, stats: Stats): Promise<Format | undefined> {
  const found: Found = {
    path,
    extension: extname(path.replace(/\.gz$/i, "")).toLowerCase(),
    isFolder: stats.isDirectory(),
  };
  for (const format of Object.values(formats)) {
    if (await format.isOf(found)) {
      return format;
    }
  }
  return undefined;
}

async function beginningOf(path: string): Promise<string> {
  for await (const piece of textOfFile(path)) {
    return piece;
  }
  return "";
}

/** The first character that is no space. */
async function firstOf(path: string): Promise<string | undefined> {
  return (await beginningOf(path)).trimStart()[0];
}
