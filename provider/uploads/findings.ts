import { z } from "zod";
import { Problems } from "../disk/problems.ts";
import { reachesOut } from "../items/box.ts";
import { got, oneOf } from "../lifecycle/fields.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { count, shortList } from "../text/lines.ts";
import { didYouMean } from "../text/unknown-names.ts";
import { LookAlikes } from "./look-alikes.ts";
import type { Declared } from "./manifest-files.ts";
import type { Seen } from "./source.ts";

// What a look at the files finds, before people are paid for them.

/** What becomes of a finding. */
export type FindingLevel = "refuse" | "warn" | "ignore";

/** The findings, each with its level unless an upload set says otherwise. */
const defaultLevels = {
  /** The file has no bytes. */
  empty: "refuse",
  /** It is a pointer of Git LFS. */
  pointer: "refuse",
  /** It is no picture, or the end of the picture is missing. */
  broken: "refuse",
  /** The manifest has another size for the picture. */
  size: "refuse",
  /** A box of the manifest reaches out of the picture. */
  box: "refuse",
  /** The bytes are of another kind than the name. */
  ending: "warn",
  /** It lies in a folder of thumbnails. */
  thumbnail: "warn",
  /** Another file has the same bytes. */
  duplicate: "warn",
  /** It cannot be decoded. */
  damaged: "ignore",
  /** Another file looks nearly the same. */
  similar: "ignore",
} as const satisfies Record<string, FindingLevel>;

export type FindingName = keyof typeof defaultLevels;

export type Levels = Readonly<Partial<Record<FindingName, FindingLevel>>>;

/** Whoever does not ask for these pays nothing for them. */
export const ofDecoding = ["damaged", "similar"] as const;

/** What only the beginnings and ends of the files tell: to read those of objects in a bucket costs time and traffic. */
export const ofEnds = ["pointer", "broken", "size", "box", "ending"] as const;

/** The findings that cannot be looked for, and why. */
export interface NotLookedFor {
  findings: readonly FindingName[];
  why: string;
}

export const findingNames = Object.keys(defaultLevels) as FindingName[];

/** The levels that a declaration gives. */
export const levelsSchema = z.strictObject(
  Object.fromEntries(
    findingNames.map((name) => [name, oneOf("refuse", "warn", "ignore").optional()]),
  ),
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `must be named ${findingNames.join(", ")}, got ${got(issue.keys[0])}${didYouMean(String(issue.keys[0]), findingNames)}`
        : `must be an object like { duplicate: "ignore" }, got ${got(issue.input)}`,
  },
);

/** A file that was looked at. */
interface LookedAt extends Seen {
  name: string;
  declared: Declared | undefined;
  /** Whether it was uploaded as it is before, so that refusing it saves nothing. */
  isUploaded: boolean;
}

const texts: Readonly<Record<FindingName, string>> = {
  empty: "is empty",
  pointer: "is a pointer of Git LFS: run `git lfs pull`",
  broken: "is not a whole picture: fetch it once more",
  size: "has another size than the manifest says",
  box: "has a box that reaches out of it",
  ending: "is of another kind than its name says",
  thumbnail: "lies in a folder of thumbnails",
  duplicate: "is there twice",
  damaged: "cannot be decoded: fetch it once more",
  similar: "looks like another one",
};

export function levelOf(finding: FindingName, levels: Levels): FindingLevel {
  return levels[finding] ?? defaultLevels[finding];
}

/** Whether the user set one of these findings to warn or refuse. Without that, what costs much is not looked for. */
export function asksForAny(findings: readonly FindingName[], levels: Levels): boolean {
  return findings.some((finding) => (levels[finding] ?? "ignore") !== "ignore");
}

/**
 * Sorts what was found by its level; `before` has the texts of the files that are uploaded, and nothing is refused while
 * they are not known. `not` says what could not be looked for: whoever asks for it is told. Throws for what is refused, and
 * returns a line for what is only told; undefined if there is nothing to tell.
 */
export function judge(
  known: ReadonlyMap<string, Seen>,
  declared: ReadonlyMap<string, Declared | undefined>,
  before: Readonly<Record<string, unknown>> | undefined,
  levels: Levels,
  not?: NotLookedFor,
): string | undefined {
  const looked = [...known].map(([name, seen]): LookedAt => {
    const isUploaded = before === undefined || valueAt(before, name) === seen.text;
    return { ...seen, name, declared: declared.get(name), isUploaded };
  });
  // A copy of what is uploaded is the copy, whatever its name.
  const files = looked.toSorted((one, other) => Number(other.isUploaded) - Number(one.isUploaded));
  const problems = new Problems();
  const told = new Map<string, { finding: FindingName; names: string[] }>();
  for (const [finding, file, more] of findingsIn(files, levelOf("similar", levels) !== "ignore")) {
    const level = levelOf(finding, levels);
    const text = file.look.begins === undefined ? texts[finding] : "is no picture";
    if (level === "refuse" && !file.isUploaded) {
      problems.add(
        `file "${file.name}" ${text}${more}. Leave it out, or let it pass with findings: { ${finding}: "ignore" }`,
      );
    } else if (level !== "ignore") {
      const same = told.get(text) ?? { finding, names: [] };
      told.set(text, same);
      same.names.push(`${file.name}${more}`);
    }
  }
  const notLookedFor = (not?.findings ?? []).flatMap((finding) => {
    const { [finding]: level = "ignore" } = levels;
    const why = `the finding "${finding}" was not looked for, as ${not?.why}`;
    if (level === "refuse" && files.some(({ isUploaded }) => !isUploaded)) {
      problems.add(`${why}. To go on without it, set findings: { ${finding}: "ignore" }`);
    }
    return level === "ignore" ? [] : [why];
  });
  problems.end();
  const lines = [...told].map(([text, { finding, names }]) => {
    const which =
      names.length === 1 ? "1 file, which" : `${count(names.length)} files, each of which`;
    return `${finding}: ${which} ${text}: ${shortList(names, 3, String)}`;
  });
  return lines.length + notLookedFor.length === 0
    ? undefined
    : [...lines, ...notLookedFor].join("; ");
}

function* findingsIn(
  files: readonly LookedAt[],
  withSimilar: boolean,
): Generator<[finding: FindingName, file: LookedAt, more: string]> {
  const first = new Map<string, string>();
  const lookAlikes = new LookAlikes();
  for (const file of files) {
    const { name, digest, look, declared, decoded } = file;
    const { fault, shown, width, height } = look;
    if (fault !== undefined) {
      yield [fault, file, look.begins ?? ""];
      continue;
    }
    const twin = first.get(digest);
    if (twin !== undefined) {
      yield ["duplicate", file, ` (as ${twin})`];
    }
    first.set(digest, twin ?? name);
    if (decoded?.isDamaged) {
      yield ["damaged", file, ""];
    }
    if (withSimilar && decoded?.likeness !== undefined && twin === undefined) {
      const similar = lookAlikes.twinOf(name, decoded.likeness);
      if (similar !== undefined) {
        yield ["similar", file, ` (as ${similar})`];
      }
    }
    if (/(^|\/)(@eaDir|\.thumbnails|\.thumb)\//.test(name)) {
      yield ["thumbnail", file, ""];
    }
    if (shown !== undefined) {
      yield ["ending", file, ` (${shown})`];
    }
    const differs = (real: number | undefined, said: number | undefined) =>
      real !== undefined && said !== undefined && real !== said;
    const { size, boxes }: Declared = declared ?? { size: {}, boxes: [] };
    if (differs(width, size.width) || differs(height, size.height)) {
      yield ["size", file, ` (${width} by ${height}, not ${size.width} by ${size.height})`];
    }
    if (boxes.some((bbox) => reachesOut(bbox, { width, height }))) {
      yield ["box", file, ` (${width} by ${height})`];
    }
  }
}
