import type { Described } from "../lifecycle/lifecycle.ts";
import { isObject, valueAt } from "../lifecycle/plain.ts";
import { describeEntries } from "../text/entries.ts";
import { parseIfJson } from "../text/json.ts";
import { bytes } from "../text/lines.ts";
import { earlierPaths } from "./earlier.ts";

interface Files {
  files: Record<string, string>;
  by?: string | undefined;
}

/** An upload set as the state knows it. */
interface Known extends Files {
  earlier?: Record<string, Record<string, string>>;
}

/** What an update does to the files: a line of counts, and then the first files. Nothing if that is not known yet. */
export function describeFiles(
  olds: Known | undefined,
  { files, by }: Files,
  { name, replaces }: Described,
): string[] {
  if (!isObject(files)) {
    return [];
  }
  const before = replaces.length > 0 ? {} : (olds?.files ?? {});
  const isChanged = (key: string) => valueAt(before, key) !== files[key];
  const back = replaces.length > 0 ? new Map() : earlierPaths(olds ?? {}, files);
  const changed = Object.keys(files).filter(isChanged);
  const sent = changed.filter((key) => !back.has(key));
  const isNew = (key: string) => valueAt(before, key) === undefined;
  const size = sent.reduce((sum, key) => sum + sizeOf(files[key]), 0);
  return describeEntries(name, "file", [
    {
      sign: "+",
      word: by === "url" ? "to name by URL" : "to upload",
      keys: sent,
      note: by === "url" ? "" : bytes(size),
      detail: (key) => (isNew(key) ? "" : "changed"),
    },
    { sign: "+", word: "to come back", keys: changed.filter((key) => back.has(key)) },
    {
      sign: "-",
      word: "to leave the stack",
      keys: Object.keys(olds?.files ?? {}).filter((key) => valueAt(files, key) === undefined),
    },
  ]);
}

function sizeOf(text = ""): number {
  const file = parseIfJson(text);
  return isObject(file) && typeof file.size === "number" ? file.size : 0;
}
