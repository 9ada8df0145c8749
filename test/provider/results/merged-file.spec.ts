import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFingerprint } from "../../../provider/disk/local-file.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Category, DeclaredCategory } from "../../../provider/manifests/categories.ts";
import { readManifest } from "../../../provider/manifests/manifest.ts";
import { EarlierFile } from "../../../provider/results/earlier-file.ts";
import type { FinishedItem } from "../../../provider/results/finished.ts";
import { parseCoco } from "../../../provider/results/item-coco.ts";
import { type Result, writeMerged } from "../../../provider/results/merged-file.ts";
import { errorOf } from "../../support/errors.ts";

interface Written {
  info: { contributor: string };
  images: Record<string, unknown>[];
  annotations: Record<string, unknown>[];
  categories: Record<string, unknown>[];
}

describe("provider: results merged into one file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-merged-"));
    path = join(folder, "merged.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const item = (key: string, more: Partial<FinishedItem> = {}): FinishedItem => ({
    id: `id-of-${key}`,
    key,
    asset: `uploads/${key}`,
    name: `photos/${key}.jpg`,
    updatedAt: "2026-11-01T00:00:00Z",
    ...more,
  });

  /** The file of one item: a box for each category, with ids of its own. */
  const coco = (names: string[], more: object = {}): string =>
    JSON.stringify({
      images: [{ id: 7, file_name: "x", width: 640, height: 480 }],
      annotations: names.map((_, index) => ({
        id: 70 + index,
        image_id: 7,
        category_id: 9 - index,
        bbox: [index, 1, 2, 3],
      })),
      categories: names.map((name, index) => ({ id: 9 - index, name, supercategory: "" })),
      ...more,
    });

  async function* each(results: Result[]) {
    yield* results;
  }

  async function merge(items: [FinishedItem, string][]): Promise<Written> {
    await writeMerged(path, each(items.map(([item, text]) => ({ item, coco: parseCoco(text) }))));
    return JSON.parse(readFileSync(path, "utf8"));
  }

  it("counts images and annotations anew, and makes categories of one name one", async () => {
    const merged = await merge([
      [item("a"), coco(["car", "bus"])],
      [item("b"), coco(["bus", "car", "tram"])],
    ]);
    assert.deepEqual(
      merged.categories.map(({ id, name }) => [id, name]),
      [
        [1, "car"],
        [2, "bus"],
        [3, "tram"],
      ],
    );
    assert.deepEqual(
      merged.annotations.map(({ id, image_id, category_id }) => [id, image_id, category_id]),
      [
        [1, 1, 1],
        [2, 1, 2],
        [3, 2, 2],
        [4, 2, 1],
        [5, 2, 3],
      ],
    );
    assert.deepEqual(merged.images[1], {
      id: 2,
      file_name: "photos/b.jpg",
      width: 640,
      height: 480,
      asset: "uploads/b",
      work_item_id: "id-of-b",
      key: "b",
      updated_at: "2026-11-01T00:00:00Z",
      category_set: 1,
    });
  });

  it("gives categories the ids that are declared, and those of before", async () => {
    const numbered = async (
      declared: DeclaredCategory[],
      earlier: Category[],
      ...names: string[]
    ) => {
      const result = { item: item("a"), coco: parseCoco(coco(names)) };
      const { numbering } = await writeMerged(path, each([result]), { declared, earlier });
      const { categories } = JSON.parse(readFileSync(path, "utf8")) as Written;
      assert.deepEqual(
        categories,
        numbering.map((one) => ({ supercategory: "", ...one })),
      );
      return numbering.map(({ id, name }) => `${id} ${name}`).join(", ");
    };
    const declared = [
      { id: 7, name: "car", supercategory: "vehicle" },
      { id: 3, name: "bus" },
    ];
    assert.equal(await numbered(declared, [], "tram", "bus"), "7 car, 3 bus, 8 tram");
    const earlier = [
      { id: 7, name: "car" },
      { id: 3, name: "bus" },
      { id: 8, name: "tram" },
      { id: 9, name: "boat" },
    ];
    // What nobody has now keeps its id, because it may come back.
    assert.equal(
      await numbered(declared, earlier, "ship", "boat"),
      "7 car, 3 bus, 8 tram, 9 boat, 10 ship",
    );
    assert.equal(
      await numbered([{ id: 8, name: "van" }], earlier),
      "8 van, 7 car, 3 bus, 10 tram, 9 boat",
    );
    // Without the list, which had said what it belongs to, a category is the same, unless several are called so.
    const listed = [{ id: 7, name: "car", supercategory: "vehicle" }];
    assert.equal(await numbered([], listed, "car", "bus"), "7 car, 8 bus");
    const toy = { id: 8, name: "car", supercategory: "toy" };
    assert.equal(await numbered([], [...listed, toy], "car"), "7 car, 8 car, 9 car");
    // Those of no list, which come and go with their pictures, take no id that another one has.
    const found = [{ name: "ant" }, { name: "boat" }, { name: "car" }];
    assert.equal(await numbered(found, [], "tram", "boat"), "1 ant, 2 boat, 3 car, 4 tram");
    assert.equal(
      await numbered(found, earlier, "tram", "ant"),
      "7 car, 3 bus, 8 tram, 9 boat, 10 ant",
    );
    await numbered([{ id: 8, name: "van" }], earlier);
    assert.deepEqual(
      await EarlierFile.categoriesOf(path).then((all) => all.map(({ id }) => id)),
      [8, 7, 3, 10, 9],
    );
    assert.deepEqual(await EarlierFile.categoriesOf(join(folder, "none.json")), []);
  });

  it("keeps categories of one name apart where their supercategories differ", async () => {
    const with_ = (supercategory: string | null) =>
      coco(["bat"], { categories: [{ id: 9, name: "bat", supercategory }] });
    const { categories } = await merge([
      [item("a"), with_("animal")],
      [item("b"), with_("tool")],
      [item("c"), with_(null)],
      [item("d"), with_("")],
    ]);
    assert.deepEqual(
      categories.map(({ supercategory }) => supercategory),
      ["animal", "tool", ""],
    );
  });

  it("reads ids beyond what a number holds, and tells them apart", async () => {
    const { annotations } = await merge([
      [
        item("a"),
        `{"images":[{"id":9007199254740992,"file_name":"x"}],
          "annotations":[{"id":1,"image_id":9007199254740992,"category_id":9007199254740993,"track":9007199254740993}],
          "categories":[{"id":9007199254740992,"name":"no"},{"id":9007199254740993,"name":"yes"}]}`,
      ],
    ]);
    assert.deepEqual(annotations[0], {
      id: 1,
      image_id: 1,
      category_id: 2,
      track: "9007199254740993",
    });
  });

  it("is a COCO file without anything where nothing is finished", async () => {
    const { images, annotations, categories } = await merge([]);
    assert.deepEqual([images, annotations, categories], [[], [], []]);
  });

  it("takes any name as it is", async () => {
    const names = ["__proto__", "constructor", 'a"b', "line\nbreak", "\u2028", "日本", "],"];
    const { images, categories } = await merge(
      names.map((name) => [item(name, { name }), coco([name])]),
    );
    assert.deepEqual(
      images.map(({ key, file_name }) => [key, file_name]),
      names.map((name) => [name, name]),
    );
    assert.deepEqual(
      categories.map(({ name }) => name),
      names,
    );
  });

  it("is read as a manifest by a set", async () => {
    await merge([[item("a"), coco(["car"])]]);
    const items = new Map(await Array.fromAsync(readManifest(path)));
    assert.deepEqual(items.get("photos/a.jpg")?.labels, [
      { bbox: [0, 1, 2, 3], metadata: { category: "car" } },
    ]);
  });

  for (const [title, text, message] of [
    ["no JSON", "{", /^the annotation file is not JSON$/],
    ["no images", "{}", /not COCO: images must be a list$/],
    ["an empty list of images", '{"images":[]}', /images must not be empty$/],
    [
      "a box of three numbers",
      coco(["car"], { annotations: [{ image_id: 7, bbox: [1, 2, 3] }] }),
      /annotations\.0\.bbox must be 4 numbers$/,
    ],
    [
      "an annotation of another image",
      coco([], { annotations: [{ image_id: 8 }] }),
      /that is not there$/,
    ],
    [
      "an annotation of no category",
      coco([], { annotations: [{ image_id: 7, category_id: 1 }] }),
      /that is not there$/,
    ],
    ["an id twice", '{"images":[{"id":1},{"id":"1"}]}', /is there twice$/],
  ] as const) {
    it(`refuses ${title}`, () => {
      assert.throws(() => parseCoco(text), { name: "Refusal", message });
    });
  }

  it("gives an unchanged item from the file as it was, so that the bytes are the same", async () => {
    // The second file has a category that no annotation uses, and several images.
    const sequence = coco([], {
      images: [
        { id: "x", file_name: "1.jpg" },
        { id: "y", file_name: "2.jpg" },
      ],
      annotations: [{ id: 1, image_id: "y", category_id: 5, bbox: [1, 1, 1, 1] }],
      categories: [
        { id: 4, name: "unused" },
        { id: 5, name: "bus" },
      ],
    });
    const items: [FinishedItem, string][] = [
      [item("a"), coco(["car", "bus"])],
      [item("b"), sequence],
      [item("c"), coco([])],
      [item("d"), coco(["bus"])],
    ];
    await merge(items);
    const whole = readFileSync(path, "utf8");
    const { sha256 } = await readFingerprint(path);
    const earlier = await EarlierFile.open(path, sha256);
    assert.ok(earlier);
    const again: Result[] = [];
    for (const [item] of items) {
      assert.equal(await earlier.has(item), true);
      assert.equal(await earlier.has({ ...item, updatedAt: "later" }), false);
      assert.equal(await earlier.has({ ...item, updatedAt: undefined }), false);
      again.push({ item, coco: await earlier.get(item) });
    }
    await writeMerged(path, each(again));
    assert.equal(readFileSync(path, "utf8"), whole);
    // Without the first item, as if the first had never been there.
    await writeMerged(path, each(again.slice(1)));
    const incremental = readFileSync(path, "utf8");
    await earlier.close();
    await merge(items.slice(1));
    assert.equal(incremental, readFileSync(path, "utf8"));
  });

  it("takes nothing from a file that was edited or deleted", async () => {
    await merge([[item("a"), coco(["car"])]]);
    const { sha256 } = await readFingerprint(path);
    writeFileSync(path, readFileSync(path, "utf8").replace("car", "bus"));
    assert.equal(await EarlierFile.open(path, sha256), undefined);
    rmSync(path);
    assert.equal(await EarlierFile.open(path, sha256), undefined);
  });

  it("never writes over a file of another kind", async () => {
    writeFileSync(path, '{"images":[]}');
    const { message } = await errorOf(merge([]), Refusal);
    assert.match(message, /^path must not be a file that was not written by an export, got /);
    assert.equal(readFileSync(path, "utf8"), '{"images":[]}');
  });

  it("leaves the earlier file and nothing else where the results end early", async () => {
    await merge([[item("a"), coco(["car"])]]);
    const before = readFileSync(path, "utf8");
    async function* broken() {
      yield { item: item("b"), coco: parseCoco(coco(["bus"])) };
      throw new Error("it ends here");
    }
    await assert.rejects(writeMerged(path, broken()), /it ends here/);
    assert.equal(readFileSync(path, "utf8"), before);
    assert.deepEqual(readdirSync(folder), ["merged.json"]);
  });

  it("names the path that cannot be written", async () => {
    writeFileSync(path, "a file");
    const below = join(path, "below.json");
    const { message } = await errorOf(writeMerged(below, each([])), Refusal);
    assert.match(
      message,
      /must be a file that can be read, got \S+merged\.json\/below\.json \(E\w+\)$/,
    );
  });
});
