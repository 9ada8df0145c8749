import pMap from "p-map";
import type { Client } from "../api/client.ts";
import { fileExists } from "../api/files.ts";
import { splitIntoGroups } from "../api/groups.ts";
import { lookAgainAfterMs, pause } from "../api/look-again.ts";
import { pathsPerRequest } from "../api/signed-urls.ts";

/**
 * The paths, out of those given, under which a space holds a file. A missing file is looked for again: one that was
 * uploaded a moment ago may not be readable yet, and its work items would be made again. Operation `createReadUrls`,
 * 1,000 paths a request.
 */
export async function storedPaths(
  client: Client,
  spaceId: string,
  paths: Iterable<string>,
): Promise<Set<string>> {
  const found = new Set<string>();
  const all = new Set(paths);
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
          if (await fileExists(signedUrl, client.standstillMs)) {
            found.add(path);
          }
        },
        { concurrency: client.concurrency },
      );
    }
  }
  return found;
}
