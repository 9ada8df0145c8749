import type { WrittenFile } from "./annotations.ts";

// Which pictures of a data set are for training, which for validation and which for a test.

/** In the order in which a `data.yaml` has them. */
const splitNames = ["train", "val", "test"] as const;

type SplitName = (typeof splitNames)[number];

/** A part of a data set. Names of folders and pictures start from the folder of the data set. */
export interface Split {
  name: SplitName;
  /** The folders that it is; undefined if it is a list of pictures. */
  folders?: readonly string[] | undefined;
  pictures: readonly string[];
}

/** Where a picture belongs: below a folder `images`, because its text belongs below `labels` beside that. */
export function placeOf(name: string): string {
  return /(^|\/)images\//.test(name) ? name : `images/${name}`;
}

function placeOfFolder(name: string): string {
  return placeOf(name === "" ? "" : `${name}/`).replace(/\/$/, "");
}

/** Names that people give to the folders of splits. */
const folderNames: ReadonlyMap<string, SplitName> = new Map([
  ["train", "train"],
  ["val", "val"],
  ["valid", "val"],
  ["test", "test"],
]);

/** The folders in which tools keep splits, where they are in `images`, and where each has an `images`. */
const usualFolders: Readonly<Record<"in" | "around", Partial<Record<SplitName, string>>>> = {
  in: { train: "images/train", val: "images/val" },
  around: { train: "train/images", val: "valid/images" },
};

/**
 * The splits that the names of pictures tell. If one of them tells none, all pictures serve for both, until somebody parts
 * them. Where `isPart`, there are more pictures than these: a split that has none yet is in its usual folder.
 */
export function splitsOfNames(names: readonly string[], isPart = false): Split[] {
  const told = names.map((name) => splitOf(placeOf(name)));
  const [first] = told;
  if (first === undefined || told.some(({ split }) => split === undefined)) {
    const folders = first === undefined ? ["images"] : unique(told.map(({ images }) => images));
    return [
      { name: "train", folders, pictures: [] },
      { name: "val", folders, pictures: [] },
    ];
  }
  const usual = isPart ? usualFolders[first.isIn ? "in" : "around"] : {};
  return splitNames.flatMap((name): Split[] => {
    const own = told.filter(({ split }) => split === name).map(({ folder }) => folder);
    const folders = own.length > 0 ? own : [usual[name] ?? []].flat();
    return folders.length === 0 ? [] : [{ name, folders: unique(folders), pictures: [] }];
  });
}

/** The split of a picture, as Ultralytics has it (`images/train`), or as Roboflow has it (`train/images`). */
function splitOf(place: string): {
  split: SplitName | undefined;
  folder: string;
  images: string;
  isIn: boolean;
} {
  const [, folder = "", inside, around] = /^(images\/([^/]+)|([^/]+)\/images)\//.exec(place) ?? [];
  const [images = ""] = /^(?:.*?\/)?images(?=\/)/.exec(place) ?? [];
  const split = folderNames.get(inside ?? around ?? "");
  return { split, folder, images, isIn: inside !== undefined };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/**
 * What a `data.yaml` says about the splits, and the lists that it names: of a split that is no folder, the pictures that
 * are written. A data set that has no split for training or validation uses the other one for both.
 */
export function splitsInYaml(
  splits: readonly Split[],
  written: readonly string[],
): { entries: Record<string, string | string[]>; lists: WrittenFile[] } {
  const entries: Record<string, string | string[]> = {};
  const lists: WrittenFile[] = [];
  const known = new Map(splits.map((split) => [split.name, split]));
  for (const name of splitNames) {
    const other = name === "train" ? "val" : "train";
    const split = known.get(name) ?? (name === "test" ? undefined : known.get(other));
    if (split === undefined) {
      continue;
    }
    const folders = foldersOf(split);
    if (folders !== undefined) {
      entries[name] = folders.length === 1 ? (folders[0] ?? "images") : folders;
      continue;
    }
    const own = new Set(split.pictures.map(placeOf));
    const lines = written.filter((path) => own.has(path)).map((path) => `./${path}\n`);
    entries[name] = `${name}.txt`;
    lists.push([`${name}.txt`, lines.join("")]);
  }
  return { entries, lists };
}

/** The folders of a split; undefined if it is a list, or if its pictures belong elsewhere. */
function foldersOf({ folders, pictures }: Split): string[] | undefined {
  const places = folders?.map(placeOfFolder);
  return pictures.every((picture) =>
    places?.some((place) => placeOf(picture).startsWith(`${place}/`)),
  )
    ? places
    : undefined;
}
