import assert from "node:assert/strict";
import {
  addFault,
  annotate,
  clientOf,
  requests,
  resetRequests,
} from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { AuthenticationError } from "../../../provider/api/errors.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { batchCompletionLifecycle } from "../../../provider/resources/batch-completion.ts";
import { BatchOfItems, checked, reasonsOf } from "../../support/batch-of-items.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { isAll } from "../../support/tier.ts";

type Inputs = Parameters<typeof batchCompletionLifecycle.create>[1];
type State = Parameters<typeof batchCompletionLifecycle.update>[2];

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

describe("provider: BatchCompletion", () => {
  const test = useEmulator();
  const inputs = (news: Plain) =>
    checked<Inputs>(batchCompletionLifecycle, test.emulator, { pollSeconds: 0.01, ...news });
  const sent = async () => (await requests(test.emulator)).requests;
  const finish = (ids: string[], outcome: "OK" | "NOT_OK" = "OK") =>
    annotate(test.emulator, { workItemIDs: ids, outcome });

  /** A wait, and what it shows; `onStatus` is called with each line. */
  function watched(onStatus: (line: string, number: number) => unknown, client?: Client) {
    const lines: string[] = [];
    const platform = platformOf(test.emulator, {
      owner: "urn:pulumi:dev::labeling::aidp:BatchCompletion::done",
      ...(client && { client }),
    });
    return {
      ...platform,
      lines,
      status: (line: string) => {
        lines.push(line);
        void onStatus(line, lines.length);
      },
    };
  }
  const unwatched = () => watched(() => {});
  const create = async (news: Plain, platform = unwatched()) =>
    batchCompletionLifecycle.create(platform, await inputs(news));

  it("ends at once where all are completed, with one request", async () => {
    const batch = await BatchOfItems.create(test.emulator, 3);
    await finish(batch.ids);
    await resetRequests(test.emulator);
    const platform = unwatched();
    const { id, state } = await create({ batchId: batch.batchId }, platform);
    assert.deepEqual(await sent(), { listBatches: 1 });
    assert.match(id, new RegExp(`^${test.emulator.projectId}/[0-9a-f]{32}$`));
    const { totalCount, completedCount, failedCount } = state;
    assert.deepEqual([totalCount, completedCount, failedCount], [3, 3, 0]);
    assert.ok(Date.parse(state.reachedAt) > 0);
    assert.deepEqual(platform.lines, []);
    assert.deepEqual(platform.told, ["done: 3 of 3 work items completed (100 %), 0 open"]);
  });

  for (const by of ["batchId", "workItemIds"]) {
    const which = ({ batchId, ids }: BatchOfItems): Plain =>
      by === "batchId" ? { batchId } : { workItemIds: Object.fromEntries(ids.entries()) };

    it(`waits until people have finished, by ${by}, and shows how far they are`, async () => {
      const batch = await BatchOfItems.create(test.emulator, 4);
      const platform = watched(async (_line, number) => {
        if (number <= 4) {
          await finish([batch.ids[number - 1]!]);
        }
      });
      const { state } = await create(which(batch), platform);
      assert.deepEqual(await batch.lives(), Array(4).fill("COMPLETED start complete"));
      assert.equal(state.completedCount, 4);
      assert.match(
        platform.lines[0] ?? "",
        /^done: 0 of 4 work items completed \(0 %\), 4 open, looks again in \d+ s$/,
      );
      assert.ok(platform.lines.length >= 2);
    });

    it(`leaves out those that are FAILED, by ${by}`, async () => {
      const batch = await BatchOfItems.create(test.emulator, 5);
      await finish(batch.ids.slice(0, 3));
      await finish(batch.ids.slice(3, 4), "NOT_OK");
      const platform = watched((_line, number) => number === 1 && batch.signal(4, "cancel"));
      const { state } = await create(which(batch), platform);
      const { totalCount, completedCount, failedCount } = state;
      assert.deepEqual([totalCount, completedCount, failedCount], [5, 3, 2]);
      assert.match(
        platform.lines[0] ?? "",
        /^done: 3 of 4 work items completed \(75 %\), 1 open, 1 FAILED and left out, looks/,
      );
    });

    it(`counts them where that is asked for, by ${by}`, async () => {
      const batch = await BatchOfItems.create(test.emulator, 4);
      await finish(batch.ids.slice(0, 3));
      await finish(batch.ids.slice(3), "NOT_OK");
      const news = { ...which(batch), countFailed: true, timeoutMinutes: 0.001 };
      const { message } = await errorOf(create(news), Refusal);
      assert.match(message, /^3 of 4 work items completed \(75 %\), 0 open, 1 FAILED: 100 %/);
      const { state } = await create({ ...news, percent: 75 });
      assert.equal(state.completedCount, 3);
    });
  }

  it("is content with so many percent, and not with fewer", async () => {
    const batch = await BatchOfItems.create(test.emulator, 20);
    await finish(batch.ids.slice(0, 18));
    const news = { batchId: batch.batchId, percent: 95 };
    const platform = watched((_line, number) => number === 2 && finish([batch.ids[18]!]));
    const { state } = await create(news, platform);
    assert.ok(platform.lines.length >= 2);
    assert.equal(state.completedCount, 19);
  });

  it("says how far it was when the time is up, and goes on waiting in the next update", async () => {
    const batch = await BatchOfItems.create(test.emulator, 4);
    await finish(batch.ids.slice(0, 1));
    const news = { batchId: batch.batchId, percent: 50, timeoutMinutes: 0.001 };
    const { message } = await errorOf(create(news), Refusal);
    assert.equal(
      message,
      "1 of 4 work items completed (25 %), 3 open: 50 % were not reached in 0.001 minutes. Run the update again to go on waiting, or give timeoutMinutes more",
    );
    await finish(batch.ids.slice(1, 2));
    const { state } = await create(news);
    assert.equal(state.completedCount, 2);
  });

  it("refuses a batch that stays empty, and says the way out", async () => {
    const { batchId } = await BatchOfItems.create(test.emulator, 0);
    await resetRequests(test.emulator);
    const { message } = await errorOf(create({ batchId }), Refusal);
    assert.equal(
      message,
      `batch ${batchId} has no work items to wait for: name the resources that make them in dependsOn, or remove the wait`,
    );
    assert.deepEqual(await sent(), { listBatches: 3 });
  });

  it("does not take an empty batch, or one that is cancelled, for completed", async () => {
    const batch = await BatchOfItems.create(test.emulator, 0);
    const platform = watched(async (line, number) => {
      if (number === 1) {
        assert.match(line, /0 of 0 work items completed \(0 %\), 0 open/);
        await batch.add();
        await batch.signal(0, "cancel");
        await batch.add();
        await finish(batch.ids);
      }
    });
    // Its first item comes before the third look.
    const { state } = await create({ batchId: batch.batchId, pollSeconds: 0.5 }, platform);
    assert.deepEqual([state.totalCount, state.completedCount], [2, 1]);
  });

  it("tells of work items that are not there", async () => {
    const batch = await BatchOfItems.create(test.emulator, 1);
    await finish(batch.ids);
    const news = { workItemIds: [...batch.ids, uuid], timeoutMinutes: 0.001 };
    const { message } = await errorOf(create(news), Refusal);
    assert.match(message, /1 open, 1 of the open not found in the project: 100 % were not/);
  });

  it("refuses a batch that is not in the project", async () => {
    const { message } = await errorOf(create({ batchId: 999_999 }), Refusal);
    assert.equal(message, `batchId 999999 is not a batch of project ${test.emulator.projectId}`);
  });

  it("looks less often while nothing moves, and more often as something does", async function () {
    if (!isAll) {
      this.skip();
    }
    const batch = await BatchOfItems.create(test.emulator, 3);
    const seconds: number[] = [];
    const clock = { pollSeconds: 0.4 };
    const platform = watched(async (line, number) => {
      seconds.push(Number(/looks again in (\S+) s/.exec(line)?.[1]));
      if (number === 4) {
        await finish(batch.ids.slice(0, 1));
      }
      if (number === 5) {
        await finish(batch.ids);
      }
    });
    await create({ batchId: batch.batchId, ...clock }, platform);
    assert.equal(seconds.length, 5);
    assert.ok(seconds[3]! > seconds[0]!, `${seconds} grows`);
    assert.ok(seconds[4]! < seconds[3]!, `${seconds} shrinks`);
  });

  it("goes on while the platform is down, and fails where the key is wrong", async () => {
    const batch = await BatchOfItems.create(test.emulator, 1);
    await finish(batch.ids);
    await addFault(test.emulator, {
      operation: "listBatches",
      status: 200,
      body: { not: "a page" },
    });
    const platform = unwatched();
    await create({ batchId: batch.batchId }, platform);
    assert.match(
      platform.lines.join(),
      /^done: not known how many are completed, looks again in \d+ s; GET .* answered without a usable "items"/,
    );
    const wrong = watched(() => {}, clientOf(test.emulator, "wrong"));
    await errorOf(create({ batchId: batch.batchId }, wrong), AuthenticationError);
  });

  it("ends at once when the update is cancelled", async () => {
    const batch = await BatchOfItems.create(test.emulator, 2);
    await finish(batch.ids.slice(0, 1));
    const stop = new AbortController();
    const { url, apiKey } = test.emulator;
    const client = new Client({ apiKey, baseUrl: url, signal: stop.signal });
    const platform = watched(() => setImmediate(() => stop.abort()), client);
    // Without the cancellation, the next look would be in five minutes.
    const news = { batchId: batch.batchId, pollSeconds: 300 };
    const { message } = await errorOf(create(news, platform), Refusal);
    const said =
      "the wait was cancelled: 1 of 2 work items completed (50 %), 1 open. Run the update again to go on waiting";
    assert.equal(message, said);
  });

  it("stays reached, whatever becomes of the items, until it is declared otherwise", async () => {
    const batch = await BatchOfItems.create(test.emulator, 1);
    await finish(batch.ids);
    const news = { batchId: batch.batchId, triggers: ["1"] };
    const { id, state } = await create(news);
    await batch.add();
    await resetRequests(test.emulator);
    assert.deepEqual(await batchCompletionLifecycle.read(unwatched(), id, state), { state });
    await batchCompletionLifecycle.delete(unwatched(), id, state);
    assert.deepEqual(await sent(), {});

    const difference = async (more: Plain) =>
      batchCompletionLifecycle.diff(state, await inputs({ ...news, ...more }));
    const none = { changed: false, replaces: [] };
    assert.deepEqual(await difference({}), none);
    assert.deepEqual(await difference({ timeoutMinutes: 1, pollSeconds: 7 }), none);
    assert.deepEqual(await difference({ percent: 50 }), { changed: true, replaces: [] });
    assert.deepEqual(await difference({ countFailed: true }), { changed: true, replaces: [] });
    const replaced = { changed: true, replaces: ["triggers"] };
    assert.deepEqual(await difference({ triggers: ["2"] }), replaced);

    // Waits anew, and so finds the item that came later.
    const later = await inputs({ ...news, percent: 50 });
    const updated = await batchCompletionLifecycle.update(unwatched(), id, state, later);
    assert.deepEqual([updated.totalCount, updated.completedCount], [2, 1]);
    assert.equal(batchCompletionLifecycle.diff(updated as State, later).changed, false);
  });

  const either = "batchId or workItemIds must be given, and not both";
  const bad: [Plain, string][] = [
    [{}, either],
    [{ batchId: 7, workItemIds: [uuid] }, either],
    [{ batchId: 7, percent: 0 }, "percent must be between 1 and 100, got 0"],
    [{ batchId: 7, percent: 99.5 }, "percent must be a whole number between 1 and 100, got 99.5"],
    [
      { batchId: 7, timeoutMinutes: 0 },
      "timeoutMinutes must be a number between 0.0001 and 43200 (30 days), got 0",
    ],
    [
      { batchId: 7, timeoutMinutes: "1h" },
      'timeoutMinutes must be a number between 0.0001 and 43200 (30 days), got "1h"',
    ],
    [
      { batchId: 7, pollSeconds: 301 },
      "pollSeconds must be a number between 0.01 and 300, got 301",
    ],
    [{ batchId: 7, countFailed: "no" }, 'countFailed must be true or false, got "no"'],
    [{ workItemIds: {} }, "workItemIds must name a work item: there would be nothing to wait for"],
    [{ workItemIds: [uuid, uuid] }, `workItemIds has "${uuid}" more than once: name each once`],
    [
      { workItemIds: ["x"] },
      `workItemIds[0] must be a work item's workItemId (a UUID) or id (<projectId>/<workItemId>), got "x"`,
    ],
  ];
  for (const [news, reason] of bad) {
    it(`says "${reason}" of ${JSON.stringify(news)}`, async () => {
      assert.deepEqual(await reasonsOf(batchCompletionLifecycle, news), [reason]);
    });
  }

  it("takes what is not known yet", async () => {
    const news = { workItemIds: unknown, percent: unknown, triggers: [unknown] };
    assert.deepEqual(await reasonsOf(batchCompletionLifecycle, news), []);
    assert.deepEqual(await reasonsOf(batchCompletionLifecycle, { batchId: unknown }), []);
  });
});
