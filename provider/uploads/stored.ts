import pMap from "p-map";
import type { Client } from "../api/client.ts";
import { fileExists } from "../api/files.ts";
import { groupsOf } from "../api/groups.ts";
import { pathsPerRequest } from "../api/signed-urls.ts";

/** Those of the paths under which a space holds a file. Operation S2, 1,000 paths a request. */
export async function storedPaths(
  client: Client,
  spaceId: string,
  paths: Iterable<string>,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const group of groupsOf([...paths], pathsPerRequest)) {
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
  return found;
}
