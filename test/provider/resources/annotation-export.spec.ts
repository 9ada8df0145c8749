import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addFault,
  annotate,
  clientOf,
  requests,
  resetRequests,
} from "../../../harness/emulator.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { annotationExportLifecycle } from "../../../provider/resources/annotation-export.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { many, TestSet } from "../../support/work-item-sets.ts";

type Inputs = Parameters<typeof annotationExportLifecycle.create>[1];
type State = Parameters<typeof annotationExportLifecycle.update>[2];

describe("provider: AnnotationExport", () => {
  const test = useEmulator();
  let folder: string;
  let path: string;
  let set: TestSet;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-export-"));
    path = join(folder, "made", "annotations.json");
    set = await TestSet.begin(test.emulator);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const platform = () =>
    platformOf(test.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::export" });
  const box = (category: string) => ({ bbox: [1, 2, 3, 4], metadata: { category } });

  async function check(more: Plain = {}) {
    const news: Plain = { path, batchId: set.batchId, ...more };
    const defaults = { projectId: test.emulator.projectId, spaceId: undefined };
    const { inputs, failures } = await annotationExportLifecycle.check(news, {}, defaults);
    return { inputs: inputs as unknown as Inputs, reasons: failures.map(({ reason }) => reason) };
  }

  async function create(more?: Plain): Promise<State> {
    return (await annotationExportLifecycle.create(platform(), (await check(more)).inputs)).state;
  }

  const update = async (olds: State, more?: Plain): Promise<State> =>
    annotationExportLifecycle.update(platform(), "id", olds, (await check(more)).inputs);

  /** What a refresh finds missing, which the next update shows and does. */
  async function contents(state: State): Promise<string | undefined> {
    const found = await annotationExportLifecycle.read(platform(), "id", state);
    const { inputs } = await check();
    const isChanged = found?.inputs?.contents !== inputs.contents;
    assert.equal(annotationExportLifecycle.diff(found!.state, inputs).changed, isChanged);
    return isChanged ? found?.inputs?.contents : undefined;
  }

  const text = () => readFileSync(path, "utf8");
  const merged = () => JSON.parse(text());

  /** Has people finish the items of these keys. */
  async function finish(ids: Record<string, string>, ...keys: string[]): Promise<void> {
    await annotate(test.emulator, { workItemIDs: keys.map((key) => ids[key]!) });
  }

  it("writes what people finished, in the order of the keys", async () => {
    const items = {
      b: { labels: [box("bus"), box("car")] },
      a: { labels: [box("car")] },
      c: {},
    };
    const { ids } = (await set.create(items)).state;
    await finish(ids, "a", "b");
    await resetRequests(test.emulator);
    const state = await create();
    const { images, annotations, categories } = merged();
    assert.deepEqual(
      images.map((image: Plain) => [image.id, image.key, image.work_item_id, image.file_name]),
      [
        [1, "a", ids.a, "uploads/a.png"],
        [2, "b", ids.b, "uploads/b.png"],
      ],
    );
    assert.deepEqual(
      categories.map(({ name }: Plain) => name),
      ["car", "bus"],
    );
    assert.deepEqual(
      annotations.map(({ image_id, category_id, bbox }: Plain) => [image_id, category_id, bbox]),
      [
        [1, 1, [1, 2, 3, 4]],
        [2, 2, [1, 2, 3, 4]],
        [2, 1, [1, 2, 3, 4]],
      ],
    );
    assert.equal(state.sha256, createHash("sha256").update(text()).digest("hex"));
    assert.equal(state.size, text().length);
    assert.deepEqual(
      [state.imageCount, state.annotationCount, state.categories, state.finishedCount],
      [2, 3, ["car", "bus"], 2],
    );
    const sent = await requests(test.emulator);
    assert.deepEqual(sent.requests, {
      listWorkItems: 1,
      getAnnotation: 2,
      createReadUrls: 1,
      listBatches: 1,
    });
    assert.equal(sent.files.get, 2);
    assert.deepEqual(readdirSync(join(folder, "made")), ["annotations.json"]);
    assert.doesNotMatch(JSON.stringify(state) + text(), /signature|expires/i);
  });

  it("names each picture as its file or its URL is named, and no two alike", async () => {
    const query = "https://drive.example.com/uc?export=download&id=";
    const items = {
      "street/1.jpg": { file: "street/1.jpg" },
      two: { file: "street/2.jpg" },
      [`${query}1a`]: { assetUrl: `${query}1a` },
      [`${query}2b`]: { assetUrl: `${query}2b` },
      path: { assetUrl: "pictures/3.jpg" },
    };
    const [first, second] = [`uploads/${randomUUID()}`, `uploads/${randomUUID()}`];
    const uploads = { "street/1.jpg": first, "street/2.jpg": second };
    const { ids } = (await set.create(items, { uploads })).state;
    await finish(ids, ...Object.keys(items));
    await create();
    const seen = merged().images.map((image: Plain) => [image.file_name, image.key, image.asset]);
    const byName = new Map(seen.map(([name, ...others]: string[]) => [name, others]));
    assert.deepEqual(byName.get("street/1.jpg"), ["street/1.jpg", first]);
    assert.deepEqual(byName.get("street/2.jpg"), ["two", second]);
    assert.deepEqual(byName.get("pictures/3.jpg"), ["path", "pictures/3.jpg"]);
    const urls = seen.filter(([name]: string[]) => name?.startsWith("https:"));
    assert.equal(new Set(urls.map(([name]: string[]) => name)).size, 2);
    for (const [name, key, asset] of urls) {
      assert.match(name, /^https:\/\/drive\.example\.com\/uc#[0-9a-f]{8}$/);
      assert.deepEqual([key, asset], [name, "https://drive.example.com/uc"]);
    }
    assert.equal(byName.size, 5);
  });

  it("gives a category the same id in each file, in whichever order people finish", async () => {
    const items = Object.fromEntries(
      ["a", "b", "c"].map((key) => [key, { labels: [box(`of ${key}`)] }]),
    );
    const numbers = () =>
      Object.fromEntries(merged().categories.map(({ id, name }: Plain) => [name, id]));
    const { ids } = (await set.create(items)).state;
    await finish(ids, "c");
    const first = await create();
    await finish(ids, "a");
    rmSync(path);
    const second = await update(first);
    assert.deepEqual(numbers(), { "of c": 1, "of a": 2 });
    await finish(ids, "b");
    const last = await update(second, { categories: ["of b", "of nothing"] });
    assert.deepEqual(numbers(), { "of b": 1, "of nothing": 2, "of c": 3, "of a": 4 });
    assert.deepEqual(last.categories, ["of b", "of nothing", "of c", "of a"]);
    // A refresh knows what was declared.
    const found = await annotationExportLifecycle.read(platform(), "id", last);
    const { inputs } = await check({ categories: ["of b", "of nothing"] });
    assert.equal(annotationExportLifecycle.diff(found!.state, inputs).changed, false);
    const other = (await check({ categories: ["of nothing", "of b"] })).inputs;
    assert.equal(annotationExportLifecycle.diff(found!.state, other).changed, true);
  });

  it("has the categories of a manifest, with their ids and supercategories", async () => {
    const manifest = join(folder, "m.json");
    const categories = [
      { id: 90, name: "of b", supercategory: "all" },
      { id: 7, name: "of d" },
    ];
    writeFileSync(manifest, JSON.stringify({ images: [{ id: 1, file_name: "a" }], categories }));
    const items = { a: { labels: [box("of a"), box("of b")] } };
    const { ids } = (await set.create(items)).state;
    await finish(ids, "a");
    const state = await create({ manifest });
    assert.deepEqual(merged().categories, [
      { id: 90, name: "of b", supercategory: "all" },
      { id: 7, name: "of d", supercategory: "" },
      { id: 91, name: "of a", supercategory: "" },
    ]);
    assert.deepEqual(
      merged().annotations.map(({ category_id }: Plain) => category_id),
      [91, 90],
    );
    const before = text();
    await update(state, { manifest, triggers: [1] });
    assert.equal(text(), before);
    for (const [more, reason] of [
      [{ manifest, categories: ["a"] }, /categories and manifest say the same/],
      [{ categories: ["a", "b", "a"] }, /^categories has "a" twice$/],
      [{ categories: "a" }, /categories must be a list of names/],
      [{ manifest: join(folder, "none.json") }, /manifest \S+: there is no such file/],
    ] as const) {
      assert.match((await check(more)).reasons.join(), reason);
    }
  });

  it("has the items of a set by their keys, or of a list", async () => {
    const { ids } = (await set.create(many(3))).state;
    await finish(ids, "item-0", "item-2");
    const keys = () => merged().images.map(({ key }: Plain) => key);
    const one = {
      batchId: undefined,
      workItemIds: { renamed: ids["item-0"], open: ids["item-1"] },
    };
    const state = await create(one);
    assert.deepEqual(keys(), ["renamed"]);
    await update(state, { batchId: undefined, workItemIds: [ids["item-2"], ids["item-0"]] });
    assert.deepEqual(keys(), ["item-0", "item-2"]);
  });

  it("says where the batch comes from, and is as it should be when that changes alone", async () => {
    const { ids } = (await set.create({ a: {} })).state;
    await finish(ids, "a");
    const { client } = platform();
    const comeFrom = (commit: string) =>
      client.batches.update(test.emulator.projectId, set.batchId, {
        metadata: { owner: "vision", pulumiProvenanceCommit: commit },
      });
    await comeFrom("1a2b");
    const state = await create();
    assert.deepEqual(merged().info.provenance, { commit: "1a2b" });
    await comeFrom("3c4d");
    assert.equal(await contents(state), undefined);
    await update(state);
    assert.deepEqual(merged().info.provenance, { commit: "3c4d" });
  });

  it("fetches only what is new or changed, and gives the same bytes as from nothing", async () => {
    const { ids } = (await set.create(many(30, { labels: [box("car")] }))).state;
    await finish(ids, "item-3", "item-5", "item-7");
    const state = await create();
    assert.equal(await contents(state), undefined);

    await finish(ids, "item-4");
    const signal = { signal: "reopen", taskType: "labeling", signalOutcome: "OK" } as const;
    const { projectId } = test.emulator;
    await clientOf(test.emulator).signals.send(projectId, ids["item-5"]!, signal);
    await clientOf(test.emulator).signals.send(projectId, ids["item-7"]!, signal);
    await clientOf(test.emulator).workItems.setLabels(projectId, ids["item-7"]!, [box("bus")]);
    await finish(ids, "item-7");
    assert.match((await contents(state)) ?? "", /^older results: 2 of 3 finished work items/);

    await resetRequests(test.emulator);
    const updated = await update(state);
    assert.equal((await requests(test.emulator)).files.get, 2);
    assert.equal((await requests(test.emulator)).requests.getAnnotation, 2);
    assert.deepEqual(
      merged().images.map(({ key }: Plain) => key),
      ["item-3", "item-4", "item-7"],
    );
    const incremental = text();
    rmSync(path);
    await create();
    assert.equal(text(), incremental);

    await resetRequests(test.emulator);
    assert.equal((await update(updated)).sha256, updated.sha256);
    const { requests: sent } = await requests(test.emulator);
    assert.deepEqual(sent, { listWorkItems: 1, listBatches: 1 });
  });

  it("finds by two requests whether a batch has newer results", async () => {
    const { ids } = (await set.create(many(250))).state;
    await annotate(test.emulator, { batchIds: [Number(set.batchId)] });
    const state = await create();
    await finish(ids, "item-0");
    await resetRequests(test.emulator);
    assert.equal(await contents(state), undefined);
    assert.deepEqual((await requests(test.emulator)).requests, {
      listWorkItems: 1,
      listBatches: 1,
    });
  });

  it("makes a file that was deleted or edited again", async () => {
    const { ids } = (await set.create(many(2))).state;
    await finish(ids, "item-0", "item-1");
    const state = await create();
    const whole = text();
    for (const [spoil, said] of [
      [() => rmSync(path), "the file is gone"],
      [() => writeFileSync(path, whole.replace("item-0", "item-9")), "the file was changed"],
    ] as const) {
      spoil();
      assert.equal(await contents(state), said);
      await resetRequests(test.emulator);
      await update(state);
      assert.equal(text(), whole);
      assert.equal((await requests(test.emulator)).files.get, 2);
    }
  });

  it("names the items whose files are no results, and writes nothing", async () => {
    const { ids } = (await set.create(many(5))).state;
    await finish(ids, "item-0", "item-1", "item-2");
    await addFault(test.emulator, { operation: "getFile", status: 200, body: { images: 1 } });
    await addFault(test.emulator, { operation: "getFile", status: 404, skip: 1 });
    const { message } = await errorOf(create(), Refusal);
    assert.match(message, /^the results of 2 of 3 finished work items were not fetched: /);
    assert.match(
      message,
      /"item-\d \([0-9a-f-]{36}\)": the annotation file is not COCO: images must/,
    );
    assert.match(message, /"item-\d \([0-9a-f-]{36}\)": GET http:\/\/[^ ]* answered 404/);
    assert.doesNotMatch(message, /signature|\?|\n/);
    assert.deepEqual(readdirSync(join(folder, "made")), []);
  });

  it("leaves out what was finished without an annotation, and says so", async () => {
    const { ids } = (await set.create(many(2))).state;
    await finish(ids, "item-0");
    await set.signal(ids["item-1"], "start");
    await clientOf(test.emulator).signals.send(test.emulator.projectId, ids["item-1"]!, {
      signal: "complete",
      taskType: "labeling",
      signalOutcome: "OK",
    });
    const { warned, ...others } = platform();
    await annotationExportLifecycle.create(
      { ...others, warn: (line) => warned.push(line) },
      (await check()).inputs,
    );
    assert.deepEqual(warned, [
      `finished without an annotation, and so not in the file: item-1 (${ids["item-1"]})`,
    ]);
    assert.equal(merged().images.length, 1);
  });

  it("asks for a new URL where one expired", async () => {
    const { ids } = (await set.create(many(1))).state;
    await finish(ids, "item-0");
    await addFault(test.emulator, { operation: "getFile", status: 403 });
    await create();
    assert.equal((await requests(test.emulator)).requests.createReadUrls, 2);
    assert.equal(merged().images.length, 1);
  });

  it("stops at what all requests would meet", async () => {
    const { ids } = (await set.create(many(200))).state;
    await finish(ids, ...Object.keys(ids));
    await resetRequests(test.emulator);
    await addFault(test.emulator, { operation: "getAnnotation", status: 401, times: 0 });
    const { message } = await errorOf(create(), Refusal);
    assert.match(message, /answered 401/);
    assert.ok((await requests(test.emulator)).requests.getAnnotation! <= 32);
  });

  it("keeps the query of an asset's URL to itself", async () => {
    const { ids } = (await set.create({ a: { assetUrl: "https://p.example/1.jpg?sig=secret" } }))
      .state;
    await finish(ids, "a");
    await create();
    const url = "https://p.example/2.jpg?sig=secret";
    const byUrl = await set.create({ [url]: { assetUrl: url } });
    await finish(byUrl.state.ids, url);
    await create({ workItemIds: { ...ids, ...byUrl.state.ids } });
    assert.deepEqual(
      merged().images.map((image: Plain) => [image.key, image.file_name]),
      [
        ["a", "https://p.example/1.jpg"],
        ["https://p.example/2.jpg", "https://p.example/2.jpg"],
      ],
    );
    assert.doesNotMatch(text(), /secret/);
  });

  it("keeps the file when it is destroyed, and says so", async () => {
    const state = await create();
    const on = platform();
    await annotationExportLifecycle.delete(on, "id", state);
    assert.match(on.told.join(), /annotations\.json is kept/);
    assert.equal(merged().images.length, 0);
  });
});
