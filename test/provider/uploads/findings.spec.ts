import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp, { type Sharp } from "sharp";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { signedUploadLifecycle } from "../../../provider/resources/signed-upload.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { keepEnvironment } from "../../support/environment.ts";

const defaults = { projectId: undefined, spaceId: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff" };

describe("provider: what a look at pictures finds", () => {
  keepEnvironment("XDG_CACHE_HOME");
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "aidp-findings-"));
    folder = join(root, "photos");
    mkdirSync(folder);
    process.env.XDG_CACHE_HOME = join(root, "cache");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const at = (name: string) => join(folder, name);
  let colour = 0;
  /** A picture of 200 by 100 that no other one is like, and which `orientation` turns. */
  async function draw(name: string, orientation = 1, format: "jpeg" | "png" | "webp" = "jpeg") {
    mkdirSync(dirname(at(name)), { recursive: true });
    colour += 1;
    const create = {
      width: 200,
      height: 100,
      channels: 3,
      background: { r: (colour * 37) % 256, g: (colour * 91) % 256, b: 9 },
    } as const;
    await sharp({ create }).withMetadata({ orientation }).toFormat(format).toFile(at(name));
  }
  const check = (more: Plain = {}, olds: Plain = {}) =>
    uploadSetLifecycle.check({ folder, ...more }, olds, defaults);
  const reasons = async (more?: Plain, olds?: Plain) =>
    (await check(more, olds)).failures.map(({ reason }) => reason).join();
  const warning = async (more?: Plain) => {
    const { failures, warning } = await check(more);
    assert.deepEqual(failures, []);
    return warning;
  };
  /** A manifest with this picture. */
  function manifest(image: Plain, bbox?: number[]): string {
    const path = join(root, "m.json");
    const annotations = bbox === undefined ? [] : [{ image_id: 1, bbox }];
    writeFileSync(path, JSON.stringify({ images: [{ id: 1, ...image }], annotations }));
    return path;
  }

  it("is nothing where all is well", async () => {
    await draw("a.jpg");
    await draw("b.PNG", 1, "png");
    await draw("c.webp", 1, "webp");
    writeFileSync(at("notes.txt"), "text");
    writeFileSync(at("scan.dcm"), "DICM");
    assert.equal(await warning(), undefined);
  });

  const faults: [name: string, finding: string, make: () => Promise<void>, text: RegExp][] = [
    ["a.jpg", "empty", async () => writeFileSync(at("a.jpg"), ""), /is empty\. Leave it out, or/],
    [
      "a.jpg",
      "pointer",
      async () =>
        writeFileSync(at("a.jpg"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
      /is a pointer of Git LFS: run `git lfs pull`/,
    ],
    [
      "a.jpg",
      "broken",
      async () => writeFileSync(at("a.jpg"), '<html lang="en"><body>\n'),
      /is no picture \(it begins with "<html lang=\\"en\\"><bod"\)\. Leave/,
    ],
    [
      "a.jpg",
      "broken",
      async () => writeFileSync(at("a.jpg"), Buffer.from([1, 2, 3, 0xff, 65, 66, 67, 68])),
      /is no picture\. Leave/,
    ],
    ...(["jpeg", "png", "webp"] as const).map((format): (typeof faults)[number] => [
      `a.${format}`,
      "broken",
      async () => {
        await draw(`a.${format}`, 1, format);
        const bytes = readFileSync(at(`a.${format}`));
        writeFileSync(at(`a.${format}`), bytes.subarray(0, bytes.length - 20));
      },
      /is not a whole picture/,
    ]),
    [
      "a.jpg",
      "broken",
      async () => {
        // A camera's picture has a whole small one before it.
        await draw("small.jpg");
        const small = readFileSync(at("small.jpg"));
        rmSync(at("small.jpg"));
        await draw("a.jpg");
        const whole = readFileSync(at("a.jpg"));
        const segment = Buffer.concat([Buffer.from([0xff, 0xe2, 0, 0]), small]);
        segment.writeUInt16BE(small.length + 2, 2);
        const camera = Buffer.concat([whole.subarray(0, 2), segment, whole.subarray(2)]);
        writeFileSync(at("a.jpg"), camera.subarray(0, camera.length - 20));
      },
      /is not a whole picture/,
    ],
  ];
  for (const [name, finding, make, text] of faults) {
    it(`refuses ${name} that is ${finding} (${text.source}), unless it may pass or is there already`, async () => {
      await make();
      await draw("fine.jpg");
      const said = await reasons();
      assert.match(said, text);
      assert.ok(
        said.includes(`file "${name}"`) && said.includes(`findings: { ${finding}: "ignore" }`),
      );
      // From the cache.
      assert.equal(await reasons(), said);
      assert.equal(await warning({ findings: { [finding]: "ignore" } }), undefined);
      const told = await warning({ findings: { [finding]: "warn" } });
      assert.match(
        told ?? "",
        new RegExp(`^folder .*: ${finding}: 1 file, .*: ${name}( \\(it begins .*)?$`),
      );
      const { inputs } = await check({ findings: { [finding]: "ignore" } });
      assert.equal(await reasons({}, inputs), "");
    });
  }

  it("refuses new files where those of before are known only to the update", async () => {
    await draw("fine.jpg");
    writeFileSync(at("old.jpg"), "");
    const ignoring = { findings: { empty: "ignore" } };
    const before = (await check(ignoring)).inputs;
    // What the engine has in the place of a large map.
    const olds = { ...before, files: "2 entries, SHA-256 00" };
    const { inputs, failures, warning } = await check({}, olds);
    assert.deepEqual(failures, []);
    assert.match(warning ?? "", /empty: 1 file, .*: old\.jpg/);
    const changes = () =>
      uploadSetLifecycle
        .checkChanges?.(before as never, inputs as never)
        .map(({ reason }) => reason);
    assert.deepEqual(changes(), []);
    writeFileSync(at("new.jpg"), "");
    await check({}, olds);
    assert.match(changes()?.join() ?? "", /^folder \S+: file "new\.jpg" is empty\./);
  });

  it("tells no whole picture for broken", async () => {
    await draw("plain.jpg");
    const plain = readFileSync(at("plain.jpg"));
    const [start, rest] = [plain.subarray(0, 2), plain.subarray(2)];
    const first = 4 + plain.readUInt16BE(4);
    const segment = Buffer.alloc(60_000, "profile");
    segment.set([0xff, 0xe1, 0xea, 0x5e]);
    writeFileSync(
      at("stray.jpg"),
      Buffer.concat([plain.subarray(0, first), Buffer.from([0, 1]), plain.subarray(first)]),
    );
    writeFileSync(at("profiles.jpg"), Buffer.concat([start, ...Array(10).fill(segment), rest]));
    writeFileSync(at("padded.jpg"), Buffer.concat([plain, Buffer.alloc(700_000)]));
    writeFileSync(at("trailing.jpg"), Buffer.concat([plain, Buffer.from("a small picture")]));
    assert.equal(await warning(), undefined);
  });

  it("warns of names that say another kind, thumbnails, and the same picture twice", async () => {
    await draw("a.jpg", 1, "png");
    await draw("@eaDir/b.jpg");
    await draw("c.jpg");
    copyFileSync(at("c.jpg"), at("d.jpg"));
    const said = (await warning()) ?? "";
    assert.match(said, /thumbnail: 1 file, which lies in a folder of thumbnails: @eaDir\/b\.jpg/);
    assert.match(said, /ending: 1 file, which is of another kind .*: a\.jpg \(image\/png\)/);
    assert.match(said, /duplicate: 1 file, which is there twice: d\.jpg \(as c\.jpg\)/);
    const strict = { duplicate: "refuse", ending: "refuse", thumbnail: "refuse" };
    assert.equal((await reasons({ findings: strict })).match(/file "/g)?.length, 3);
  });

  it("refuses a manifest that has other sizes, or boxes that reach out of the picture", async () => {
    await draw("a.jpg");
    await draw("turned.jpg", 6);
    const ofA = { file_name: "a.jpg" };
    assert.match(
      await reasons({ manifest: manifest({ ...ofA, width: 100, height: 200 }) }),
      /file "a\.jpg" has another size than the manifest says \(200 by 100, not 100 by 200\)/,
    );
    assert.match(
      await reasons({ manifest: manifest(ofA, [150, 10, 60, 20]) }),
      /file "a\.jpg" has a box that reaches out of it \(200 by 100\)/,
    );
    assert.equal(
      await warning({ manifest: manifest({ ...ofA, width: 200, height: 100 }) }),
      undefined,
    );
    // As people see it.
    const turned = { file_name: "turned.jpg", width: 100, height: 200 };
    assert.equal(await warning({ manifest: manifest(turned, [10, 110, 50, 60]) }), undefined);
  });

  it("refuses boxes of a table that reach out of the picture, whichever row has them", async () => {
    await draw("a.jpg");
    const table = join(root, "m.jsonl");
    const label = (...bbox: unknown[]) => ({ file: "a.jpg", labels: [{ bbox }] });
    const outside = /file "a\.jpg" has a box that reaches out of it \(200 by 100\)/;
    for (const [row, message] of [
      [label(150, 10, 60, 20), outside],
      [label(-5, 10, 60, 20), outside],
      [{ file_name: "a.jpg", objects: { bbox: [[150, 10, 60, 20]] } }, outside],
      // What is no box, or an empty one, is for the platform or the work item set to judge.
      [label(150, 10, 50, 0), /^$/],
      [label("150", 10, 60, 20), /^$/],
      [{ file: "a.jpg", labels: [{ points: [900, 900] }] }, /^$/],
    ] as const) {
      const lines = [{ key: "other", ...row }, { file: "a.jpg" }];
      writeFileSync(table, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      assert.match(await reasons({ manifest: table }), message, JSON.stringify(row));
    }
  });

  it("refuses a file that is too large for the storage, before it reads it", async () => {
    writeFileSync(at("film.mp4"), "");
    truncateSync(at("film.mp4"), 5 * 2 ** 30 + 1);
    assert.match(
      await reasons(),
      /file "film\.mp4" has 5,368,709,121 bytes, and a storage service/,
    );
  });

  it("looks at large files at both ends", async () => {
    const noise = {
      width: 1200,
      height: 900,
      channels: 3,
      noise: { type: "gaussian", mean: 128, sigma: 60 },
    } as const;
    await sharp({ create: { ...noise, background: "#000" } })
      .png()
      .toFile(at("large.png"));
    const bytes = readFileSync(at("large.png"));
    assert.ok(bytes.length > 2 ** 20);
    assert.equal(await warning(), undefined);
    writeFileSync(at("large.png"), bytes.subarray(0, bytes.length - 20));
    assert.match(await reasons(), /file "large\.png" is not a whole picture/);
  });

  /** A picture full of things, which depend on the seed. */
  async function drawScene(name: string, seed: number, change = (picture: Sharp) => picture) {
    const shades = Uint8Array.from({ length: 48 }, (_, at) => (at * seed * 97 + seed * 31) % 251);
    const scene = await sharp(shades, { raw: { width: 8, height: 6, channels: 1 } })
      .resize(400, 300, { kernel: "cubic" })
      .png()
      .toBuffer();
    await change(sharp(scene)).toFile(at(name));
  }

  it("finds what cannot be decoded and what looks alike only if asked to", async () => {
    await drawScene("a.jpg", 3);
    await drawScene("b.png", 3, (picture) => picture.resize(200, 150));
    await drawScene("c.webp", 3, (picture) => picture.modulate({ brightness: 1.1 }).webp());
    await drawScene("d.jpg", 5);
    await draw("plain.jpg");
    await draw("plain-too.jpg");
    const bytes = readFileSync(at("b.png"));
    bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 40);
    writeFileSync(at("e.png"), bytes);
    assert.equal(await warning(), undefined);
    const asked = { findings: { damaged: "warn", similar: "warn" } };
    const said = (await warning(asked)) ?? "";
    assert.match(said, /damaged: 1 file, which cannot be decoded: .*: e\.png$/);
    assert.match(said, /similar: 2 files, .*: b\.png \(as a\.jpg\), c\.webp \(as a\.jpg\);/);
    // From the cache, which knows nothing of this picture's bytes but what it was told.
    assert.equal(await warning(asked), said);
    const strict = { damaged: "refuse", similar: "refuse" };
    assert.match(
      await reasons({ findings: strict }),
      /file "b\.png" looks like another one \(as a\.jpg\)\. .*file "e\.png" cannot be decoded/,
    );
    assert.equal(await reasons({ findings: strict }, (await check()).inputs), "");
  });

  it("is told of a SignedUpload as well", async () => {
    const look = async (source: string, more: Plain = {}, olds: Plain = {}) =>
      signedUploadLifecycle.check({ source: at(source), ...more }, olds, defaults);
    await draw("fine.jpg");
    assert.equal((await look("fine.jpg")).warning, undefined);
    await draw("a.jpg", 1, "png");
    assert.match((await look("a.jpg")).warning ?? "", /^ending: 1 file, which is of another kind/);
    writeFileSync(at("empty.jpg"), "");
    const [failure] = (await look("empty.jpg")).failures;
    assert.equal(failure?.property, "source");
    assert.match(
      failure.reason,
      /^source: file "\S+empty\.jpg" is empty\. Leave it out, or let it pass with/,
    );
    const ignored = await look("empty.jpg", { findings: { empty: "ignore" } });
    assert.deepEqual([ignored.failures, ignored.warning], [[], undefined]);
    const again = await look("empty.jpg", {}, ignored.inputs);
    assert.deepEqual(again.failures, []);
    assert.match(again.warning ?? "", /^empty: 1 file, which is empty/);
    await draw("damaged.png", 1, "png");
    const bytes = readFileSync(at("damaged.png"));
    bytes.fill(0, bytes.indexOf("IDAT") + 10, bytes.indexOf("IDAT") + 40);
    writeFileSync(at("damaged.png"), bytes);
    assert.equal((await look("damaged.png")).warning, undefined);
    const asked = await look("damaged.png", { findings: { damaged: "refuse" } });
    assert.match(asked.failures.map(({ reason }) => reason).join(), /cannot be decoded/);
  });

  it("says in one line which finding or level there is not", async () => {
    await draw("a.jpg");
    assert.match(
      await reasons({ findings: { brokn: "warn" } }),
      /^findings must be named empty, .*, got "brokn": did you mean broken\?$/,
    );
    assert.match(
      await reasons({ findings: { broken: "no" } }),
      /findings\.broken must be one of "refuse"/,
    );
  });
});
