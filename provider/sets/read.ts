import type { WorkItemWire } from "../api/work-items.ts";
import { type AsFound, afterReading, withoutFound } from "../items/as-found.ts";
import { readItems } from "../items/coalesce.ts";
import { eachGroup } from "../items/groups.ts";
import { type Item, itemNow } from "../items/item.ts";
import { listLive } from "../items/listing.ts";
import { readMark } from "../items/mark.ts";
import { fileOf, itemAt, resolveFile, type SetItem, textFor } from "../items/set-item.ts";
import { notListed } from "../items/work-in-progress.ts";
import type { Platform } from "../lifecycle/lifecycle.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { toJsonText } from "../text/json.ts";
import { count, shortList } from "../text/lines.ts";
import { counted, type SetInputs, type SetState } from "./state.ts";

/** How many items a warning names. */
const mostKeysShown = 5;

/** The set as the platform has it: changed items are as they are now, and items that it does not list stay the same. */
export async function readSet(
  platform: Platform,
  olds: SetState,
): Promise<{ inputs?: SetInputs; state: SetState }> {
  const keyOf = new Map(Object.entries(olds.ids).map(([key, id]) => [id, key]));
  const texts = new Map<string, string>();
  const asFound = new Map(Object.entries(olds.asFound ?? {}));
  const statusOf = new Map<string, string>();
  await eachGroup([...keyOf.keys()], async (group) => {
    // Items are made into text page by page, so that memory does not hold all of them as they were read.
    for (const [id, item] of await readItems(platform.client, olds.projectId, group)) {
      const key = keyOf.get(id);
      const text = key === undefined ? undefined : valueAt(olds.items, key);
      if (key !== undefined && text !== undefined) {
        const given = itemAt(olds, key);
        const declared = declaredOf(given, key, olds);
        const known = asFound.get(key);
        const now = itemShown(item, given, declared, known);
        texts.set(key, toJsonText(now) === toJsonText(given) ? text : textFor(now, olds.defaults));
        if (known !== undefined) {
          asFound.set(key, afterReading(item, declared, known));
        }
        if (item.status !== "NEW") {
          statusOf.set(key, item.status);
        }
      }
    }
  });
  const unlisted = Object.keys(olds.ids).filter((key) => !texts.has(key));
  for (const key of unlisted) {
    texts.set(key, valueAt(olds.items, key) ?? "{}");
    statusOf.set(key, notListed);
  }
  warnOfUnlisted(platform, unlisted);
  await warnOfLate(platform, olds);
  warnOfFailed(platform, statusOf);
  if (!olds.incomplete && isSame(olds, texts)) {
    const { asFound: _, ...others } = olds;
    return {
      state: counted({
        ...others,
        ...found(asFound),
        statusOf: Object.fromEntries(statusOf),
      }),
    };
  }
  const kept = Object.keys(olds.ids).filter((key) => texts.has(key));
  const only = (values: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(
      kept.flatMap((key) => {
        const value = valueAt(values, key);
        return value === undefined ? [] : [[key, value]];
      }),
    );
  const inputs: SetInputs = {
    projectId: olds.projectId,
    ...(olds.batchId !== undefined && { batchId: olds.batchId }),
    items: only(Object.fromEntries(texts)),
    ...(olds.defaults !== undefined && { defaults: olds.defaults }),
    ...(olds.manifest !== undefined && { manifest: olds.manifest }),
    ...(olds.format !== undefined && { format: olds.format }),
    ...(olds.keep !== undefined && { keep: olds.keep }),
    ...(olds.uploads !== undefined && { uploads: { ...olds.uploads, ...movedOf(olds, texts) } }),
    ...(olds.onWorkInProgress !== undefined && { onWorkInProgress: olds.onWorkInProgress }),
  };
  const state = counted({
    ...inputs,
    ids: only(olds.ids),
    paths: only(olds.paths),
    statusOf: Object.fromEntries(statusOf),
    statuses: {},
    ...found(asFound),
    ...(olds.moved !== undefined && { moved: olds.moved }),
    ...(olds.incarnation !== undefined && { incarnation: olds.incarnation }),
    ...(olds.newestAt !== undefined && { newestAt: olds.newestAt }),
    ...(olds.appliedAt !== undefined && { appliedAt: olds.appliedAt }),
  });
  return { inputs, state };
}

/** The platform deletes no work item, so the cause is the listing: it lags behind, or the key may have lost rights. */
function warnOfUnlisted({ warn }: Platform, unlisted: readonly string[]): void {
  if (unlisted.length > 0) {
    warn(
      `the platform does not list ${count(unlisted.length)} of its work items, though it deletes none: ${shortList(unlisted, mostKeysShown)}. The key may have lost rights, or the listing lags behind. The state keeps them`,
    );
  }
}

/**
 * Looks for items made by a request that the platform carried out late, after the last update had ended. If there are
 * none, that takes one request. Refresh ends nothing; the next update that looks for leftovers does.
 */
async function warnOfLate(
  { client, owner, organization, warn }: Platform,
  olds: SetState,
): Promise<void> {
  const { newestAt, incarnation, ids, moved } = olds;
  if (newestAt === undefined || incarnation === undefined || owner === undefined) {
    return;
  }
  const live = await listLive(client, olds, new Date(newestAt), 0);
  const known = new Set([...Object.values(ids), ...Object.keys(moved ?? {})]);
  const late = live.ofOwner({ owner, organization }).filter(({ id }) => !known.has(id));
  if (late.length > 0) {
    const which = shortList(late, mostKeysShown, (item) => `"${readMark(item)?.key}" (${item.id})`);
    warn(
      `${count(late.length)} of its work items ${late.length === 1 ? "is" : "are"} not in the state: ${which}. A late request of a killed update made ${late.length === 1 ? "it" : "them"}, or another stack of the same names`,
    );
  }
}

/** Nobody will work on these items, and no update does anything about it. */
function warnOfFailed({ warn }: Platform, statusOf: ReadonlyMap<string, string>): void {
  const failed = [...statusOf].flatMap(([key, status]) => (status === "FAILED" ? [key] : []));
  if (failed.length > 0) {
    warn(
      `${count(failed.length)} of its work items ${failed.length === 1 ? "is" : "are"} FAILED, cancelled or given up by people: ${shortList(failed, mostKeysShown)}`,
    );
  }
}

/** Whether the items are as the last update left them. */
function isSame({ items, ids }: SetState, texts: ReadonlyMap<string, string>): boolean {
  const keys = Object.keys(items);
  return (
    keys.length === texts.size &&
    keys.length === Object.keys(ids).length &&
    keys.every((key) => texts.get(key) === items[key])
  );
}

/**
 * The paths that items were made with, for files that have other paths by now: inputs without them would equal the
 * declaration, and the engine would look no further.
 */
function movedOf(
  { paths, uploads }: SetState,
  texts: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    [...texts].flatMap(([key, text]) => {
      const file = fileOf(text);
      const path = valueAt(paths, key);
      return file === undefined || path === undefined || valueAt(uploads, file) === path
        ? []
        : [[file, path]];
    }),
  );
}

function found(asFound: ReadonlyMap<string, AsFound>): Pick<SetState, "asFound"> {
  const left = [...asFound].filter(([, fields]) => Object.keys(fields).length > 0);
  return left.length === 0 ? {} : { asFound: Object.fromEntries(left) };
}

/** The item as it was made. */
function declaredOf(given: SetItem, key: string, { paths }: SetState): Item {
  const { file } = given;
  const path = valueAt(paths, key);
  return resolveFile(given, file === undefined || path === undefined ? {} : { [file]: path });
}

/** The item as one would declare it to have it as it exists; as it is declared while nothing has changed. */
function itemShown(
  wire: WorkItemWire,
  { file }: SetItem,
  declared: Item,
  asFound: AsFound | undefined,
): SetItem {
  const { assetUrl, ...now } = withoutFound(itemNow(wire, declared), declared, asFound);
  const isSame = file !== undefined && assetUrl === declared.assetUrl;
  return { ...now, ...(isSame ? { file } : { assetUrl }) };
}
