import { join } from "node:path";
import pMap from "p-map";
import type { Reason } from "../build/shown-uploads.ts";
import * as words from "../words.ts";
import { type Card, listSides } from "./cards.ts";
import type { LocalFile, LocalFiles } from "./local-files.ts";
import { type MakeThumbnail, type Thumbnail, thumbnailMaker } from "./thumbnails.ts";

/** Limits on the pictures of a page. */
interface Bounds {
  /** How many pictures are made. */
  pictures: number;
  /** How much text the pictures add to the page, where one of them may occur several times. */
  characters: number;
}

const pageBounds: Bounds = { pictures: 300, characters: 8_000_000 };
/** How many pictures are made at once: each uses a processor and is held in memory. */
const atOnce = 4;

/** The pictures of the sides that a card shows, or why there is none. */
export type Sides = Partial<Record<"old" | "new", Thumbnail | Reason>>;

/** The pictures of a page. */
export interface Pictures {
  /** The pictures of each card, in the order of the cards. */
  sides: Sides[];
  /** What the page says about all of them. */
  note?: string;
}

const leftOut = "there are too many for one page";
const withoutSharp = "the package sharp is missing";

/** Makes the pictures of cards, starting with the first cards, as long as there is room. */
export async function findPictures(
  cards: readonly Card[],
  files: LocalFiles,
  maker: () => Promise<MakeThumbnail | undefined> = thumbnailMaker,
  bounds: Bounds = pageBounds,
): Promise<Pictures> {
  const wanted = cards.map(({ item }) =>
    listSides(item).map((side) => [side, files.of(item, side)] as const),
  );
  const local = new Map<string, LocalFile>();
  for (const [, file] of wanted.flat()) {
    if (local.size === bounds.pictures) {
      break;
    }
    if (typeof file !== "string") {
      local.set(idOf(file), file);
    }
  }
  if (local.size === 0) {
    return { sides: wanted.map((each) => sidesWith(each, () => leftOut)) };
  }
  const make = await maker();
  if (make === undefined) {
    return {
      sides: wanted.map((each) => sidesWith(each, () => withoutSharp)),
      note: howToGetSharp,
    };
  }
  const made = new Map(
    await pMap(local, async ([id, file]) => [id, await make(file)] as const, {
      concurrency: atOnce,
    }),
  );
  let room = bounds.characters;
  const sides = wanted.map((each) => {
    // A picture that both sides show is written only once.
    const [...ids] = new Set(
      each.flatMap(([, file]) => (typeof file === "string" ? [] : idOf(file))),
    );
    const length = ids.reduce((sum, id) => sum + lengthOf(made.get(id)), 0);
    const isFitting = length <= room;
    if (isFitting) {
      room -= length;
    }
    return sidesWith(each, (file) => (isFitting ? made.get(idOf(file)) : undefined) ?? leftOut);
  });
  const all = sides.flatMap((each) => Object.values(each));
  const missing = all.filter((picture) => typeof picture === "string").length;
  return {
    sides,
    ...(missing > 0 && {
      note: `${words.count(missing, "picture")} of ${words.thousands(all.length)} cannot be shown: each says why.`,
    }),
  };
}

const howToGetSharp =
  "There are no pictures, as the optional package sharp is not installed: npm install sharp adds it.";

function idOf({ folder, name, sha256 }: LocalFile): string {
  return `${sha256} ${join(folder, name)}`;
}

function lengthOf(picture: Thumbnail | Reason | undefined): number {
  return typeof picture === "object" ? picture.url.length : 0;
}

function sidesWith(
  wanted: readonly (readonly ["old" | "new", LocalFile | Reason])[],
  pictureOf: (file: LocalFile) => Thumbnail | Reason,
): Sides {
  return Object.fromEntries(
    wanted.map(([side, file]) => [side, typeof file === "string" ? file : pictureOf(file)]),
  );
}
