import { randomUUID } from "node:crypto";
import { NotFoundError } from "../api/errors.ts";
import type { WorkItemWire } from "../api/work-items.ts";
import { type Adoption, adoptItems, hasItsLabels } from "../items/adoption.ts";
import { tellAdoption } from "../items/adoption-words.ts";
import { areSameLabels } from "../items/answered.ts";
import { type Arrival, awaitArrivals, lookForMoved, takeMoved } from "../items/arrivals.ts";
import { type AsFound, asAnswered } from "../items/as-found.ts";
import { claim, mayTake, mustStay } from "../items/claims.ts";
import { createOnce } from "../items/create-once.ts";
import * as deadline from "../items/deadline.ts";
import { endItem } from "../items/ending.ts";
import { digestItem, type Item, toWire } from "../items/item.ts";
import { judge, refuseBeside, tellOthers } from "../items/leftovers.ts";
import { LiveItems, listLive, listLiveOnce } from "../items/listing.ts";
import { type Mark, makeMark, readMark } from "../items/mark.ts";
import { openSession } from "../items/session.ts";
import { itemAt, resolveFile, type SetItem } from "../items/set-item.ts";
import { Failures } from "../lifecycle/failures.ts";
import { type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import { valueAt } from "../lifecycle/plain.ts";
import { Progress } from "../lifecycle/progress.ts";
import { toJsonText } from "../text/json.ts";
import { count, shortList } from "../text/lines.ts";
import { Draft } from "./draft.ts";
import { eachKey } from "./each-key.ts";
import { endMembers, type Member } from "./end-members.ts";
import { countChanges, type Plan, planUpdate } from "./plan.ts";
import { counted, leftSince, type SetInputs, type SetState } from "./state.ts";
import { toWanted } from "./wanted.ts";

/** How many items an update works on at once; the limiter decides how many requests that makes. */
const concurrency = 64;
/** How many items a warning names. */
const mostShown = 5;

/** The result of an update of a set. Items that failed are as they were before. */
interface Applied {
  state: SetState;
  /** A line for each reason, with the keys that failed for it. */
  failed: string[];
  summary: string;
}

/** An existing item that is used, so that none need be made. */
interface Taken {
  item: WorkItemWire;
  /** How it differs from its declaration, and stays different. Default: what the platform answers in another form. */
  asFound: AsFound | undefined;
  isLabelled: boolean;
}

/** Applies the differences between a set as it is and as it is declared, and nothing else. */
export async function applyChanges(
  platform: Platform,
  olds: SetState,
  news: SetInputs,
): Promise<Applied> {
  const plan = planUpdate(olds, news);
  const update = new Update(platform, olds, news, plan);
  await update.run();
  const { failures } = update;
  return {
    state: update.state(),
    failed: failures.lines(),
    summary: `${count(failures.size)} of ${count(countChanges(plan))} work items failed, the others are done: run the update again`,
  };
}

/** One update of a set, and the state that results from it step by step. */
class Update {
  readonly failures = new Failures();
  readonly #platform: Platform;
  readonly #olds: SetState;
  readonly #news: SetInputs;
  readonly #plan: Plan;
  readonly #progress: Progress;
  readonly #startedAt = performance.now();
  readonly #incarnation: string;
  /** The ids in the state. */
  readonly #known: ReadonlySet<string>;
  readonly #draft: Draft;
  /** The items that move here from another declaration, by key. */
  #arrivals = new Map<string, Arrival | Refusal>();
  #adoption: Adoption | undefined;
  /** The keys of items that an interrupted update left, and that are taken. */
  readonly #leftover = new Set<string>();
  /** Live items of this declaration that are not in the state and do not provably belong to this set. */
  readonly #others: WorkItemWire[] = [];
  /** Whether this update has looked for leftovers: only then does it know everything that is older. */
  #hasLooked = false;

  constructor(platform: Platform, olds: SetState, news: SetInputs, plan: Plan) {
    this.#platform = platform;
    this.#olds = olds;
    this.#news = news;
    this.#plan = plan;
    this.#incarnation = olds.incarnation ?? randomUUID();
    this.#known = new Set(Object.values(olds.ids));
    this.#progress = new Progress(platform, countChanges(plan) + plan.replace.length);
    this.#draft = new Draft(olds);
  }

  async run(): Promise<void> {
    const { create, relabel, replace, remove, accept } = this.#plan;
    // Look for leftovers before anything is ended, so that an item ended now is not mistaken for one.
    this.#hasLooked = create.length + replace.length > 0 || this.#olds.incomplete === true;
    const live = this.#hasLooked ? await this.#live() : new LiveItems([]);
    if (create.length + remove.length > 0) {
      await this.#move(create, remove);
    }
    if (this.#news.adopt && create.length > 0) {
      await this.#adopt(create.filter((key) => !this.#arrivals.has(key)));
    }
    const isAdopted = (key: string) => this.#adoption?.adopted.has(key) === true;
    // An item that could not be made again is not ended.
    const possible = replace.filter((key) => this.#canBeMade(key));
    const gone = remove.filter((key) => this.#draft.ids.has(key));
    const moved = remove.filter((key) => !this.#draft.ids.has(key));
    await this.#end([...gone, ...possible]);
    await this.#endLeftovers(live);
    const ended = replace.filter((key) => !this.failures.has(key));
    await this.#each([...create, ...ended], (key) => this.#obtain(key, live));
    await this.#each(relabel, (key) => this.#relabel(key));
    for (const key of accept) {
      this.#settle(key);
    }
    tellOthers(this.#platform, this.#others);
    const isMade = (key: string) =>
      !(isAdopted(key) || this.#arrivals.has(key) || this.#leftover.has(key));
    const done = [
      [create.filter(isAdopted), "adopted"],
      [create.filter((key) => this.#arrivals.has(key)), "moved here"],
      [create.filter((key) => this.#leftover.has(key)), "found as an interrupted update left them"],
      [create.filter(isMade), "created"],
      [relabel, "relabelled"],
      [replace, "replaced"],
      [gone, "cancelled"],
      [moved, "moved away"],
    ] as const;
    const words = done.flatMap(([keys, word]) => {
      const good = keys.filter((key) => !this.failures.has(key)).length;
      return good > 0 ? [`${count(good)} ${word}`] : [];
    });
    this.#progress.end(words.length > 0 ? words.join(", ") : "nothing done");
  }

  /** The set as it is now. Items that failed are as they were, so that the next update finds them. */
  state(): SetState {
    const { appliedAt } = this.#olds;
    const { adopt: _, movedFrom: __, ...declared } = this.#news;
    const startedAt = this.#platform.client.clock.at(this.#startedAt)?.toISOString();
    const complete = this.#hasLooked && this.failures.size === 0 ? startedAt : appliedAt;
    const parts = this.#draft.parts(this.#news, (key) => this.failures.has(key));
    const { defaults } = this.#news;
    return counted({
      ...declared,
      ...parts,
      incarnation: this.#incarnation,
      ...(complete !== undefined && { appliedAt: complete }),
      ...(this.failures.size > 0 && {
        incomplete: true,
        changed: this.#draft.changed({ ...parts, defaults }),
      }),
    });
  }

  async #end(keys: readonly string[]): Promise<void> {
    const members = keys.flatMap((key): Member[] => {
      const id = this.#draft.ids.get(key);
      return id === undefined ? [] : [{ key, id }];
    });
    await this.#endMembers(members);
    for (const key of keys) {
      if (!this.failures.has(key)) {
        this.#draft.forget(key);
      }
    }
  }

  async #endMembers(members: readonly Member[]): Promise<void> {
    const { projectId, onWorkInProgress = "refuse" } = this.#news;
    await endMembers(
      this.#platform,
      projectId,
      members,
      onWorkInProgress,
      this.failures,
      this.#progress,
    );
  }

  /** The existing items that an earlier update may have left. */
  #live(): Promise<LiveItems> {
    const { client } = this.#platform;
    return this.#news.adopt || this.#news.movedFrom !== undefined
      ? listLiveOnce(this.#platform, this.#news)
      : listLive(client, this.#news, leftSince(this.#olds));
  }

  /** Releases the items that move to another declaration, and looks up those that move here. */
  async #move(create: readonly string[], remove: readonly string[]): Promise<void> {
    const { client } = this.#platform;
    this.#arrivals = await awaitArrivals(this.#platform, this.#news.projectId, create);
    const { moves } = openSession(client);
    for (const key of remove) {
      const id = this.#draft.ids.get(key) ?? "";
      const item = moves.leaving(id);
      if (item !== undefined || mustStay(this.#platform, id)) {
        this.#draft.moved.set(id, toJsonText(item ?? {}));
        this.#draft.forget(key);
      }
    }
    for (const id of this.#draft.moved.keys()) {
      if (mustStay(this.#platform, id)) {
        this.#draft.moved.set(id, "");
      }
    }
  }

  async #adopt(keys: readonly string[]): Promise<void> {
    const wanted = toWanted(this.#platform, this.#news, keys);
    const where = { place: this.#news, known: this.#known };
    this.#adoption = await adoptItems(this.#platform, { ...wanted, ...where });
    tellAdoption(this.#platform, this.#adoption, wanted.items);
    for (const [key, item] of this.#adoption.moving) {
      this.#arrivals.set(key, takeMoved(this.#platform, item));
    }
  }

  /**
   * Ends items that an earlier update of this set made and that do not belong to it now: items that nobody declares any
   * more, and a second item beside a known one, which a request made that the platform carried out late.
   */
  async #endLeftovers(live: LiveItems): Promise<void> {
    const obtained = new Set([...this.#plan.create, ...this.#plan.replace]);
    const leftovers = (items: readonly WorkItemWire[]): { item: WorkItemWire; key: string }[] =>
      items.flatMap((item) => {
        const key = readMark(item)?.key ?? "";
        const isLeft =
          !this.#known.has(item.id) &&
          !this.#draft.moved.has(item.id) &&
          mayTake(this.#platform, item.id) &&
          item.status !== "COMPLETED" &&
          !obtained.has(key);
        return isLeft ? [{ item, key }] : [];
      });
    const ours = leftovers(live.ofIncarnation(this.#incarnation));
    const isSecond = (key: string) => valueAt(this.#news.items, key) !== undefined;
    const ended = ours.filter(({ item, key }) => !isSecond(key) || item.status === "NEW");
    const second = ended.filter(({ key }) => isSecond(key));
    if (second.length > 0) {
      const which = shortList(second, mostShown, ({ item, key }) => `"${key}" (${item.id})`);
      this.#platform.warn(
        `a request that was carried out late made a second work item of ${which}: it is ended`,
      );
    }
    await this.#endMembers(ended.map(({ item: { id }, key }) => ({ key, id })));
    const all = leftovers(live.ofOwner(makeMark(this.#platform)));
    const isEnded = new Set(ended.map(({ item }) => item.id));
    this.#others.push(...all.map(({ item }) => item).filter(({ id }) => !isEnded.has(id)));
  }

  /** The platform's time, where it is known. */
  get #now(): Date | undefined {
    return this.#platform.client.clock.now();
  }

  #textOf(key: string): string {
    return valueAt(this.#news.items, key) ?? "{}";
  }

  #canBeMade(key: string): boolean {
    const refusal = this.#tooLate(itemAt(this.#news, key));
    if (refusal !== undefined) {
      this.failures.add(key, refusal);
    }
    return refusal === undefined;
  }

  /** Refuses an item whose deadline leaves no time to make it. */
  #tooLate(item: SetItem): Refusal | undefined {
    const [failure] = deadline.failures({ ...item }, true, this.#now);
    return failure && new Refusal(failure.reason);
  }

  #each(keys: readonly string[], work: (key: string) => Promise<void>): Promise<void> {
    return eachKey(keys, concurrency, this.failures, this.#progress, work);
  }

  /** Takes the existing item of a key, or makes it if there is none. */
  async #obtain(key: string, live: LiveItems): Promise<void> {
    const declared = itemAt(this.#news, key);
    const item = resolveFile(declared, this.#news.uploads);
    const mark = makeMark(this.#platform, {
      key,
      incarnation: this.#incarnation,
      file: this.#news.fileNames === false ? undefined : declared.file,
      declared: digestItem(item),
    });
    const marked = live.find(mark).filter(({ id }) => !this.#known.has(id));
    const taken = await this.#takeExisting(key, item, marked, live);
    const obtained = taken?.item ?? (await this.#make(key, item, mark, marked));
    if (taken !== undefined && !taken.isLabelled) {
      const { client } = this.#platform;
      await client.workItems.setLabels(this.#news.projectId, obtained.id, item.labels ?? []);
    }
    claim(this.#platform, obtained.id);
    const asFound = taken?.asFound ?? asAnswered(obtained, item);
    this.#draft.keep(key, this.#textOf(key), item.assetUrl, obtained, asFound);
  }

  /** Takes an item that already exists: one that is adopted, moves here, or was left by an interrupted update. */
  async #takeExisting(
    key: string,
    item: Item,
    marked: readonly WorkItemWire[],
    live: LiveItems,
  ): Promise<Taken | undefined> {
    const refusal = this.#adoption?.refused.get(key);
    if (refusal !== undefined) {
      throw new Refusal(refusal);
    }
    const adopted = this.#adoption?.adopted.get(key);
    const { movedFrom } = this.#news;
    const arrival =
      this.#arrivals.get(key) ??
      (adopted ? undefined : lookForMoved(this.#platform, live, item, movedFrom, this.#known));
    if (arrival instanceof Refusal) {
      throw arrival;
    }
    if (arrival !== undefined) {
      this.#arrivals.set(key, arrival);
    }
    const already = adopted?.item ?? arrival?.item;
    const taken = await this.#endOlder(item, marked, already);
    if (adopted !== undefined) {
      return { ...adopted, isLabelled: hasItsLabels(adopted.item, item) };
    }
    if (already === undefined && taken !== undefined) {
      this.#leftover.add(key);
    }
    return (
      taken && {
        item: taken,
        asFound: arrival?.asFound,
        isLabelled: areSameLabels(item.labels ?? [], taken.labels ?? []),
      }
    );
  }

  /** Ends what an interrupted update left of an item, except for the one that is taken, which it returns. */
  async #endOlder(
    item: Item,
    marked: readonly WorkItemWire[],
    already: WorkItemWire | undefined,
  ): Promise<WorkItemWire | undefined> {
    const leftovers = judge(this.#platform, marked, item, this.#incarnation, already);
    refuseBeside(this.#platform, leftovers, item);
    this.#others.push(...leftovers.others);
    const { projectId, onWorkInProgress: policy = "refuse" } = this.#news;
    for (const { id } of leftovers.ours) {
      await endItem(this.#platform, projectId, { id, policy, counts: "this" });
    }
    return leftovers.taken;
  }

  async #make(
    key: string,
    item: Item,
    mark: Mark,
    marked: readonly WorkItemWire[],
  ): Promise<WorkItemWire> {
    const refusal = this.#tooLate(item);
    if (refusal !== undefined) {
      throw refusal;
    }
    const earlier = new Set([valueAt(this.#olds.ids, key) ?? "", ...marked.map(({ id }) => id)]);
    const input = toWire(item, this.#now);
    return createOnce(this.#platform, this.#news, input, mark, earlier);
  }

  async #relabel(key: string): Promise<void> {
    const id = this.#draft.ids.get(key) ?? "";
    const { labels = [] } = itemAt(this.#news, key);
    try {
      await this.#platform.client.workItems.setLabels(this.#news.projectId, id, labels);
    } catch (error) {
      // One item that is gone says nothing about the others.
      throw error instanceof NotFoundError ? new Refusal(error.message) : error;
    }
    this.#settle(key);
  }

  #settle(key: string): void {
    this.#draft.settle(key, itemAt(this.#olds, key), itemAt(this.#news, key));
  }
}
