import { stat } from "node:fs/promises";
import { identifyFile, type KnownFile } from "../disk/local-file.ts";
import { type Decode, pictureDecoder } from "../disk/picture-decode.ts";
import type { Selection } from "../disk/select-files.ts";
import type { Plain } from "../lifecycle/plain.ts";
import type { FormatName } from "../manifests/formats.ts";
import { fileOfEachPicture } from "../manifests/manifest.ts";
import { count, shortList } from "../text/lines.ts";
import {
  asksForAny,
  judge,
  type Levels,
  type NotLookedFor,
  ofDecoding,
  ofEnds,
} from "./findings.ts";
import { type Declared, filesOfManifest } from "./manifest-files.ts";
import { type By, isBucket, openSource, type Source } from "./source.ts";

/** Which files of a folder or a bucket are meant, and what becomes of what a look at them finds. */
export interface Meant extends Selection {
  manifest?: string | undefined;
  format?: FormatName | undefined;
  findings?: Levels | undefined;
  by?: By | undefined;
}

/** What a look at the files gives. */
export interface LookedAtFiles {
  /** What is known about each file, as the state has it. */
  texts: Record<string, string>;
  /** Judges what was found, once the texts of before are known: see `judge`. */
  judge(before: Plain | undefined): string | undefined;
}

const inBuckets: NotLookedFor = {
  findings: ofDecoding,
  why: "files in a bucket are not decoded before they are sent",
};
const withoutSharp: NotLookedFor = {
  findings: ofDecoding,
  why: "it needs the optional package sharp: npm install sharp",
};

function decoderFor(findings: Levels): Promise<Decode | undefined> | undefined {
  return asksForAny(ofDecoding, findings) ? pictureDecoder() : undefined;
}

/** Looks at the files; what is wrong with them, their manifest or their place is a `FilesError`. */
export async function lookAtFiles({
  manifest,
  format,
  findings = {},
  by,
  ...selection
}: Meant): Promise<LookedAtFiles> {
  const source = await openSource(selection.folder, by);
  const declared: ReadonlyMap<string, Declared | undefined> =
    manifest === undefined
      ? new Map((await source.select(selection)).map((name) => [name, undefined]))
      : await filesOfManifest(manifest, format);
  const names = [...declared.keys()];
  let leftOut: string | undefined;
  if (manifest !== undefined) {
    await source.confirm(selection, names, (name) => {
      const from = declared.get(name)?.from;
      return `file "${name}"${from === undefined ? "" : `, which ${from} names,`}`;
    });
    leftOut = await withoutFile({ ...selection, manifest, format }, source, declared);
  }
  const decode = await decoderFor(findings);
  const seen = await source.identify(names, { decode, withEnds: asksForAny(ofEnds, findings) });
  const undecoded = decode === undefined ? withoutSharp : undefined;
  const not = isBucket(selection.folder) ? inBuckets : undecoded;
  return {
    texts: Object.fromEntries([...seen].map(([name, { text }]) => [name, text])),
    judge(before) {
      const found = judge(seen, declared, before, findings, not);
      return [leftOut, found].filter((line) => line !== undefined).join("; ") || undefined;
    },
  };
}

/** The pictures that nobody labels because they lack the file that each picture of the manifest has. */
async function withoutFile(
  { manifest, format, ...selection }: Meant & { manifest: string },
  source: Source,
  declared: ReadonlyMap<string, Declared | undefined>,
): Promise<string | undefined> {
  const file = await fileOfEachPicture(manifest, format);
  if (file === undefined) {
    return undefined;
  }
  const all = await source.select({ ...selection, mediaTypes: ["image/*"] });
  const names = all.filter((name) => !declared.has(name));
  const which = names.length === 1 ? "1 picture has" : `${count(names.length)} pictures have`;
  return names.length === 0
    ? undefined
    : `${which} no ${file} and so no work item: ${shortList(names, 3, String)}`;
}

/** Looks at one file, whose text is its SHA-256: see `lookAtFiles`. It has no other one that it could be like. */
export async function lookAtOneFile(
  path: string,
  findings: Levels = {},
): Promise<{ file: KnownFile; judge(before: string | undefined): string | undefined }> {
  const { file, look } = await identifyFile(path, (await stat(path)).size);
  const { sha256: text, sha256: digest, contentType } = file;
  const levels: Levels = { ...findings, similar: "ignore" };
  const decode = await decoderFor(levels);
  const decoded = await decode?.(path, contentType);
  const seen = new Map([[path, { text, digest, look, decoded }]]);
  const undecoded = decode === undefined ? withoutSharp : undefined;
  return {
    file,
    judge: (before) => judge(seen, new Map(), { [path]: before }, levels, undecoded),
  };
}
