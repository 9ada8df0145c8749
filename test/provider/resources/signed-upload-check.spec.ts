import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import {
  signedUploadLifecycle,
  signedUploadMutability,
} from "../../../provider/resources/signed-upload.ts";

type State = Parameters<typeof signedUploadLifecycle.diff>[0];
type Inputs = Parameters<typeof signedUploadLifecycle.diff>[1];

const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const otherUuid = "a3bb189e-8bf9-4888-9912-ace4e6543002";
const defaults = { projectId: undefined, spaceId: uuid };
const bitmap = Buffer.from("424d3a0000000000000036000000280000000100000001000000", "hex");
const jpeg = Buffer.from("ffd8ffe000104a46494600010101004800480000", "hex");

describe("provider: SignedUpload: check", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "aidp-files-"));
  });
  after(() => rm(folder, { recursive: true }));

  const check = (news: Plain) => signedUploadLifecycle.check(news, {}, defaults);
  /** Of a file that is no whole picture. */
  const findings = { empty: "ignore", broken: "ignore" };
  async function file(name: string, content: string | Buffer): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  const refused: [Plain, string][] = [
    [{}, "source is required"],
    [{ source: "" }, "source must not be empty"],
    [{ source: 5 }, "source must be text, got 5"],
    [
      { source: "a", contentType: "jpeg" },
      'contentType must be a media type like image/jpeg, got "jpeg"',
    ],
    [{ source: "a", contentType: 5 }, "contentType must be a media type like image/jpeg, got 5"],
    [
      { source: "a", contentType: "image/png\nx: y" },
      'contentType must be a media type like image/jpeg, got "image/png\\nx: y"',
    ],
    [{ source: "a", spaceId: "roads" }, 'spaceId must be a UUID, got "roads"'],
    [{ source: "a", sha256: 0 }, "sha256 must be text, got 0"],
  ];
  for (const [inputs, reason] of refused) {
    it(`${JSON.stringify(inputs)}: ${reason}`, async () => {
      const { failures } = await check(inputs);
      assert.deepEqual(failures, [{ property: /^\w+/.exec(reason)![0], reason }]);
    });
  }

  it("says how to give a space where there is none", async () => {
    const nowhere = { projectId: undefined, spaceId: undefined };
    const { failures } = await signedUploadLifecycle.check({ source: "a" }, {}, nowhere);
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      [
        "spaceId is required: pass it, run `pulumi config set aidp:spaceId …`, or set AIDP_SPACE_ID",
      ],
    );
  });

  it("says where it looked for a file that is not there", async () => {
    const path = join(folder, "missing.png");
    const source = relative(process.cwd(), path);
    const { failures } = await check({ source });
    assert.deepEqual(failures, [
      {
        property: "source",
        reason: `source must be a file, got ${source} (${path}): there is no such file`,
      },
    ]);
  });

  it("refuses a folder", async () => {
    const source = join(folder, "pictures");
    await mkdir(source);
    const { failures } = await check({ source });
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      [`source must be a file, got ${source} (${source}): it is not a file`],
    );
  });

  it("refuses a path that leads through a file", async () => {
    const source = join(await file("file", ""), "below");
    const [failure] = (await check({ source })).failures;
    assert.ok(failure?.reason.endsWith("ENOTDIR"), failure?.reason);
  });

  it("is of the configured space, unless it names another", async () => {
    const source = await file("space.txt", "x");
    assert.equal((await check({ source })).inputs.spaceId, uuid);
    assert.equal((await check({ source, spaceId: otherUuid })).inputs.spaceId, otherUuid);
  });

  it("has the hash and the size of the bytes, whatever their number", async () => {
    for (const content of [Buffer.alloc(0), Buffer.alloc(3_000_000, "many bytes")]) {
      const { inputs, failures } = await check({ source: await file("bytes", content), findings });
      assert.deepEqual(failures, []);
      assert.deepEqual(
        [inputs.sha256, inputs.size],
        [createHash("sha256").update(content).digest("hex"), content.length],
      );
    }
  });

  const types: [string, string | Buffer, string | undefined, string][] = [
    ["picture.png", jpeg, undefined, "image/jpeg"],
    ["picture", jpeg, undefined, "image/jpeg"],
    ["table.csv", "a,b", undefined, "text/csv"],
    ["TABLE.CSV", "a,b", undefined, "text/csv"],
    ["empty.png", "", undefined, "image/png"],
    [
      "drawing.svg",
      '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      undefined,
      "image/svg+xml",
    ],
    ["route.gpx", '<?xml version="1.0"?>\n<gpx/>', undefined, "application/gpx+xml"],
    ["data.xml", '<?xml version="1.0"?>\n<a/>', undefined, "application/xml"],
    ["bodies.csv", "BMI,age\n20,30\n", undefined, "text/csv"],
    ["bitmap.jpg", bitmap, undefined, "image/bmp"],
    ["unknown", "text", undefined, "application/octet-stream"],
    ["unknown.xyzzy", "text", undefined, "application/octet-stream"],
    ["declared.png", jpeg, "image/x-raw; a=b", "image/x-raw; a=b"],
  ];
  for (const [name, content, contentType, expected] of types) {
    it(`stores ${name} as ${expected}`, async () => {
      const source = await file(name, content);
      const declared = { source, findings, ...(contentType !== undefined && { contentType }) };
      const { inputs } = await check(declared);
      assert.equal(inputs.contentType, expected);
    });
  }

  it("says which file may be meant", async () => {
    await file("cafe\u0301.jpg", "x");
    for (const [name, hint] of [
      [
        "caf\u00e9.jpg",
        /there is no such file, but one whose name looks the same is there, in the Unicode form NFD/,
      ],
      ["sub\\b.jpg", /there is no such file: write "\/" between folders, not "\\"$/],
      ["none.jpg", /there is no such file$/],
    ] as const) {
      const { failures } = await check({ source: join(folder, name) });
      assert.match(failures[0]?.reason ?? "", hint);
    }
  });

  it("shows changed bytes as an update, and a moved file as no change", async () => {
    const source = await file("first.txt", "one");
    const olds = (await check({ source })).inputs as unknown as State;
    const moved = join(folder, "moved.txt");
    await rename(source, moved);
    const same = (await check({ source: moved })).inputs as unknown as Inputs;
    assert.deepEqual(signedUploadLifecycle.diff(olds, same), { changed: false, replaces: [] });
    await writeFile(moved, "two");
    const other = (await check({ source: moved })).inputs as unknown as Inputs;
    assert.deepEqual(signedUploadLifecycle.diff(olds, other), {
      changed: true,
      replaces: [],
    });
  });
});

describe("provider: SignedUpload: diff", () => {
  const full: Inputs = { spaceId: "s", source: "a", contentType: "a/b", sha256: "00", size: 1 };
  const state: State = { ...full, path: "uploads/1" };
  const changes: Inputs = { spaceId: "t", source: "b", contentType: "a/c", sha256: "11", size: 2 };
  const replacing = ["spaceId"];
  const updating = ["contentType", "sha256"];
  for (const field of Object.keys(signedUploadMutability) as (keyof Inputs)[]) {
    const replaces = replacing.includes(field) ? [field] : [];
    const changed = replaces.length > 0 || updating.includes(field);
    it(`a change of ${field}, either way round: ${changed ? "one" : "none"}, and replaces ${replaces.join() || "nothing"}`, () => {
      const expected = { changed, replaces };
      const news = { ...full, [field]: changes[field] };
      assert.deepEqual(signedUploadLifecycle.diff(state, news), expected);
      assert.deepEqual(signedUploadLifecycle.diff({ ...news, path: "uploads/1" }, full), expected);
    });
  }
});
