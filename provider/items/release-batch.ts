import { BadRequestError, NotFoundError } from "../api/errors.ts";
import { splitId } from "../lifecycle/ids.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { listBatchesOnce, ownMetadata, releasedKey } from "./batches.ts";
import { isTakenNow } from "./create-batch.ts";
import { declarationText, type Mark, markEntries, readMark, toMetadata } from "./mark.ts";
import type { Origin } from "./origin.ts";
import { provenanceOf, toEntries } from "./provenance-entries.ts";
import { notListedText } from "./work-in-progress.ts";

/** A batch that leaves its stack. */
interface Released extends Origin {
  name: string;
  /** The declaration that owned the batch when it was adopted. */
  adoptedFrom?: Mark;
}

const unmarked = "It could not be marked as released, so declaring it again needs adopt: true";

/** Marks a batch as released, or gives it back, because the platform cannot delete it. */
export async function releaseBatch(platform: Platform, id: string, olds: Released): Promise<void> {
  const [projectId, batchId] = splitId(id, "batch");
  const kept = `batch "${olds.name}" is kept on the platform, which cannot delete batches`;
  try {
    const batch = (await listBatchesOnce(platform.client, projectId)).get(batchId);
    if (isTakenNow(platform.client, id)) {
      return;
    }
    if (batch === undefined) {
      platform.warn(`${notListedText(`batch "${olds.name}"`)}. ${unmarked}`);
      return;
    }
    const mark = readMark(batch);
    const isOurs =
      olds.madeBy === undefined &&
      (olds.incarnation === undefined || mark?.incarnation === olds.incarnation);
    if (mark !== undefined && !isOurs) {
      platform.info(`${kept}: ${declarationText(mark)} has adopted it`);
      return;
    }
    const { adoptedFrom } = olds;
    const next =
      adoptedFrom === undefined
        ? { [releasedKey]: new Date().toISOString() }
        : toMetadata(adoptedFrom);
    const metadata = {
      ...ownMetadata(batch),
      ...toEntries(provenanceOf(batch.metadata)),
      ...next,
    };
    const gone = markEntries.filter((name) => !(name in metadata));
    await platform.client.batches.update(projectId, batchId, { metadata }, gone);
    platform.info(
      adoptedFrom === undefined
        ? kept
        : `${kept}: it is given back to ${declarationText(adoptedFrom)}`,
    );
  } catch (error) {
    // A redirect is not a refusal.
    const isRefused = error instanceof BadRequestError && (error.status ?? 0) >= 400;
    if (isRefused || error instanceof NotFoundError) {
      platform.warn(`${kept}. ${unmarked}`);
      return;
    }
    throw error;
  }
}
