import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { addFault, clearFaults, clientOf, faultHits } from "../harness/emulator.ts";
import { toMetadata } from "../provider/items/mark.ts";
import { Broken, blockers, checkAlways, checkDone, person, unclaimed } from "./checks.ts";
import { Declaration, twinMark } from "./declaration.ts";
import {
  type Disturbance,
  type History,
  lateMs,
  type Step,
  stepsOf,
  type Work,
} from "./history.ts";
import { ChaosPlatform, type StandingItem } from "./platform.ts";
import type { ChaosStack, Outcome, Place, Update } from "./stack.ts";

/** Makes the stack of a run. */
export type OpenStack = (platform: ChaosPlatform, place: Place) => Promise<ChaosStack>;

interface Actor {
  declaration: Declaration;
  stack: ChaosStack;
  /** What an update that did not end well was asked to replace. The next update asks for it again. */
  toReplace: readonly string[];
}

const undisturbed: Update = { refresh: false, replace: [] };

/** Plays a history, and throws what it breaks. */
export async function play(history: History, open: OpenStack): Promise<void> {
  const platform = await ChaosPlatform.start(history.delayMs, history.aheadMinutes);
  const actors: Actor[] = [];
  try {
    const batchId = await prepare(platform, history);
    for (const stack of ["one", "two"].slice(0, history.stacks)) {
      const place = { stack, batchId };
      const declaration = new Declaration(stack);
      actors.push({ declaration, stack: await open(platform, place), toReplace: [] });
    }
    for (const step of stepsOf(history)) {
      await take(platform, actors, step);
    }
    await finish(platform, actors);
  } finally {
    for (const { stack } of actors) {
      stack.remove();
    }
    await platform.remove();
  }
}

/** Makes the batch that two stacks share, and work items that belong to nobody or to another backend. */
async function prepare(
  platform: ChaosPlatform,
  { stacks, twins }: History,
): Promise<string | undefined> {
  const { projectId } = platform.emulator;
  const client = clientOf(platform.emulator);
  const shared =
    stacks === 2 ? await client.batches.create(projectId, { name: "shared" }) : undefined;
  const byHand = { assetUrl: "by-hand.png", assetType: "image" } as const;
  const place = shared !== undefined && { batchId: shared.id };
  await client.workItems.create(projectId, { ...byHand, ...place });
  for (const slot of twins) {
    const metadata = toMetadata(twinMark("one", slot));
    await client.workItems.create(projectId, { ...byHand, ...place, metadata });
  }
  return shared?.id;
}

/** Makes the edits, runs an update, and lets people work after it. */
async function take(platform: ChaosPlatform, actors: readonly Actor[], step: Step): Promise<void> {
  for (const edit of step.edits) {
    actors[edit.stack % actors.length]?.declaration.edit(edit);
  }
  const running = actors.filter((_, index) => isMeant(step.updates, index, actors.length));
  for (const fault of step.faults) {
    await addFault(platform.emulator, fault);
  }
  plan(platform, running, step.disturbance);
  const outcomes = await update(platform, running, step, step.faults[0]?.latencyMs === lateMs);
  await clearFaults(platform.emulator);
  if (step.isBlind) {
    const done = running.filter((_, index) => outcomes[index]?.how === "done");
    await updateBlindly(platform, done);
  }
  for (const work of step.people) {
    await letWork(platform, actors, work);
  }
}

function isMeant(updates: Step["updates"], index: number, count: number): boolean {
  return count === 1 || updates === "both" || (updates === "first") === (index === 0);
}

function plan(
  platform: ChaosPlatform,
  running: readonly Actor[],
  disturbance: Disturbance | undefined,
): void {
  if (disturbance === undefined) {
    return;
  }
  const { at, what } = disturbance;
  const [first] = running;
  if (what === "kill") {
    platform.plan({ at, when: disturbance.when, act: () => first?.stack.kill(disturbance.whom) });
  } else {
    const act = () => (what === "full disk" ? first?.stack.fillDisk() : platform.restart());
    platform.plan({ at, when: "asked", act });
  }
}

/** Updates the running stacks at the same time. `isSlow` says whether the first fault makes creations slow. */
async function update(
  platform: ChaosPlatform,
  running: readonly Actor[],
  options: Update,
  isSlow = false,
): Promise<Outcome[]> {
  const before = platform.items();
  const replaced = [...options.replace, ...running.flatMap(({ toReplace }) => toReplace)];
  const outcomes = await Promise.all(
    running.map(async (actor) => {
      const { stack, declaration } = actor;
      const replace = [...new Set([...actor.toReplace, ...options.replace])];
      const outcome = await stack.up(declaration, { ...options, replace });
      declaration.ended(outcome.how);
      // The user gives up a refused replacement: none of it was done.
      const isOver = outcome.how === "done" || /would lose people's work/.test(outcome.message);
      actor.toReplace = isOver ? [] : replace;
      return outcome;
    }),
  );
  const isInterrupted = outcomes.some(({ how }) => how === "interrupted");
  if (isSlow && isInterrupted) {
    const [slow = 0] = await faultHits(platform.emulator);
    platform.late += slow;
  }
  await platform.settle(isInterrupted);
  const declarations = running.map(({ declaration }) => declaration);
  checkAlways(before, platform.items(), declarations, replaced, platform.late);
  return outcomes;
}

/** Updates while listings are empty. Nothing may change, because an empty listing says nothing about the items. */
async function updateBlindly(platform: ChaosPlatform, running: readonly Actor[]): Promise<void> {
  for (const operation of ["listWorkItems", "listBatches"] as const) {
    await addFault(platform.emulator, { operation, status: 200, body: { items: [] }, times: 0 });
  }
  await awaitLate(platform);
  const before = platform.items();
  await update(platform, running, { refresh: true, replace: [] });
  if (!isDeepStrictEqual(platform.items(), before)) {
    throw new Broken("an update to which nothing was listed changed work items");
  }
  await clearFaults(platform.emulator);
}

/** Lets people work on the open item of a slot, if there is one. */
async function letWork(
  platform: ChaosPlatform,
  actors: readonly Actor[],
  { stack, slot, act }: Work,
): Promise<void> {
  const name = actors[stack % actors.length]?.declaration.nameOf(slot);
  const item = platform.items().findLast((each) => each.name === name);
  if (item?.status === "NEW" && act !== "release") {
    await signal(platform, item, "start");
  }
  if (act === "complete" && (item?.status === "NEW" || item?.status === "IN_PROGRESS")) {
    await signal(platform, item, "complete");
  }
  if (act === "release" && item?.status === "IN_PROGRESS") {
    await signal(platform, item, "release");
  }
}

async function signal(
  { emulator }: ChaosPlatform,
  { id, projectId }: StandingItem,
  name: "start" | "complete" | "release" | "reopen" | "cancel",
): Promise<void> {
  const work = { taskType: "labeling", assignee: person, signalOutcome: "OK" } as const;
  await clientOf(emulator).signals.send(projectId, id, { signal: name, ...work });
}

/**
 * Updates one stack without a disturbance. If the update refuses a requested replacement, the user goes on without it.
 */
async function updateUndisturbed(
  platform: ChaosPlatform,
  actor: Actor,
): Promise<Outcome | undefined> {
  const wasReplacing = actor.toReplace.length > 0;
  const [outcome] = await update(platform, [actor], undisturbed);
  const isGivenUp = wasReplacing && actor.toReplace.length === 0 && outcome?.how !== "done";
  return isGivenUp ? (await update(platform, [actor], undisturbed))[0] : outcome;
}

/** Waits until late creations are carried out. */
async function awaitLate({ late }: ChaosPlatform): Promise<void> {
  await delay(late > 0 ? lateMs : 0);
}

/** Runs the last update without a disturbance, after which everything must be as declared. */
async function finish(platform: ChaosPlatform, actors: readonly Actor[]): Promise<void> {
  await awaitLate(platform);
  const stacks = actors.map(({ stack }) => stack);
  for (const actor of actors) {
    const outcome = await updateUndisturbed(platform, actor);
    const mayFail =
      blockers(platform.items(), actors).length + unclaimed(platform.items(), stacks).length > 0;
    if (outcome?.how !== "done" && !mayFail) {
      throw new Broken(`the undisturbed update failed: ${outcome?.message}`);
    }
  }
  // Updates refuse what may belong to another stack until people end it.
  const foreign = unclaimed(platform.items(), stacks);
  for (const item of foreign) {
    await signal(platform, item, "cancel");
  }
  // Work that must be kept is in the way until people give it back.
  const inTheWay = blockers(platform.items(), actors);
  for (const item of inTheWay) {
    await signal(platform, item, item.status === "COMPLETED" ? "reopen" : "release");
  }
  for (const actor of inTheWay.length + foreign.length > 0 ? actors : []) {
    const outcome = await updateUndisturbed(platform, actor);
    if (outcome?.how !== "done") {
      throw new Broken(`the last update failed: ${outcome?.message}`);
    }
  }
  for (const { declaration, stack } of actors) {
    checkDone(platform, declaration, stack);
  }
}
