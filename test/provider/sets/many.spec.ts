import assert from "node:assert/strict";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { isAll } from "../../support/tier.ts";
import { checkSet, many, useTestSet } from "../../support/work-item-sets.ts";

const size = isAll ? 5_000 : 500;
const files = isAll ? 100_000 : 20_000;
const labels = [{ bbox: [1, 2, 3, 4] }];

// What is quadratic does not come to its end within the runner's limit.
describe("provider: sets: many items", function () {
  this.timeout(isAll ? 180_000 : 60_000);
  const test = useTestSet();

  it(`${size} items live through create, refresh, update and destroy`, async () => {
    const { set } = test;
    const news = await set.inputs(many(size));
    const { state } = await workItemSetLifecycle.create(set.platform(), news);
    assert.deepEqual(await set.sent(), { createWorkItem: size, listWorkItems: 1 });
    await set.expectLive(state, ...Object.keys(news.items));

    await set.reset();
    const found = await set.read(state);
    assert.deepEqual(await set.sent(), { listWorkItems: size / 100 + 1 });
    assert.deepEqual(workItemSetLifecycle.diff(found.state, news), {
      changed: false,
      replaces: [],
    });

    await set.reset();
    const later = new Date(Date.parse(state.appliedAt!) + 3_600_000).toISOString();
    const items = { ...many(size), "item-7": { difficulty: 1 }, "item-8": { labels } };
    const updated = await set.update({ ...found.state, appliedAt: later }, items);
    assert.deepEqual(await set.sent(), {
      createWorkItem: 1,
      // What is there, the status before the signal, and the one after it.
      listWorkItems: 3,
      setLabels: 1,
      signalWorkItems: 1,
    });

    await set.reset();
    await set.delete(updated);
    assert.deepEqual(await set.sent(), {
      listWorkItems: (2 * size) / 100,
      signalWorkItems: size / 100,
    });
    assert.deepEqual(await set.live(), {});
  });

  it(`${files} items with files are checked and compared`, async () => {
    const keys = Array.from({ length: files }, (_, index) => `photo-${index}.png`);
    const uploads = Object.fromEntries(keys.map((key) => [key, `uploads/${key}`]));
    const items = Object.fromEntries(keys.map((file) => [file, { file }]));
    const projectId = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    const { inputs, failures } = await checkSet(projectId, { items, uploads });
    assert.deepEqual(failures, []);
    const olds = {
      ...inputs,
      ids: Object.fromEntries(keys.map((key) => [key, key])),
      paths: uploads,
      statusOf: { [keys[0]!]: "IN_PROGRESS" },
      statuses: {},
    } as unknown as Parameters<typeof workItemSetLifecycle.diff>[0];
    const news = { ...olds, uploads: { ...uploads, [keys[0]!]: "uploads/new" } };
    const { changed, warning } = workItemSetLifecycle.diff(olds, news);
    assert.equal(changed, true);
    assert.match(`${warning}`, /^people's work would be lost: "photo-0\.png" \(IN_PROGRESS\), /);
  });
});
