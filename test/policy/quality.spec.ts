import assert from "node:assert/strict";
import {
  assetHost,
  assetHttps,
  assetUnique,
  boxInsidePicture,
  difficultyRange,
  labelCategories,
  taxonomyPinned,
} from "../../policy/index.ts";
import { toJsonText } from "../../provider/text/json.ts";
import { goodItem, type Resource, type Rule, reports, setOf, unknown } from "./support.ts";

const allowed = "0f7b1c9e-3a52-4c1a-9f0e-5d3c2b1a0987";
const other = "11111111-3a52-4c1a-9f0e-5d3c2b1a0987";
const hosts = ["pictures.example.com", "*.cdn.example.com"];

/** A good item, one field of it broken, a configuration, and what the rule says. */
const broken: [Rule, Record<string, unknown>, object, string][] = [
  [
    difficultyRange,
    { difficulty: undefined },
    {},
    "difficulty is missing, must be 0 to 100: set it",
  ],
  [
    difficultyRange,
    { difficulty: 9 },
    { minimum: 10, maximum: 50 },
    "difficulty is 9, must be 10 to 50: change it",
  ],
  [
    difficultyRange,
    { difficulty: 51 },
    { minimum: 10, maximum: 50 },
    "difficulty is 51, must be 10 to 50: change it",
  ],
  [
    taxonomyPinned,
    { taxonomyVersionId: undefined },
    {},
    "taxonomyVersionId is missing: set the UUID of the version that labels are made with",
  ],
  [
    taxonomyPinned,
    { taxonomyVersionId: other },
    { allowed: [allowed] },
    `taxonomyVersionId is "${other}", must be one of ${allowed}: use one of these`,
  ],
  [
    labelCategories,
    { labels: [{ bbox: [1, 1, 2, 2] }, { metadata: { category: "stop sgin" } }] },
    { allowed: ["lamp", "stop sign"] },
    'labels[1].metadata.category is "stop sgin", must be one of "lamp", "stop sign": did you mean stop sign?',
  ],
  [
    labelCategories,
    { labels: [{ bbox: [1, 1, 2, 2], metadata: { category: "Bus" } }] },
    { allowed: ["lamp", "stop sign"] },
    'labels[0].metadata.category is "Bus", must be one of "lamp", "stop sign": correct it, or add it to this rule',
  ],
  [
    labelCategories,
    { labels: [{ bbox: [1, 1, 2, 2], metadata: { category: 7 } }] },
    { allowed: ["lamp", "stop sign"] },
    'labels[0].metadata.category is 7, must be one of "lamp", "stop sign": correct it, or add it to this rule',
  ],
  [
    assetHttps,
    { assetUrl: "http://user:word@pictures.example.com/a.jpg?signature=1" },
    {},
    'assetUrl "http://pictures.example.com/a.jpg?…" begins with http:, must begin with https: (or be a path in the space): use another URL, or upload the file',
  ],
  [
    assetHttps,
    { assetUrl: "HTTPS://pictures.example.com/a.jpg" },
    { schemes: ["s3", "gs"] },
    'assetUrl "HTTPS://pictures.example.com/a.jpg" begins with https:, must begin with s3:, gs: (or be a path in the space): use another URL, or upload the file',
  ],
  [
    assetHost,
    { assetUrl: "https://pictures.example.com.evil.example/a.jpg?x=1" },
    { hosts },
    'assetUrl "https://pictures.example.com.evil.example/a.jpg?…" is on pictures.example.com.evil.example, must be on pictures.example.com, *.cdn.example.com: move the file, or upload it into the space',
  ],
  [
    assetHost,
    { assetUrl: "https://xcdn.example.com/a.jpg" },
    { hosts },
    'assetUrl "https://xcdn.example.com/a.jpg" is on xcdn.example.com, must be on pictures.example.com, *.cdn.example.com: move the file, or upload it into the space',
  ],
  [
    boxInsidePicture,
    { labels: [{ bbox: [0, 0, 1, 1] }, { bbox: [600, 10, 60, 10] }] },
    {},
    "labels[1] has a bbox that reaches out of the picture (640 by 480): [600,10,60,10]: correct the box",
  ],
  [
    boxInsidePicture,
    { labels: [{ bbox: [0, 400, 60, 100] }], metadata: { w: "640", h: "480" } },
    { width: "w", height: "h" },
    "labels[0] has a bbox that reaches out of the picture (640 by 480): [0,400,60,100]: correct the box",
  ],
  [
    boxInsidePicture,
    { labels: [{ bbox: [10, 10, 0, 5] }], metadata: {} },
    {},
    "labels[0] has a bbox with a negative or empty side: [10,10,0,5]: correct the box",
  ],
];

/** What is fine although it looks odd. */
const fine: [Rule, Record<string, unknown>, object][] = [
  [difficultyRange, { difficulty: undefined }, { required: false }],
  [difficultyRange, { difficulty: 10 }, { minimum: 10, maximum: 10 }],
  [taxonomyPinned, { taxonomyVersionId: allowed.toUpperCase() }, { allowed: [allowed] }],
  [assetHttps, { assetUrl: "uploads/2026:12/a.jpg" }, {}],
  [assetHost, { assetUrl: "uploads/a.jpg" }, { hosts }],
  [assetHost, { assetUrl: "https://a.cdn.example.com/a.jpg" }, { hosts }],
  [assetHost, { assetUrl: "https://anywhere.example/a.jpg" }, {}],
  // Tools round, so a pixel over the edge is nothing.
  [boxInsidePicture, { labels: [{ bbox: [0, 0, 640.5, 480] }] }, {}],
  [boxInsidePicture, { labels: [{ bbox: [0, 0, 9_999, 9_999] }], metadata: {} }, {}],
  [boxInsidePicture, { labels: [{ frames: [1] }] }, {}],
];

describe("the quality of work items", () => {
  for (const [rule, changes, config, message] of broken) {
    it(`${rule.name} is broken by ${JSON.stringify(changes)}`, async () => {
      assert.deepEqual(await reports(rule, [goodItem(changes)], config), [message]);
      assert.deepEqual(await reports(rule, [setOf({ b: changes })], config), [
        `items["b"]: ${message}`,
      ]);
    });
  }

  for (const [rule, changes, config] of fine) {
    it(`${rule.name} has nothing against ${JSON.stringify(changes)}`, async () => {
      assert.deepEqual(await reports(rule, [goodItem(changes), setOf({ a: changes })], config), []);
    });
  }
});

describe("assets of a bucket that are named by URL", () => {
  const file = (url: string) => JSON.stringify({ etag: "1", url });
  const uploads = (by: string): Resource => ({
    kind: "UploadSet",
    props: { by, files: { "a.jpg": file("http://store.example/a.jpg#1"), "b.jpg": "{}" } },
  });

  it("are judged like other URLs", async () => {
    const [http] = await reports(assetHttps, [uploads("url")], {});
    assert.match(http ?? "", /^files\["a\.jpg"\]: .* begins with http:, must begin with https:/);
    const [line] = await reports(assetHost, [uploads("url")], { hosts });
    assert.match(line ?? "", /^files\["a\.jpg"\]: .* is on store\.example, must be on /);
    assert.deepEqual(await reports(assetHttps, [uploads("upload")], {}), []);
    assert.deepEqual(await reports(assetUnique, [uploads("url")], {}), []);
  });
});

describe("asset-unique", () => {
  const end = "remove one of the two, or it is labelled and paid twice";

  it("finds an asset that two resources have", async () => {
    const item: Resource = { ...goodItem({ assetUrl: "https://x.example/a?sig=1" }), name: "one" };
    const set: Resource = {
      ...setOf({ a: {}, b: { assetUrl: "https://x.example/a?sig=1" } }),
      name: "many",
    };
    const messages = await reports(assetUnique, [set, item]);
    assert.deepEqual(messages, [
      `items["b"]: assetUrl "https://x.example/a?…" must be unique in the stack, but "one" has it too: ${end}`,
    ]);
    assert.deepEqual(await reports(assetUnique, [item, set]), messages);
  });

  it("finds a file that a set has twice, before and after its upload", async () => {
    const twice = { assetUrl: undefined, file: "a.jpg" };
    for (const uploads of [unknown, { "a.jpg": unknown }, { "a.jpg": "spaces/1" }]) {
      assert.deepEqual(await reports(assetUnique, [setOf({ a: twice, b: twice }, { uploads })]), [
        `items["b"]: file "a.jpg" must be unique in the stack, but items["a"] of "WorkItemSet" has it too: ${end}`,
      ]);
    }
  });

  it("takes paths that are not known yet for different ones", async () => {
    const file = (name: string) => ({ assetUrl: undefined, file: name });
    const uploads = { "a.jpg": unknown, "b.jpg": unknown };
    const set = setOf({ a: file("a.jpg"), b: file("b.jpg") }, { uploads });
    assert.deepEqual(await reports(assetUnique, [set]), []);
  });

  it("tells files of the same name in two sets apart", async () => {
    const file = { assetUrl: undefined, file: "a.jpg" };
    const first: Resource = {
      ...setOf({ a: file }, { uploads: { "a.jpg": "spaces/1" } }),
      name: "x",
    };
    const second: Resource = {
      ...setOf({ a: file }, { uploads: { "a.jpg": "spaces/2" } }),
      name: "y",
    };
    assert.deepEqual(await reports(assetUnique, [first, second]), []);
    const late: Resource = { ...setOf({ a: file }, { uploads: unknown }), name: "z" };
    assert.deepEqual(await reports(assetUnique, [first, second, late]), []);
  });

  it("says it in one line for each set", async () => {
    const items = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`k${index}`, { assetUrl: "same" }]),
    );
    const [message = "", ...others] = await reports(assetUnique, [setOf(items)]);
    assert.deepEqual(others, []);
    assert.match(message, /\(499 items break this rule: "k1", .*"k5" and 494 more\)$/);
  });

  it("counts what a set's defaults give", async () => {
    const set = setOf({ a: {} }, { defaults: toJsonText({ assetUrl: "x" }) });
    assert.deepEqual(await reports(assetUnique, [set]), []);
  });
});
