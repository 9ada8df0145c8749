import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Dropped } from "../../../provider/manifests/dropped.ts";
import { readManifest } from "../../../provider/manifests/manifest.ts";

describe("provider: manifests", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-manifest-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function read(name: string, text: string): Promise<Record<string, unknown>> {
    writeFileSync(join(folder, name), text);
    return Object.fromEntries(await Array.fromAsync(readManifest(join(folder, name))));
  }

  it("reads JSON Lines, an item a line, with the key, the file or the asset as its key", async () => {
    const lines = [
      { key: "one", assetUrl: "https://p.example/1.jpg", difficulty: 3 },
      { file: "b/2.jpg", labels: [{ bbox: [1, 2, 3, 4] }] },
      { assetUrl: "uploads/3" },
    ];
    const text = `${lines.map((line) => JSON.stringify(line)).join("\r\n")}\n\n`;
    assert.deepEqual(await read("a.jsonl", text), {
      one: { assetUrl: "https://p.example/1.jpg", difficulty: 3 },
      "b/2.jpg": { file: "b/2.jpg", labels: [{ bbox: [1, 2, 3, 4] }] },
      "uploads/3": { assetUrl: "uploads/3" },
    });
  });

  it("says in one line what is nested too deeply, or too long", async () => {
    const box = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const image = { id: 1, file_name: "a.jpg", width: 9, height: 9 };
    const annotation = `{"id":1,"image_id":1,"category_id":1,"bbox":${box}}`;
    const coco = `{"images":[${JSON.stringify(image)}],"annotations":[${annotation}],"categories":[{"id":1,"name":"x"}]}`;
    await assert.rejects(read("deep.json", coco), {
      name: "FilesError",
      message: /^image "a\.jpg": annotation 1 .* got a value that is nested too deeply$/,
    });
    const line = `{"assetUrl":"${"a".repeat(64 * 1024 * 1024)}"}`;
    await assert.rejects(read("long.jsonl", `{"assetUrl":"a"}\n${line}`), {
      name: "FilesError",
      message: /^line 2 is longer than 64 MiB/,
    });
  });

  it("reads CSV, a column a field", async () => {
    const text = [
      "\ufeffkey,file,difficulty,dueInSeconds,metadata.owner,labels",
      'one,1.jpg,3,60,"Ann, Bob","[{""bbox"":[1,2,3,4]}]"',
      ",2.jpg,,,,",
    ].join("\n");
    assert.deepEqual(await read("a.csv", text), {
      one: {
        file: "1.jpg",
        difficulty: 3,
        dueInSeconds: 60,
        metadata: { owner: "Ann, Bob" },
        labels: [{ bbox: [1, 2, 3, 4] }],
      },
      "2.jpg": { file: "2.jpg" },
    });
  });

  it("reads names and values that JavaScript or others take for their own", async () => {
    const separators = { key: "a\u2028b", metadata: { "\u2029": "\u2028", __proto__: null } };
    const lines = `\ufeff${JSON.stringify(separators)}\n{"key":"__proto__"}`;
    assert.deepEqual(Object.entries(await read("a.jsonl", lines)), [
      ["a\u2028b", { metadata: { "\u2029": "\u2028" } }],
      ["__proto__", {}],
    ]);
    const [row] = Object.values(await read("a.csv", "key,metadata.__proto__\na,1")) as [
      { metadata: object },
    ];
    assert.deepEqual(Object.entries(row.metadata), [["__proto__", "1"]]);
  });

  it("refuses another encoding than UTF-8", async () => {
    for (const name of ["a.jsonl", "a.csv", "a.json"]) {
      writeFileSync(join(folder, name), Buffer.from('{"key":"M\u00fcnchen"}', "latin1"));
      await assert.rejects(Array.fromAsync(readManifest(join(folder, name))), /it is not UTF-8/);
    }
  });

  const coco = {
    annotations: [
      { id: 1, image_id: 7, category_id: 2, bbox: [0, 0, 10, 10] },
      { id: 2, image_id: 7, category_id: 2, bbox: [5, 5, 5.5, 5] },
    ],
    categories: [{ id: 2, name: "cat" }],
    images: [
      { id: 7, file_name: "a.jpg", width: 10, height: 10 },
      { id: 8, file_name: "b.jpg" },
    ],
  };

  it("reads COCO, in whichever order its lists are", async () => {
    assert.deepEqual(await read("coco.json", JSON.stringify(coco)), {
      "a.jpg": {
        file: "a.jpg",
        assetType: "image",
        labels: [
          { bbox: [0, 0, 10, 10], metadata: { category: "cat" } },
          { bbox: [5, 5, 5.5, 5], metadata: { category: "cat" } },
        ],
      },
      "b.jpg": { file: "b.jpg", assetType: "image" },
    });
  });

  it("takes a COCO file whose annotations have ids that say nothing, or none", async () => {
    for (const ids of [
      [null, null],
      [0, 0],
      [7, 7],
      [undefined, undefined],
    ]) {
      const annotations = coco.annotations.map((each, at) => ({ ...each, id: ids[at] }));
      const items = await read("ids.json", JSON.stringify({ ...coco, annotations }));
      assert.equal((items["a.jpg"] as { labels: unknown[] }).labels.length, 2);
    }
  });

  it("takes any box of a picture whose size the file does not know", async () => {
    for (const side of [null, 0, -1]) {
      const images = coco.images.map((image) => ({ ...image, width: side, height: side }));
      const [annotation] = coco.annotations;
      const annotations = [{ ...annotation, bbox: [0, 0, 900, 900] }];
      await read("size.json", JSON.stringify({ ...coco, images, annotations }));
    }
  });

  it("leaves out what spreadsheets and pandas write for nothing", async () => {
    const a = { assetUrl: "https://example.com/a.jpg", difficulty: 30 };
    assert.deepEqual(
      await read("a.csv", "key,assetUrl,difficulty,,\na,https://example.com/a.jpg,30,,\n,,,,\n"),
      { a },
    );
    const lines = [
      { key: "a", ...a, labels: null },
      { key: null, assetUrl: "b", metadata: null },
    ];
    assert.deepEqual(await read("a.jsonl", lines.map((line) => JSON.stringify(line)).join("\n")), {
      a,
      b: { assetUrl: "b" },
    });
  });

  it("reads what gzip has packed, and says when its end is missing", async () => {
    const packed = gzipSync('{"key":"a","assetUrl":"b"}\n');
    for (const [name, bytes] of [
      ["whole.jsonl.gz", packed],
      ["half.jsonl.gz", packed.subarray(0, -9)],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
    }
    assert.deepEqual(await Array.fromAsync(readManifest(join(folder, "whole.jsonl.gz"))), [
      ["a", { assetUrl: "b" }],
    ]);
    await assert.rejects(Array.fromAsync(readManifest(join(folder, "half.jsonl.gz"))), {
      name: "FilesError",
      message: /^it is not gzip, or its end is missing/,
    });
  });

  it("counts what it does not send of annotations, and keeps what is asked for", async () => {
    const [annotation] = coco.annotations;
    const segmentation = [[0, 0, 9, 0, 9, 9]];
    const said = { segmentation, area: 81, iscrowd: 0, score: 0.5, attributes: { occluded: true } };
    const others = { segmentation: [], attributes: { occluded: false }, iscrowd: 1 };
    const annotations = [
      { ...annotation, ...said },
      { ...annotation, ...others },
    ];
    writeFileSync(join(folder, "said.json"), JSON.stringify({ ...coco, annotations }));
    const dropped = new Dropped(["score", "attributes"]);
    const items = await Array.fromAsync(readManifest(join(folder, "said.json"), { dropped }));
    assert.deepEqual(
      items[0]?.[1].labels?.map((label) => (label as { metadata: object }).metadata),
      [{ category: "cat", score: 0.5, attributes: { occluded: true } }, { category: "cat" }],
    );
    assert.match(
      dropped.line() ?? "",
      /this is not sent of annotations: iscrowd of 1, segmentation of 1\. keep: /,
    );
    assert.equal(new Dropped().line(), undefined);
  });

  it("keeps whole numbers to the digit that no JavaScript number holds", async () => {
    const id = "9007199254740993";
    assert.deepEqual(await read("a.jsonl", `{"key":"a","assetId":${id},"difficulty":3}`), {
      a: { assetId: id, difficulty: 3 },
    });
    const ids = ["9007199254740992", id].map((id, index) => ({ id, file: `${index}.jpg` }));
    const images = ids.map(({ id, file }) => `{"id":${id},"file_name":"${file}"}`);
    const boxes = ids.map(({ id }, at) => `{"id":${at},"image_id":${id},"bbox":[${at},0,1,1]}`);
    const text = `{"images":[${images}],"annotations":[${boxes}]}`;
    const items = (await read("large.json", text)) as Record<string, { labels: object[] }>;
    assert.deepEqual(items["0.jpg"]?.labels, [{ bbox: [0, 0, 1, 1] }]);
    assert.deepEqual(items["1.jpg"]?.labels, [{ bbox: [1, 0, 1, 1] }]);
  });

  const annotation = (change: object) => ({ annotations: [{ ...coco.annotations[0], ...change }] });
  const bad: [name: string, text: string, message: RegExp][] = [
    ["a.jsonl", '{"key":"a"}\n{"key":"a"}', /line 2: key "a" is on line 1 as well/],
    ["a.jsonl", "{\n", /line 1: it is not JSON/],
    ["a.jsonl", "[1]", /line 1: it must be a JSON object/],
    ["a.jsonl", '{"difficulty":1}', /line 1: key must be text/],
    ["a.csv", "key,labels\na,[\n", /line 2: labels must be JSON/],
    ["a.csv", 'key\n"a', /it is not CSV/],
    ["a.csv", "file\n./a.jpg\na.jpg\n", /line 3: key "a\.jpg" is on line 2 as well/],
    ["a.csv", "file\nb//a.jpg\nb/a.jpg\n", /line 3: key "b\/a\.jpg" is on line 2 as well/],
    ["a.csv", "key,file,key\n", /column "key" is there twice/],
    ["a.csv", "key,,\na,b,\n", /line 2: "b" is in a column without a name/],
    [
      "a.csv",
      "key,metadata,metadata.owner\na,b,c",
      /columns "metadata" and "metadata\.owner" say the same in two ways: give each entry a column/,
    ],
    ["a.txt", "", /its name must end in/],
    ["a.json", JSON.stringify(coco.images).replace(/^/, '{"images":'), /it ends too early/],
    ["a.json", '{"images":[{"id":1}', /it ends too early, so the rest/],
    ["a.json", "", /it is empty$/],
    [
      "a.json",
      '[{"file":"a.jpg"}]',
      /entry 1 of its list is no task of Label Studio, .* name them \.jsonl/,
    ],
    ["a.json", '[{"data":{}', /it ends too early/],
    ["a.json", '{"images":{}}', /it is not a COCO file: it has no list of images/],
    [
      "a.json",
      '\ufeff{"images": [\n{"id": 1, "file_name": "ä.jpg"},\n]}',
      /^line 3: it is not JSON near `e_name": "ä\.jpg"}, ]}`: look there for a comma/,
    ],
    [
      "a.json",
      `{"images": [${" ".repeat(200_000)}\n{"id": NaN}]}`,
      /^line 2: .* near ` {"id": NaN/,
    ],
    ["a.json", "{'images': []}", /^line 1: it is not JSON near `{'images': \[\]}`/],
    ...(
      [
        [annotation({ image_id: 9 }), /annotation 1 is of image 9, which is not there/],
        [
          annotation({ bbox: [0, 0, -1, 5] }),
          /image "a\.jpg": annotation 1 has a bbox with a negative/,
        ],
        [
          annotation({ bbox: [0, 0, 12, 5] }),
          /"a\.jpg": .* reaches out of the picture \(10 by 10\)/,
        ],
        [
          annotation({ bbox: [0, 0, 1] }),
          /"a\.jpg": .* must have a bbox of 4 numbers, got \[0,0,1\]/,
        ],
        [annotation({ category_id: 5 }), /image "a\.jpg": there is no category 5/],
        [
          { images: [coco.images[0], { ...coco.images[1], id: 7 }] },
          /image "b\.jpg": its id 7 is there twice/,
        ],
        [
          { images: [coco.images[0], { id: 9, file_name: "a.jpg" }] },
          /image "a\.jpg" is there twice/,
        ],
        [
          { categories: [coco.categories[0], { id: 2, name: "dog" }] },
          /category 2 is there twice: give each name an id of its own/,
        ],
        [{ categories: [{ id: 2 }] }, /category 2 has no name/],
        [{ categories: [{ id: 2, name: null }] }, /category 2 has no name/],
        [
          {
            images: [{ ...coco.images[0], width: "10", height: "10" }],
            ...annotation({ bbox: [0, 0, 90, 90] }),
          },
          /"a\.jpg": .* reaches out of the picture \(10 by 10\)/,
        ],
        [
          annotation({ bbox: [-5, 0, 5, 5] }),
          /annotation 1 has a bbox whose corner lies outside of the picture: \[-5,0,5,5\]/,
        ],
        [
          { images: [coco.images[0], { id: 9, file_name: "./a.jpg" }] },
          /image "\.\/a\.jpg" is there twice/,
        ],
        [
          { images: [], annotations: [] },
          /^it has no work items, which would end all that are there/,
        ],
        [{ images: [{ id: 7 }] }, /must have id and file_name/],
        [{ annotations: [null] }, /annotations must be objects, got null/],
        [{ categories: [1] }, /categories must be objects, got 1/],
      ] as const
    ).map(([change, message]): [string, string, RegExp] => [
      "a.json",
      JSON.stringify({ ...coco, ...change }),
      message,
    ]),
  ];
  for (const [name, text, message] of bad) {
    it(`refuses ${name} that is ${text.slice(0, 60)}: ${message.source}`, async () => {
      await assert.rejects(read(name, text), (error: Error) => {
        assert.equal(error.name, "FilesError");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
    });
  }

  it("tells the first of many problems, and how many there are", async () => {
    const text = '{"key":1}\n'.repeat(30);
    await assert.rejects(read("many.jsonl", text), /line 20: .*; and 10 more problems/);
  });

  it("refuses a file that has no work items", async () => {
    for (const [name, text] of [
      ["a.csv", ""],
      ["a.csv", "key,assetUrl\n"],
      ["a.jsonl", "\n"],
    ] as const) {
      await assert.rejects(read(name, text), /^FilesError: it has no work items/);
    }
  });

  it("says what a table of other separators is, and which text is no number", async () => {
    await assert.rejects(
      read("a.csv", "key;assetUrl\na;b"),
      /line 2: its one column is "key;assetUrl": separate columns by commas/,
    );
    assert.deepEqual(await read("a.csv", "key,difficulty\na,hard"), { a: { difficulty: "hard" } });
  });

  it("says that a file is not there", async () => {
    await assert.rejects(
      Array.fromAsync(readManifest(join(folder, "no.csv"))),
      /there is no such file/,
    );
  });
});
