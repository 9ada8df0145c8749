import assert from "node:assert/strict";
import { once } from "node:events";
import { type BatchStatus, ProjectLook } from "../../../cli/status/look.ts";
import { annotate, clientOf, requests, resetRequests } from "../../../harness/emulator.ts";
import { run, start } from "../../cli/support.ts";
import { useEmulator } from "../../support/emulator.ts";

describe("aidp status: a look", () => {
  const test = useEmulator();

  it("misses no change that is made while it is under way", async () => {
    const { emulator } = test;
    const client = clientOf(emulator);
    const ids: string[] = [];
    for (let index = 0; index < 101; index += 1) {
      const asset = { assetUrl: `${index}.jpg`, assetType: "image" };
      ids.push((await client.workItems.create(emulator.projectId, asset)).id);
    }
    const look = new ProjectLook(client, emulator.projectId);
    const list = client.workItems.list.bind(client.workItems);
    // Once the first page is there, one of its items is finished, and after that one of the next page changes.
    client.workItems.list = async function* (projectId, filter) {
      for await (const item of list(projectId, filter)) {
        if (item.id === ids[0] && item.status === "NEW") {
          await annotate(emulator, { workItemIDs: [ids[0]] });
          await client.workItems.setLabels(projectId, ids[100]!, [{ bbox: [1, 2, 3, 4] }]);
        }
        yield item;
      }
    };
    await look.now();
    const [{ total, completed, new: open }] = (await look.now()) as [BatchStatus];
    assert.deepEqual({ total, completed, open }, { total: 101, completed: 1, open: 100 });
  });
});

describe("aidp status", () => {
  const test = useEmulator();
  let batchId: string;
  before(async function () {
    this.timeout(60_000);
    const { emulator } = test;
    const client = clientOf(emulator);
    ({ id: batchId } = await client.batches.create(emulator.projectId, { name: "signs-2026-12" }));
    const made: string[] = [];
    for (let index = 0; index < 150; index += 1) {
      const { id } = await client.workItems.create(emulator.projectId, {
        assetUrl: `signs/${index}.jpg`,
        assetType: "image",
        batchId,
        dueInSeconds: index === 0 ? 1 : 86_400,
      });
      made.push(id);
    }
    const [begun, cancelled, finished] = [made.slice(10, 13), made.slice(20, 25), made.slice(50)];
    for (const [signal, ids] of [
      ["start", begun],
      ["cancel", cancelled],
    ] as const) {
      const workItems = ids.map((workItemID) => ({ workItemID }));
      await client.signals.sendMany(emulator.projectId, signal, workItems);
    }
    await annotate(emulator, { workItemIDs: finished });
    await passed(made[0]!);
  });

  /** Waits until the deadline of an item is over. */
  async function passed(id: string): Promise<void> {
    const item = await clientOf(test.emulator).workItems.find(test.emulator.projectId, id);
    const due = Date.parse(item!.createdAt!) + 1_000;
    while (Date.now() <= due) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const expected = {
    name: "signs-2026-12",
    total: 150,
    completed: 100,
    inProgress: 3,
    new: 42,
    other: 5,
    overdue: 1,
    percent: 68,
  };

  it("counts the work of each batch", async () => {
    const { code, stdout, stderr } = await run(test.emulator, "status", "--json");
    assert.equal(code, 0, stderr);
    const [first, second, ...others] = JSON.parse(stdout) as BatchStatus[];
    const { nextDeadline, ...counts } = first!;
    assert.deepEqual(counts, { batchId, ...expected });
    assert.ok(Date.parse(nextDeadline!) < Date.now());
    assert.equal(second?.name, "Default");
    assert.deepEqual(others, []);
  });

  it("says the same of a batch where only that one is asked for", async () => {
    const { stdout } = await run(test.emulator, "status", "--json", "--batch", "signs-2026-12");
    const [{ nextDeadline: _, ...counts }] = JSON.parse(stdout) as [BatchStatus];
    assert.deepEqual(counts, { batchId, ...expected });
  });

  it("shows a table without colours where there is no terminal", async () => {
    const { stdout } = await run(test.emulator, "status", "--batch", batchId);
    const lines = stdout.trimEnd().split("\n");
    assert.match(
      lines[0]!,
      /^batch +progress +completed +in progress +new +overdue +other +next deadline$/,
    );
    assert.match(
      lines.at(-1)!,
      /^signs-2026-12 {2}█{13}░{7} {2}68 % +100 of 145 +3 +42 +1 +5 {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
    );
    assert.ok(!stdout.includes("\x1b"));
  });

  it("shows which pictures are open, those with the nearest deadline first", async () => {
    const { stdout } = await run(test.emulator, "status", "--batch", batchId, "--items");
    const lines = stdout.trimEnd().split("\n").slice(3);
    assert.match(lines[0]!, /^Open in signs-2026-12$/);
    assert.match(lines[1]!, /^picture +status +deadline +work item$/);
    assert.match(lines[2]!, /^signs\/0\.jpg +new +\d{4}-\d\d-\d\d \d\d:\d\d UTC, overdue +\S+$/);
    const begun = lines
      .filter((line) => / in progress /.test(line))
      .map((line) => line.split(" ")[0]);
    assert.deepEqual(begun.sort(), ["signs/10.jpg", "signs/11.jpg", "signs/12.jpg"]);
    assert.equal(lines.length, 2 + 45);
    const { stdout: json } = await run(test.emulator, "status", "--json", "--items");
    const [{ items = [] }] = JSON.parse(json) as [BatchStatus];
    assert.deepEqual([items.length, items[0]?.name], [45, "signs/0.jpg"]);
  });

  it("says which batches there are where the one that is asked for is not", async () => {
    const { code, stderr } = await run(test.emulator, "status", "--batch", "sings");
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'error: --batch "sings" is no batch of the project; it has "signs-2026-12", "Default"\n',
    );
  });

  for (const option of ["--project", "--space"]) {
    it(`refuses ${option} that is no UUID under its own name`, async () => {
      const { code, stderr } = await run(test.emulator, "status", option, "signs");
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^error: ${option} must be a UUID, got "signs" .*\n$`));
    });
  }

  it("says in one line that the key is refused", async () => {
    const { code, stderr } = await run(test.emulator, { AIDP_API_KEY: "wrong" }, "status");
    assert.equal(code, 1);
    assert.match(stderr, /^error: GET \S+ answered 401.*Check the setting aidp:apiKey.*\n$/);
  });

  it("is live with --watch, asks only for what changed, and ends with Ctrl-C", async () => {
    const child = start(test.emulator, "status", "--watch", "--interval", "0", "--json");
    const looks = child.lines(
      (line) => (JSON.parse(line) as BatchStatus[]).find((batch) => batch.batchId === batchId)!,
    );
    // The first two list all that is open, the next two also what was finished after the last change of that.
    for (const _ of [1, 2, 3, 4]) {
      assert.equal((await looks.next()).value?.completed, 100);
    }
    await resetRequests(test.emulator);
    await annotate(test.emulator, { batchIds: [Number(batchId)] });
    for await (const { completed, new: left } of looks) {
      if (completed === 145 && left === 0) {
        break;
      }
    }
    // 45 items changed: a page.
    const { listWorkItems = 0, listBatches = 0 } = (await requests(test.emulator)).requests;
    assert.ok(listWorkItems <= listBatches + 1, `${listWorkItems} pages in ${listBatches} looks`);
    child.process.kill("SIGINT");
    assert.deepEqual(await once(child.process, "exit"), [0, null]);
  });
});
