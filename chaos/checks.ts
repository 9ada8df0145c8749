import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Store } from "../emulator/store/store.ts";
import { withoutMark } from "../provider/items/mark.ts";
import { type Declaration, type DeclaredItem, manners, twinLife } from "./declaration.ts";
import { slots } from "./history.ts";
import type { ChaosPlatform, StandingItem } from "./platform.ts";
import type { ChaosStack } from "./stack.ts";

/** Something that must never happen, or that is not as declared. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** The sender of the signals that stand for people's work. */
export const person = "person@example.com";

function isOpen({ status }: Pick<StandingItem, "status">): boolean {
  return status === "NEW" || status === "IN_PROGRESS";
}

/**
 * Checks what holds after every update, however it ended. `before` has the items that existed when it began. Each of the
 * `late` creations may have made one item too many: no update can know of them.
 */
export function checkAlways(
  before: readonly StandingItem[],
  now: readonly StandingItem[],
  running: readonly Declaration[],
  replaced: readonly string[],
  late: number,
): void {
  const open = now.filter((item) => item.name !== undefined && isOpen(item) && !isTwin(item));
  const byName = Map.groupBy(open, (item) => item.name);
  const [twice] = [...byName.values()].filter((items) => items.length > 1);
  if (twice !== undefined && open.length - byName.size > late) {
    throw new Broken(`twice: ${twice.length} open work items are ${twice[0]?.name}`);
  }
  const known = new Map(before.map((item) => [item.id, item]));
  const declared = new Map(running.flatMap(({ items }) => [...items]));
  for (const item of now) {
    const was = known.get(item.id);
    const sent = item.signals.slice(was?.signals.length ?? 0);
    const isCancelled = sent.some(({ assignee }) => assignee !== person);
    if (item.name === undefined) {
      if (isCancelled || !isDeepStrictEqual(item.labels, was?.labels)) {
        throw new Broken(`a work item that nobody declares was touched: ${item.id}`);
      }
    } else if (isCancelled && isTwin(item)) {
      throw new Broken(`another backend's work item was cancelled: ${item.name}`);
    } else if (isCancelled) {
      const isReplaced = replaced.includes(resourceOf(item.name));
      const isSecond = late > 0 && byName.has(item.name);
      const wanted = isReplaced || isSecond ? undefined : declared.get(item.name)?.item;
      checkCancelled(item, was, wanted, running);
    }
  }
}

function isTwin({ incarnation }: StandingItem): boolean {
  return incarnation === twinLife;
}

function checkCancelled(
  item: StandingItem,
  was: StandingItem | undefined,
  declared: DeclaredItem | undefined,
  running: readonly Declaration[],
): void {
  const { name = "" } = item;
  if (!running.some(({ stack }) => name.startsWith(`urn:pulumi:${stack}::`))) {
    throw new Broken(`cancelled by the wrong stack: ${name}`);
  }
  if (was?.status === "COMPLETED") {
    throw new Broken(`finished work was cancelled: ${name}`);
  }
  if (was?.status === "IN_PROGRESS" && mannerOf(name).onWorkInProgress === "refuse") {
    throw new Broken(`work in progress was cancelled, which is to be refused: ${name}`);
  }
  if (declared?.file === undefined && declared !== undefined && isMadeAs(item, declared)) {
    throw new Broken(`cancelled although it is declared: ${name}`);
  }
}

function mannerOf(name: string): (typeof manners)[keyof typeof manners] {
  return manners[resourceOf(name) as keyof typeof manners];
}

function resourceOf(name: string): string {
  const [urn = ""] = name.split("#");
  return urn.slice(urn.lastIndexOf(":") + 1);
}

/** Whether an item has the declared values in the fields that cannot be changed. */
function isMadeAs({ fields }: StandingItem, declared: DeclaredItem): boolean {
  const { assetUrl, difficulty, metadata } = fields;
  const own = withoutMark(metadata as Record<string, unknown>);
  return (
    (declared.file !== undefined || assetUrl === declared.assetUrl) &&
    difficulty === declared.difficulty &&
    isDeepStrictEqual(own, declared.metadata)
  );
}

/**
 * Items whose work must be kept, and that are in the way of what is declared. Finished work that no state knows is not
 * in anyone's way.
 */
export function blockers(
  items: readonly StandingItem[],
  actors: readonly { declaration: Declaration; stack: ChaosStack }[],
): StandingItem[] {
  const declared = new Map(actors.flatMap(({ declaration }) => [...declaration.items]));
  const known = new Set(actors.flatMap(({ stack }) => [...stack.ids().values()]));
  return items.filter((item) => {
    const { id, name, status } = item;
    const isInTheWay = status === "IN_PROGRESS" || (status === "COMPLETED" && known.has(id));
    if (name === undefined || !isInTheWay) {
      return false;
    }
    const wanted = declared.get(name)?.item;
    return (
      mannerOf(name).onWorkInProgress === "refuse" &&
      (wanted === undefined || wanted.file !== undefined || !isMadeAs(item, wanted))
    );
  });
}

/**
 * Open items of a stack that no state knows, and that, as far as known, no resource in a state has made: leftovers of
 * killed creations. They may belong to another stack, so no update ends them: people do.
 */
export function unclaimed(
  items: readonly StandingItem[],
  stacks: readonly ChaosStack[],
): StandingItem[] {
  const known = new Set(stacks.flatMap((stack) => [...stack.ids().values()]));
  const incarnations = new Set(stacks.flatMap((stack) => stack.incarnations()));
  return items.filter(
    ({ id, name, incarnation = "", ...item }) =>
      name !== undefined && isOpen(item) && !known.has(id) && !incarnations.has(incarnation),
  );
}

/** Checks what holds once an undisturbed update is done: exactly what is declared exists, and the state knows it. */
export function checkDone(
  platform: ChaosPlatform,
  declaration: Declaration,
  stack: ChaosStack,
): void {
  const items = platform.items();
  const { store } = platform.emulator;
  const batch = store.batches.all().find(({ name }) => name === "own" || name === "shared");
  if (batch === undefined) {
    throw new Broken("the batch is lost");
  }
  const ids = stack.ids();
  const prefix = `urn:pulumi:${declaration.stack}::`;
  const unknown = items.filter(
    (item) => item.name?.startsWith(prefix) && isOpen(item) && ids.get(item.name) !== item.id,
  );
  // An update that changes nothing looks for nothing, so a late item waits for one that does.
  if (unknown.length > platform.late) {
    throw new Broken(`unknown to the state, and open: ${unknown[0]?.name}`);
  }
  for (const name of ids.keys()) {
    if (!declaration.items.has(name)) {
      throw new Broken(`in the state, and not declared: ${name}`);
    }
  }
  for (const [name, { slot, item: declared }] of declaration.items) {
    const item = items.find(({ id }) => id === ids.get(name));
    if (item === undefined || item.status === "FAILED") {
      throw new Broken(`lost: ${name}`);
    }
    if (item.name !== name) {
      throw new Broken(`of another declaration: ${name}`);
    }
    if (item.batchId !== batch.id) {
      throw new Broken(`in batch ${item.batchId}: ${name}`);
    }
    if (!isMadeAs(item, declared) || !isDeepStrictEqual(item.labels ?? [], declared.labels)) {
      const { fields, labels } = item;
      throw new Broken(
        `not as declared: ${name}: ${JSON.stringify({ fields, labels, declared, slot: slots[slot] })}`,
      );
    }
    checkFile(item, declared, declaration, store);
  }
  if (
    batch.name === "own" &&
    !isDeepStrictEqual(withoutMark(batch.metadata), declaration.batchMetadata)
  ) {
    throw new Broken(`the batch's metadata is ${JSON.stringify(batch.metadata)}`);
  }
}

function checkFile(
  item: StandingItem,
  { file }: DeclaredItem,
  { contents }: Declaration,
  store: Store,
): void {
  if (file === undefined) {
    return;
  }
  const stored = store.files.all().find(({ path }) => path === item.fields.assetUrl);
  const hash = createHash("sha256")
    .update(contents.get(file) ?? "")
    .digest("hex");
  if (stored?.sha256 !== hash) {
    throw new Broken(`shows another file than ${file}: ${item.name}`);
  }
}
