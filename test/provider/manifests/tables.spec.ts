import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import type { SetItem } from "../../../provider/items/set-item.ts";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { readManifest } from "../../../provider/manifests/manifest.ts";
import { assertRefused } from "../../support/errors.ts";

const label = (category: string, ...bbox: number[]) => ({ bbox, metadata: { category } });

describe("provider: manifests that are tables of others", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-tables-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const read = async (name: string) =>
    Object.fromEntries(await Array.fromAsync(readManifest(join(folder, name))));
  const refuses = (name: string, message: RegExp) => assertRefused(read(name), message);

  it("are read of Parquet, with nested values, whole numbers and nothing", async () => {
    parquetWriteFile({
      filename: join(folder, "m.parquet"),
      columnData: [
        { name: "key", data: ["a", "b"], type: "STRING" },
        { name: "file", data: ["a.jpg", "b.jpg"], type: "STRING" },
        { name: "difficulty", data: [3, null], type: "INT32", nullable: true },
        { name: "assetId", data: [9007199254740993n, 7n], type: "INT64" },
        { name: "labels", data: [[{ bbox: [1, 2, 3, 4] }], null], type: "JSON", nullable: true },
      ] as never,
    });
    assert.deepEqual(await read("m.parquet"), {
      a: {
        file: "a.jpg",
        difficulty: 3,
        assetId: "9007199254740993",
        labels: [{ bbox: [1, 2, 3, 4] }],
      },
      b: { file: "b.jpg", assetId: 7 },
    });
    write("pictures.jsonl", JSON.stringify({ image: { bytes: "3 bytes", path: "a.jpg" } }));
    await refuses(
      "pictures.jsonl",
      /^line 1: its picture is in the table itself: save it as a file/,
    );
    write("no.parquet", "PAR1 it is not");
    await refuses("no.parquet", /^it is not Parquet that can be read \(.*\): write it with snappy/);
  });

  it("are read of Hugging Face's folders of pictures", async () => {
    const rows = [
      {
        file_name: "a.jpg",
        objects: {
          bbox: [
            [1, 2, 3, 4],
            [5, 6, 7, 8],
          ],
          categories: [0, "sign"],
        },
      },
      { file_name: "b.jpg", objects: { bbox: [], category: [] } },
    ];
    write("metadata.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    assert.deepEqual(await read("metadata.jsonl"), {
      "a.jpg": { file: "a.jpg", labels: [label("0", 1, 2, 3, 4), label("sign", 5, 6, 7, 8)] },
      "b.jpg": { file: "b.jpg" },
    });
    const each = [{ bbox: [1, 2, 3, 4], category: "car" }, { bbox: [5, 6, 7, 8] }];
    const quoted = JSON.stringify(each).replaceAll('"', '""');
    write("metadata.csv", `file_name,objects\na.jpg,"${quoted}"\n`);
    assert.deepEqual(await read("metadata.csv"), {
      "a.jpg": { file: "a.jpg", labels: [label("car", 1, 2, 3, 4), { bbox: [5, 6, 7, 8] }] },
    });
    const more = {
      ...{ id: [1, 2], area: [12, 56], iscrowd: [0, 1], occluded: [true, false] },
      ...{ bbox: rows[0]?.objects.bbox, category: ["car", "car"] },
    };
    write("metadata.jsonl", JSON.stringify({ file_name: "a.jpg", objects: more }));
    const dropped = new Dropped(["iscrowd"]);
    const [[, { labels }]] = (await Array.fromAsync(
      readManifest(join(folder, "metadata.jsonl"), { dropped }),
    )) as [[string, SetItem]];
    assert.deepEqual(
      labels?.map((label) => (label as { metadata?: unknown }).metadata),
      [{ category: "car" }, { category: "car", iscrowd: 1 }],
    );
    assert.equal(dropped.text(), "occluded of 1");
    for (const objects of [
      { bboxes: [[1, 2, 3, 4]] },
      {
        bbox: [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ],
        categories: ["sign"],
      },
      [{ box: [1, 2, 3, 4] }],
      7,
    ]) {
      write("metadata.jsonl", JSON.stringify({ file_name: "a.jpg", objects }));
      await refuses("metadata.jsonl", /^line 1: objects must have bbox, and all its other lists/);
    }
  });

  it("say by null what is not given, in labels as well", async () => {
    const labels = '[{"bbox":[1,2,3,4],"metadata":null},{"bbox":null,"metadata":{"score":null}}]';
    const expected = {
      "a.jpg": {
        file: "a.jpg",
        labels: [{ bbox: [1, 2, 3, 4] }, { metadata: { score: null } }],
      },
    };
    write("m.jsonl", `{"file":"a.jpg","difficulty":null,"labels":${labels}}`);
    write("m.csv", `file,labels\na.jpg,"${labels.replaceAll('"', '""')}"\n`);
    assert.deepEqual(await read("m.jsonl"), expected);
    assert.deepEqual(await read("m.csv"), expected);
    const objects = { bbox: [[1, 2, 3, 4]], categories: ["sign"], score: null };
    write("metadata.jsonl", JSON.stringify({ file_name: "a.jpg", objects }));
    assert.deepEqual(await read("metadata.jsonl"), {
      "a.jpg": { file: "a.jpg", labels: [label("sign", 1, 2, 3, 4)] },
    });
    write("metadata.jsonl", JSON.stringify({ file_name: "a.jpg", objects, labels: [] }));
    await refuses("metadata.jsonl", /^line 1: it has both labels and objects: give one of them$/);
  });
});
