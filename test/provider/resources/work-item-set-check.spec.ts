import assert from "node:assert/strict";
import runtime from "@pulumi/pulumi/runtime/index.js";
import { itemAt } from "../../../provider/items/set-item.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import type { SetInputs } from "../../../provider/sets/state.ts";
import { checkSet, many } from "../../support/work-item-sets.ts";

const { unknownValue } = runtime;
const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const otherUuid = "a3bb189e-8bf9-4888-9912-ace4e6543002";
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const past = inHours(-1);
const soon = inHours(1);
const picture = { assetUrl: "uploads/a.png" };

const check = (news: Plain, olds?: Plain) => checkSet(uuid, news, olds);
const reasonsOf = async (news: Plain, olds?: Plain) =>
  (await check(news, olds)).failures.map(({ reason }) => reason);
/** The items as check leaves them, completed with the defaults. */
async function itemsOf(news: Plain): Promise<Record<string, Plain>> {
  const { inputs, failures } = await check(news);
  assert.deepEqual(failures, []);
  const set = inputs as unknown as SetInputs;
  return Object.fromEntries(Object.keys(set.items).map((key) => [key, { ...itemAt(set, key) }]));
}

describe("provider: WorkItemSet: check", () => {
  it("says of a new item that its asset is a file of the space, where a local one is called so", async () => {
    const local = { assetUrl: "package.json" };
    const items = { a: { assetUrl: "https://e.com/a.jpg" }, b: local };
    const first = await check({ batchId: "5", items: { b: local, a: items.a } });
    assert.deepEqual(first.failures, []);
    assert.match(
      first.warning ?? "",
      /^assetUrl "package\.json" means a file in the space, and there is a local file of that name: if/,
    );
    assert.match((await check({ batchId: "5", items })).warning ?? "", /^assetUrl "package\.json"/);
    assert.equal((await check({ batchId: "5", items: { a: items.a } })).warning, undefined);
    assert.equal((await check({ batchId: "5", items: { a: picture } })).warning, undefined);
    assert.equal((await check({ batchId: "5", items }, first.inputs)).warning, undefined);
  });

  describe("completes each item with the defaults", () => {
    const image = { ...picture, assetType: "image" };
    const completed: [string, Plain, Plain, Plain][] = [
      ["the asset type image", {}, {}, {}],
      ["an asset type", { assetType: "video" }, {}, { assetType: "video" }],
      ["its own asset type", { assetType: "video" }, { assetType: "image" }, {}],
      ["difficulty", { difficulty: 5 }, {}, { difficulty: 5 }],
      [
        "its own difficulty, though it is 0",
        { difficulty: 5 },
        { difficulty: 0 },
        { difficulty: 0 },
      ],
      [
        "taxonomy and results",
        { taxonomyVersionId: otherUuid, resultsUrl: "https://a.b/c" },
        { resultsUrl: "https://a.b/d" },
        { taxonomyVersionId: otherUuid, resultsUrl: "https://a.b/d" },
      ],
      ["metadata", { metadata: { a: 1 } }, {}, { metadata: { a: 1 } }],
      [
        "metadata entry by entry, its own first",
        { metadata: { a: 1, b: 1 } },
        { metadata: { b: 2, c: 2 } },
        { metadata: { a: 1, b: 2, c: 2 } },
      ],
      ["no entry for metadata where there is none", {}, {}, {}],
      ["a deadline in seconds", { dueInSeconds: 60 }, {}, { dueInSeconds: 60 }],
      ["a deadline as a moment", { dueAt: soon }, {}, { dueAt: soon }],
      ["its own seconds, not a moment", { dueAt: soon }, { dueInSeconds: 9 }, { dueInSeconds: 9 }],
      ["its own moment, not seconds", { dueInSeconds: 60 }, { dueAt: soon }, { dueAt: soon }],
      ["a moment written another way", {}, { dueAt: soon.replace("Z", "+00:00") }, { dueAt: soon }],
    ];
    for (const [what, defaults, item, expected] of completed) {
      it(what, async () => {
        const items = await itemsOf({ items: { a: { ...picture, ...item } }, defaults });
        assert.deepEqual(items, { a: { ...image, ...expected } });
      });
    }

    it("but keeps only its own fields in its text, so that a change of the defaults shows once", async () => {
      const items = { a: { ...picture, metadata: { b: 2 } } };
      const { inputs } = await check({ items, defaults: { difficulty: 5, metadata: { a: 1 } } });
      const { a } = inputs.items as Record<string, string>;
      assert.deepEqual(JSON.parse(a!), items.a);
      assert.equal(inputs.defaults, '{"difficulty":5,"metadata":{"a":1}}');
    });

    it("and leaves the defaults as they are, and no number as batch", async () => {
      const { inputs } = await check({
        items: { a: picture },
        defaults: { difficulty: 1 },
        batchId: 7,
      });
      assert.deepEqual(Object.keys(inputs).sort(), ["batchId", "defaults", "items", "projectId"]);
      assert.deepEqual([inputs.batchId, inputs.projectId], ["7", uuid]);
      assert.equal(inputs.defaults, '{"difficulty":1}');
    });

    it("as the same text, in whichever order its fields are given", async () => {
      const [left, right] = await Promise.all(
        [
          { ...picture, difficulty: 1, metadata: { a: 1, b: { c: 1, d: 2 } } },
          { metadata: { b: { d: 2, c: 1 }, a: 1 }, difficulty: 1, ...picture },
        ].map(async (a) => (await check({ items: { a } })).inputs.items),
      );
      assert.deepEqual(left, right);
    });

    it("an asset's id as text, as the platform's is read", async () => {
      const { a } = await itemsOf({ items: { a: { ...picture, assetId: 12 } } });
      assert.equal(a?.assetId, "12");
    });
  });

  describe("refuses an item, naming its key", () => {
    const refused: [string, Plain | null, string, Plain?][] = [
      ["no asset", {}, "give either assetUrl or file"],
      ["two assets", { ...picture, file: "a.png" }, "give either assetUrl or file"],
      ["an empty path", { assetUrl: " " }, "assetUrl must not be empty"],
      [
        "a local file",
        { assetUrl: "./a.png" },
        'assetUrl must be a URL or a path in the space, got the local file "./a.png": upload it with a SignedUpload',
      ],
      [
        "another asset type",
        { ...picture, assetType: "text" },
        'assetType must be one of "image", "video", "external", got "text"',
      ],
      [
        "difficulty over 100",
        { ...picture, difficulty: 101 },
        "difficulty must be between 0 and 100, got 101",
      ],
      [
        "a box of three numbers",
        { ...picture, labels: [{ bbox: [1, 2, 3] }] },
        "labels[0].bbox must be 4 numbers (x, y, width, height in pixels), got [1,2,3]",
      ],
      [
        "the provider's own metadata",
        { ...picture, metadata: { pulumiUrn: "x" } },
        'metadata must not have the entry "pulumiUrn", which the provider keeps to itself',
      ],
      ["an unknown field", { ...picture, priority: 1 }, "priority is not an input of a work item"],
      [
        "two deadlines",
        { ...picture, dueInSeconds: 60, dueAt: soon },
        "dueAt and dueInSeconds exclude each other: give one of them",
      ],
      [
        "a moment that has passed",
        { ...picture, dueAt: past },
        `dueAt must be in the future, got ${past}`,
      ],
      [
        "a file, where there are no uploads",
        { file: "a.png" },
        'file "a.png" is not one of the set\'s uploads',
      ],
      [
        "a file that is not in the uploads",
        { file: "a.png" },
        'file "a.png" is not one of the set\'s uploads',
        { uploads: { "b.png": "uploads/1" } },
      ],
      [
        "a file that is in no uploads, though their paths are not known yet",
        { file: "a.png" },
        'file "a.png" is not one of the set\'s uploads',
        { uploads: { "b.png": unknownValue } },
      ],
      [
        "an asset's id that a number has rounded",
        { ...picture, assetId: 9007199254740992 },
        "assetId must be an asset's id, a whole number from 0 to 9223372036854775807, got 9007199254740992",
      ],
      [
        "a file with the name of a method",
        { file: "toString" },
        'file "toString" is not one of the set\'s uploads',
        { uploads: { "b.png": "uploads/1" } },
      ],
    ];
    for (const [what, item, reason, more] of refused) {
      it(what, async () => {
        const { failures } = await check({ items: { "x/1.png": item, ok: picture }, ...more });
        const mine = failures.filter((each) => each.reason.includes("x/1.png"));
        assert.deepEqual(mine, [{ property: "items", reason: `items["x/1.png"]: ${reason}` }]);
      });
    }

    for (const item of [null, "text", 5, [picture]]) {
      it(`what is no item at all: ${JSON.stringify(item)}`, async () => {
        // A text would be taken for an item's own, so each is handed over as its text.
        const reasons = await reasonsOf({ items: { a: JSON.stringify(item), b: picture } });
        assert.equal(reasons.length, 1);
        assert.match(reasons[0]!, /^items\["a"\]: \S/);
      });
    }

    it("each of its problems, and those of the other items", async () => {
      const items = { a: { ...picture, difficulty: -1, assetType: "x" }, b: {}, c: picture };
      assert.deepEqual(await reasonsOf({ items }), [
        'items["a"]: assetType must be one of "image", "video", "external", got "x"',
        'items["a"]: difficulty must be between 0 and 100, got -1',
        'items["b"]: give either assetUrl or file',
      ]);
    });

    it("20 problems one by one, and the rest as a number", async () => {
      const reasons = await reasonsOf({ items: many(25) });
      assert.equal(reasons.length, 21);
      assert.equal(reasons.at(-2), 'items["item-19"]: give either assetUrl or file');
      assert.equal(reasons.at(-1), "items has 5 more problems");
      assert.equal((await reasonsOf({ items: many(20) })).length, 20);
    });
  });

  const whole: [string, Plain, string][] = [
    [
      "items that are a list of nothing",
      { items: 5 },
      "items must be an object of work items by key",
    ],
    [
      "uploads that are no paths",
      { items: { a: picture }, uploads: 5 },
      "uploads must be an object of paths by file",
    ],
    [
      "a batch that is none",
      { items: { a: picture }, batchId: "Default" },
      'batchId must be a batch\'s batchId (a whole number) or id (<projectId>/<batchId>), got "Default"',
    ],
    [
      "a batch of another project",
      { items: { a: picture }, batchId: `${otherUuid}/7` },
      `batchId is of project ${otherUuid}, but projectId is ${uuid}: use a batch of the same project`,
    ],
    [
      "another word for work in progress",
      { items: { a: picture }, onWorkInProgress: "keep" },
      'onWorkInProgress must be one of "refuse", "cancel", got "keep"',
    ],
    [
      "an unknown input",
      { items: { a: picture }, batch: 1 },
      "batch is not an input of this resource: did you mean batchId?",
    ],
    ["no items and no manifest", {}, "items or manifest must be given, and not both"],
    [
      "items and a manifest",
      { items: { a: picture }, manifest: "a.csv" },
      "items or manifest must be given, and not both",
    ],
  ];
  for (const [what, news, reason] of whole) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await reasonsOf(news), [reason]);
    });
  }

  it("refuses the key __proto__, which the SDK loses, and no other name of a method", async () => {
    const items = JSON.parse(
      `{"__proto__": ${JSON.stringify(picture)}, "constructor": ${JSON.stringify(picture)}}`,
    );
    assert.deepEqual(await reasonsOf({ items }), [
      'items["__proto__"]: no item can have this key, as Pulumi\'s SDK would lose it: choose another',
    ]);
  });

  const wrongDefaults: [defaults: object, reasons: string[]][] = [
    [{ difficulty: 101 }, ["defaults.difficulty must be between 0 and 100, got 101"]],
    [{ dueAt: past }, [`defaults.dueAt must be in the future, got ${past}`]],
    [
      { dificulty: 5, tags: [] },
      [
        "defaults.dificulty is not an input of the defaults of work items: did you mean difficulty?",
        "defaults.tags is not an input of the defaults of work items",
      ],
    ],
    [
      { dueAt: soon, dueInSeconds: 60 },
      ["defaults.dueAt and dueInSeconds exclude each other: give one of them"],
    ],
    [{ metadata: { owner: "\ud83d" } }, ["defaults.metadata.owner must be text of whole"]],
  ];
  for (const [defaults, expected] of wrongDefaults) {
    it(`tells once, and of no item, what is wrong with the defaults: ${Object.keys(defaults)}`, async () => {
      const reasons = await reasonsOf({ items: { a: picture, b: picture }, defaults });
      assert.equal(reasons.length, expected.length, reasons.join());
      for (const [index, reason] of expected.entries()) {
        assert.ok(reasons[index]?.startsWith(reason), reasons[index]);
      }
    });
  }

  it("tells what is wrong with the defaults and with an item", async () => {
    const items = { a: picture, b: { ...picture, dueAt: past } };
    assert.deepEqual(await reasonsOf({ items, defaults: { assetType: "imge" } }), [
      'defaults.assetType must be one of "image", "video", "external", got "imge": did you mean image?',
      `items["b"]: dueAt must be in the future, got ${past}`,
    ]);
  });

  it("refuses defaults that are no object", async () => {
    for (const defaults of ["null", "5", '"text"', "[]"]) {
      const reasons = await reasonsOf({ items: { a: picture }, defaults });
      assert.equal(reasons.length, 1, defaults);
      assert.match(reasons[0]!, /^defaults must be an object/);
    }
  });

  it("looks through the uploads as often for many items as for one", async () => {
    const looks = await Promise.all(
      [1, 50].map(async (size) => {
        let count = 0;
        const uploads = new Proxy<Record<string, string>>(
          { "a.png": "uploads/1" },
          {
            ownKeys(target) {
              count += 1;
              return Reflect.ownKeys(target);
            },
          },
        );
        assert.deepEqual(await reasonsOf({ items: many(size, { file: "a.png" }), uploads }), []);
        return count;
      }),
    );
    assert.equal(looks[1], looks[0], "or a check of many items with files is quadratic");
  });
});
