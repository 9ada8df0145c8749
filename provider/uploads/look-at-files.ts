import type { Selection } from "../disk/select-files.ts";
import type { Plain } from "../lifecycle/plain.ts";
import type { FormatName } from "../manifests/formats.ts";
import { judge, type Levels } from "./findings.ts";
import { type Declared, filesOfManifest } from "./manifest-files.ts";
import { openSource } from "./source.ts";

/** Which files of a folder or a bucket are meant, and what becomes of what a look at them finds. */
export interface Meant extends Selection {
  manifest?: string | undefined;
  format?: FormatName | undefined;
  findings?: Levels | undefined;
}

/** What a look at the files gives. */
export interface LookedAtFiles {
  /** What is known about each file, as the state has it. */
  texts: Record<string, string>;
  /** Judges what was found, once the texts of before are known: see `judge`. */
  judge(before: Plain | undefined): string | undefined;
}

/** Looks at the files; what is wrong with them, their manifest or their place is a `FilesError`. */
export async function lookAtFiles({
  manifest,
  format,
  findings = {},
  ...selection
}: Meant): Promise<LookedAtFiles> {
  const source = await openSource(selection.folder);
  const declared: ReadonlyMap<string, Declared> =
    manifest === undefined
      ? new Map((await source.select(selection)).map((name) => [name, undefined]))
      : await filesOfManifest(manifest, format);
  const names = [...declared.keys()];
  if (manifest !== undefined) {
    await source.confirm(selection, names);
  }
  const seen = await source.identify(names);
  return {
    texts: Object.fromEntries([...seen].map(([name, { text }]) => [name, text])),
    judge: (before) => judge(seen, declared, before, findings),
  };
}
