import assert from "node:assert/strict";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";

const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const otherUuid = "a3bb189e-8bf9-4888-9912-ace4e6543002";
const defaults = { projectId: uuid, spaceId: undefined };
const day = 86_400_000;

const check = (news: Plain, olds: Plain = {}) =>
  workItemLifecycle.check({ assetUrl: "uploads/a.png", ...news }, olds, defaults);
const reasonsOf = async (news: Plain, olds?: Plain) =>
  (await check(news, olds)).failures.map(({ reason }) => reason);
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

describe("provider: WorkItem: check", () => {
  const bbox = (values: unknown) => ({ labels: [{ bbox: [1, 2, 3, 4] }, { bbox: values }] });

  it("says of a new asset that it is a file of the space, where a local one is called so", async () => {
    const local = { assetUrl: "package.json" };
    const { failures, warning = "" } = await check(local);
    assert.deepEqual(failures, []);
    assert.match(
      warning,
      /^assetUrl "package\.json" means a file in the space, and there is a local/,
    );
    assert.equal((await check(local, local)).warning, undefined);
    for (const assetUrl of ["test", "uploads/a.png", "https://e.com/package.json"]) {
      assert.equal((await check({ assetUrl })).warning, undefined);
    }
  });

  const refused: [Plain, string][] = [
    [{ assetUrl: undefined }, "assetUrl is required"],
    [{ assetUrl: " " }, "assetUrl must not be empty"],
    [{ assetUrl: 5 }, "assetUrl must be text, got 5"],
    ...[
      "/data/a.png",
      "./a.png",
      "../a.png",
      "file:///a.png",
      "FILE:///a.png",
      "~/a.png",
      "C:\\a.png",
      "c:/photos/a.png",
      "\\\\nas\\photos\\a.png",
    ].map((file): [Plain, string] => [
      { assetUrl: file },
      `assetUrl must be a URL or a path in the space, got the local file ${JSON.stringify(file)}: upload it with a SignedUpload`,
    ]),
    [
      { assetUrl: "javascript:alert(1)" },
      'assetUrl must be a URL of a picture or a path in the space, got "javascript:alert(1)"',
    ],
    [{ assetType: "text" }, 'assetType must be one of "image", "video", "external", got "text"'],
    [
      { assetId: -1 },
      "assetId must be an asset's id, a whole number from 0 to 9223372036854775807, got -1",
    ],
    [
      { assetId: 1.5 },
      "assetId must be an asset's id, a whole number from 0 to 9223372036854775807, got 1.5",
    ],
    [
      { assetId: "9223372036854775808" },
      'assetId must be an asset\'s id, a whole number from 0 to 9223372036854775807, got "9223372036854775808"',
    ],
    [
      { assetId: "1e3" },
      'assetId must be an asset\'s id, a whole number from 0 to 9223372036854775807, got "1e3"',
    ],
    [
      { batchId: "" },
      'batchId must be a batch\'s batchId (a whole number) or id (<projectId>/<batchId>), got ""',
    ],
    [
      { batchId: "Default" },
      'batchId must be a batch\'s batchId (a whole number) or id (<projectId>/<batchId>), got "Default"',
    ],
    [
      { batchId: -1 },
      "batchId must be a batch's batchId (a whole number) or id (<projectId>/<batchId>), got -1",
    ],
    [
      { batchId: true },
      "batchId must be a batch's batchId (a whole number) or id (<projectId>/<batchId>), got true",
    ],
    [
      { batchId: `${otherUuid}/7` },
      `batchId is of project ${otherUuid}, but projectId is ${uuid}: use a batch of the same project`,
    ],
    [{ resultsUrl: "here" }, 'resultsUrl must be a URL, got "here"'],
    [{ resultsUrl: "here?signature=abc" }, 'resultsUrl must be a URL, got "here?…"'],
    [{ taxonomyVersionId: "v1" }, 'taxonomyVersionId must be a UUID, got "v1"'],
    [{ metadata: "secret text" }, 'metadata must be an object like {"owner": "…"}'],
    [
      { metadata: { pulumiUrn: "x" } },
      'metadata must not have the entry "pulumiUrn", which the provider keeps to itself',
    ],
    [{ callbackUrl: "ftp://a.b/c?key=1" }, 'callbackUrl must be an https URL, got "ftp://a.b/c?…"'],
    [
      { callbackUrl: "https://a.b/c", metadata: { callbackUrl: "https://a.b/c" } },
      "callbackUrl and metadata.callbackUrl exclude each other: give one of them",
    ],
    [{ dueInSeconds: 0 }, "dueInSeconds must be between 1 and 2592000 (30 days), got 0"],
    [
      { dueInSeconds: 2_592_001 },
      "dueInSeconds must be between 1 and 2592000 (30 days), got 2592001",
    ],
    [
      { dueInSeconds: 1.5 },
      "dueInSeconds must be a whole number between 1 and 2592000 (30 days), got 1.5",
    ],
    [
      { dueInSeconds: "60" },
      'dueInSeconds must be a whole number between 1 and 2592000 (30 days), got "60"',
    ],
    [{ difficulty: -1 }, "difficulty must be between 0 and 100, got -1"],
    [{ difficulty: 101 }, "difficulty must be between 0 and 100, got 101"],
    [{ difficulty: 0.5 }, "difficulty must be a whole number between 0 and 100, got 0.5"],
    [{ labels: {} }, "labels must be a list of labels, got {}"],
    [{ labels: ["car"] }, "labels[0] must be an object with a bbox"],
    [{ labels: [{ metadata: null }] }, 'labels[0].metadata must be an object like {"owner": "…"}'],
    [
      bbox([1, 2, 3]),
      "labels[1].bbox must be 4 numbers (x, y, width, height in pixels), got [1,2,3]",
    ],
    [bbox("all"), 'labels[1].bbox must be 4 numbers (x, y, width, height in pixels), got "all"'],
    [
      bbox([1, 2, 3, 2e12]),
      "labels[1].bbox[3] must be within 1,000,000,000,000 pixels, got 2000000000000",
    ],
    [bbox([1, 2, -3, 4]), "labels[1].bbox[2] must be a width or height of 0 or more, got -3"],
    [bbox([1, 2, "3", 4]), 'labels[1].bbox[2] must be a number, got "3"'],
    [
      { onWorkInProgress: "stop" },
      'onWorkInProgress must be one of "refuse", "cancel", got "stop"',
    ],
    [{ projectId: "roads" }, 'projectId must be a UUID, got "roads"'],
    [{ dueSeconds: 5 }, "dueSeconds is not an input of this resource: did you mean dueInSeconds?"],
  ];
  for (const [inputs, reason] of refused) {
    it(`${JSON.stringify(inputs)}: ${reason}`, async () => {
      const { failures } = await check(inputs);
      assert.deepEqual(failures, [{ property: /^\w+/.exec(reason)![0], reason }]);
    });
  }

  it("shows no more than the beginning of a long value", async () => {
    const [reason] = await reasonsOf({ assetType: "x".repeat(1000) });
    assert.ok(reason!.length < 200 && reason!.endsWith("…"));
  });

  it("says all that is wrong at once", async () => {
    const reasons = await reasonsOf({ dueInSeconds: 0, difficulty: 101, batchId: "b" });
    assert.equal(reasons.length, 3);
  });

  const accepted: Plain[] = [
    {},
    { assetUrl: "https://example.com/a.jpg?size=1" },
    { assetUrl: "uploads/street.png", assetType: "video", assetId: 0 },
    { assetId: "9223372036854775807", batchId: "9007199254740993" },
    { dueInSeconds: 1, difficulty: 0 },
    { dueInSeconds: 2_592_000, difficulty: 100 },
    { labels: [], metadata: {} },
    { labels: [{ bbox: [0, 0, 1.5, 2], metadata: { a: 1 } }, { frames: [1, 2] }] },
    { resultsUrl: "https://example.com/r", taxonomyVersionId: uuid, onWorkInProgress: "cancel" },
  ];
  for (const inputs of accepted) {
    it(`accepts ${JSON.stringify(inputs)}`, async () => {
      assert.deepEqual(await reasonsOf(inputs), []);
    });
  }

  it("is of the configured project, and an image, where nothing is said", async () => {
    const { projectId, assetType } = (await check({})).inputs;
    assert.deepEqual([projectId, assetType], [uuid, "image"]);
    const own = (await check({ projectId: otherUuid, assetType: "video" })).inputs;
    assert.deepEqual([own.projectId, own.assetType], [otherUuid, "video"]);
  });

  const batches: [unknown, string][] = [
    [7, "7"],
    ["7", "7"],
    [`${uuid}/7`, "7"],
  ];
  for (const [batchId, text] of batches) {
    it(`takes ${JSON.stringify(batchId)} for a batch`, async () => {
      assert.equal((await check({ batchId })).inputs.batchId, text);
    });
  }

  it("takes a batch of the project that the work item names itself", async () => {
    assert.deepEqual(await reasonsOf({ batchId: `${otherUuid}/7`, projectId: otherUuid }), []);
  });

  it("takes an asset's number as its text, so that both are the same", async () => {
    assert.equal((await check({ assetId: 12 })).inputs.assetId, "12");
  });
});

describe("provider: WorkItem: deadlines at check", () => {
  for (const dueAt of [inDays(1), inDays(29.99)]) {
    it(`accepts ${dueAt}`, async () => {
      assert.deepEqual(await reasonsOf({ dueAt }), []);
    });
  }

  for (const dueAt of [
    "2030-01-01",
    "tomorrow",
    "2030-01-01T00:00:00",
    "2030-13-01T00:00:00Z",
    5,
  ]) {
    it(`refuses ${JSON.stringify(dueAt)}: no moment with a time zone`, async () => {
      assert.deepEqual(await reasonsOf({ dueAt }), [
        `dueAt must be a moment like 2026-12-31T18:00:00Z, with a time zone, got ${JSON.stringify(dueAt)}`,
      ]);
    });
  }

  const past = inDays(-1);
  it("refuses a moment that is past", async () => {
    assert.deepEqual(await reasonsOf({ dueAt: past }), [
      `dueAt must be in the future, got ${past}`,
    ]);
  });

  it("refuses a moment more than 30 days away, and says which is the last", async () => {
    const dueAt = inDays(31);
    const [reason] = await reasonsOf({ dueAt });
    const [, latest, got] = /^dueAt must be at most 30 days away \((.*)\), got (.*)$/.exec(
      reason!,
    )!;
    assert.equal(got, dueAt);
    assert.ok(Math.abs(Date.parse(latest!) - Date.parse(inDays(30))) < 60_000);
  });

  it("refuses a moment and seconds together", async () => {
    assert.deepEqual(await reasonsOf({ dueAt: inDays(1), dueInSeconds: 60 }), [
      "dueAt and dueInSeconds exclude each other: give one of them",
    ]);
  });

  describe("of a work item that exists", () => {
    const olds = { projectId: uuid, assetUrl: "uploads/a.png", assetType: "image", dueAt: past };

    it("passes a moment that is past by now", async () => {
      assert.deepEqual(await reasonsOf({ dueAt: past }, olds), []);
    });

    it("passes it with other labels, which are set in place", async () => {
      assert.deepEqual(
        await reasonsOf({ dueAt: past, labels: [{ bbox: [1, 2, 3, 4] }] }, olds),
        [],
      );
    });

    it("passes it in the time of another zone", async () => {
      const moment = Math.floor(Date.parse(past) / 1000) * 1000;
      const inZone = (hours: number, zone: string) =>
        new Date(moment + (hours * day) / 24).toISOString().replace(".000Z", zone);
      const declared = { ...olds, dueAt: inZone(0, "Z") };
      assert.deepEqual(await reasonsOf({ dueAt: inZone(2, "+02:00") }, declared), []);
    });

    it("refuses it when another change makes the work item anew: the engine then asks without the old", async () => {
      assert.deepEqual(await reasonsOf({ dueAt: past, difficulty: 5 }, {}), [
        `dueAt must be in the future, got ${past}`,
      ]);
    });

    it("refuses another moment that is past", async () => {
      assert.equal((await reasonsOf({ dueAt: inDays(-2) }, olds)).length, 1);
    });
  });
});
