import { readDvcHashes } from "../disk/dvc.ts";
import { type Revision, readRevision, withoutCredentials } from "../disk/revision.ts";
import { isEqual } from "../lifecycle/diff.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { forgetBatches, listBatchesOnce } from "./batches.ts";
import { type Provenance, provenanceEntries, toEntries } from "./provenance-entries.ts";
import { openSession } from "./session.ts";

// Which revision a batch was declared from. It stands in the batch's metadata, and not in the state, so that a new commit
// changes nothing by itself.

/** The variable that says which revision of lakeFS the data are: nothing on the disk does. */
const lakeFsVariable = "AIDP_LAKEFS_REF";

/** Whether a program has a provenance; a text says why it has none. */
export async function provenanceProblem(): Promise<string | undefined> {
  const revision = await readRevision(process.cwd());
  return typeof revision === "string" ? revision : undefined;
}

/** What a declaration of a batch says about its provenance. */
interface Asks {
  provenance?: boolean;
  provenanceOf?: readonly string[];
}

/**
 * The entries that say where a batch comes from; none if its declaration does not ask for them. Whoever asks for them
 * writes them, so this update does not write them again.
 */
export async function provenanceFor(
  platform: Platform,
  id: string,
  { provenance, provenanceOf: files = [] }: Asks,
): Promise<Record<string, string>> {
  if (provenance !== true) {
    return {};
  }
  openSession(platform.client).provenance.set(id, { files, isWritten: true });
  return readProvenance(platform, files);
}

/** The entries of the metadata that say where a batch comes from; `files` are what DVC may know. */
async function readProvenance(
  { client }: Platform,
  files: readonly string[] = [],
): Promise<Record<string, string>> {
  const session = openSession(client);
  session.revision ??= readRevision(process.cwd());
  const revision = await session.revision;
  const known: Revision | undefined = typeof revision === "string" ? undefined : revision;
  const hashes = await Promise.all(files.map(readDvcHashes));
  const dvc = hashes.flatMap(Object.entries).map(([path, hash]) => `${path}: ${hash}`);
  const lakefs = withoutCredentials(process.env[lakeFsVariable] ?? "");
  const provenance: Provenance = { ...known, dvc: dvc.join(", "), lakefs };
  return toEntries(provenance);
}

/** Remembers that a batch wants its provenance, for what changes its work items in this update. */
export function expectProvenance(
  { client }: Platform,
  id: string,
  files?: readonly string[],
): void {
  const { provenance } = openSession(client);
  if (!provenance.has(id)) {
    provenance.set(id, { files, isWritten: false });
  }
}

/**
 * Writes the provenance of the batch whose work items were changed, if its declaration asks for it and this update has
 * not written it yet. If that fails, the items are there all the same.
 */
export async function updateProvenance(
  platform: Platform,
  projectId: string,
  batchId: string | undefined,
): Promise<void> {
  const { client } = platform;
  const id = `${projectId}/${batchId}`;
  const wanted = openSession(client).provenance.get(id);
  if (batchId === undefined || wanted === undefined || wanted.isWritten) {
    return;
  }
  wanted.isWritten = true;
  try {
    const metadata = (await listBatchesOnce(client, projectId)).get(batchId)?.metadata ?? {};
    const entries = await readProvenance(platform, wanted.files);
    const isOld = ([name]: [string, unknown]) => provenanceEntries.includes(name);
    const all = Object.entries(metadata);
    if (isEqual(Object.fromEntries(all.filter(isOld)), entries)) {
      return;
    }
    const others = Object.fromEntries(all.filter((entry) => !isOld(entry)));
    const gone = provenanceEntries.filter((name) => !Object.hasOwn(entries, name));
    await client.batches.update(projectId, batchId, { metadata: { ...others, ...entries } }, gone);
    forgetBatches(client, projectId);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    platform.warn(`the provenance of batch ${batchId} could not be written: ${message}`);
  }
}
