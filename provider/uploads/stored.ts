import pMap from "p-map";
import type { Client } from "../api/client.ts";
import { PermissionDeniedError } from "../api/errors.ts";
import { fileExists } from "../api/files.ts";
import { splitIntoGroups } from "../api/groups.ts";
import { lookAgainAfterMs, pause } from "../api/look-again.ts";
import { pathsPerRequest } from "../api/signed-urls.ts";
import { isUrl } from "../text/urls.ts";

/** What a look at stored files finds. */
export interface Stored {
  found: Set<string>;
  /** The paths of which the storage says neither that they are there nor that they are gone. */
  refused: string[];
}

/**
 * The paths, out of those given, under which a space holds a file, and those that are URLs. A missing file is looked
 * for again: one that was uploaded a moment ago may not be readable yet, and its work items would be made again. A
 * storage service may answer 403 for what is gone, and also for what it only refuses: nobody can tell. If it answers so
 * for every file, this throws.
 * Operation `createReadUrls`, 1,000 paths a request.
 */
export async function storedPaths(
  client: Client,
  spaceId: string,
  paths: Iterable<string>,
): Promise<Stored> {
  const all = new Set(paths);
  const found = new Set([...all].filter(isUrl));
  const refusals = new Map<string, PermissionDeniedError>();
  for (const wait of lookAgainAfterMs) {
    const missing = [...all].filter((path) => !found.has(path));
    if (missing.length === 0) {
      break;
    }
    await pause(client, wait);
    for (const group of splitIntoGroups(missing, pathsPerRequest)) {
      await pMap(
        await client.signedUrls.forReading(spaceId, group),
        async ({ path, signedUrl }) => {
          refusals.delete(path);
          try {
            if (await fileExists(signedUrl, client.standstillMs)) {
              found.add(path);
            }
          } catch (error) {
            if (!(error instanceof PermissionDeniedError)) {
              throw error;
            }
            refusals.set(path, error);
          }
        },
        { concurrency: client.concurrency },
      );
    }
  }
  const [refusal] = refusals.values();
  if (refusal !== undefined && refusals.size === all.size) {
    throw refusal;
  }
  return { found, refused: [...refusals.keys()] };
}
