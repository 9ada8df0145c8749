import type { Client } from "../api/client.ts";
import { unlessRefused } from "../api/errors.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { storedPaths } from "./stored.ts";

// What an upload set let go: if it comes back, it is the same file as before, so no work item changes.

/** The paths of files by name and content. */
type Earlier = Record<string, Record<string, string>>;

interface Files {
  files: Record<string, string>;
  paths: Record<string, string>;
  earlier?: Earlier;
}

/** The paths of files that were let go, are declared unchanged again, and are still in the space. */
export async function comeBack(
  client: Client,
  olds: Files,
  { spaceId, files }: { spaceId: string; files: Record<string, string> },
): Promise<Map<string, string>> {
  const known = [...earlierPaths(olds, files)].filter(([name]) => olds.files[name] !== files[name]);
  const look = storedPaths(client, spaceId, new Map(known).values());
  // A look that is refused saves no upload.
  const stored = await look.catch(unlessRefused);
  return new Map(known.filter(([, path]) => stored?.found.has(path)));
}

/** The paths of files that were let go, for those declared with the same content again. */
export function earlierPaths(
  { earlier = {} }: Pick<Files, "earlier">,
  files: Readonly<Record<string, string>>,
): Map<string, string> {
  return new Map(
    Object.entries(files).flatMap(([name, text]) => {
      const path = valueAt(valueAt(earlier, name), text);
      return path === undefined ? [] : [[name, path]];
    }),
  );
}

/** Everything that was let go until now. */
export function earlierOf(olds: Files, { paths }: Pick<Files, "paths">): Earlier {
  const earlier = olds.earlier ?? {};
  const gone = Object.entries(olds.paths).flatMap(([name, path]) => {
    const text = valueAt(olds.files, name);
    return valueAt(paths, name) === path || text === undefined
      ? []
      : [[name, { ...valueAt(earlier, name), [text]: path }] as const];
  });
  return Object.fromEntries([...Object.entries(earlier), ...gone]);
}
