import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { readFingerprint } from "../../../provider/disk/local-file.ts";
import { renderCards } from "../../../report/html/cards.ts";
import type { LocalFile } from "../../../report/html/local-files.ts";
import { renderPage } from "../../../report/html/page.ts";
import { findPictures } from "../../../report/html/pictures.ts";
import { thumbnailMaker } from "../../../report/html/thumbnails.ts";
import { declaredFiles, findingOf, step, texts } from "../../support/findings.ts";

const background = { r: 200, g: 30, b: 30 };

describe("report: pictures of a page", () => {
  const root = mkdtempSync(join(tmpdir(), "aidp-pictures-"));
  const folder = join(root, "photos");
  mkdirSync(folder);
  after(() => rmSync(root, { recursive: true }));

  const pixels = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background } });

  async function write(name: string, content: Buffer | string) {
    writeFileSync(join(folder, name), content);
    return { folder, name, followLinks: false, ...(await readFingerprint(join(folder, name))) };
  }

  async function made(file: LocalFile) {
    const make = await thumbnailMaker();
    assert.ok(make);
    return make(file);
  }

  /** Pictures of items that show all files of the folder. */
  async function found(maker?: typeof thumbnailMaker, bounds?: Parameters<typeof findPictures>[3]) {
    const files = await declaredFiles(folder);
    const items = Object.fromEntries(Object.keys(files).map((file) => [file, { file }]));
    const { report, files: local } = findingOf(
      [
        step("UploadSet", "photos", { inputs: { folder, files } }),
        step("WorkItemSet", "photos", { inputs: { projectId: "p", items: texts(items) } }),
      ],
      root,
    );
    const cards = renderCards(report);
    const pictures = await findPictures(cards, local, maker, bounds);
    return { report, cards, pictures, page: renderPage(report, cards, pictures) };
  }

  it("are small, the way up that people see them, and know the size of the original", async () => {
    const turned = await pixels(1200, 800).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const thumbnail = await made(await write("turned.jpg", turned));
    assert.ok(typeof thumbnail === "object");
    assert.deepEqual([thumbnail.width, thumbnail.height], [800, 1200]);
    const [start, data = ""] = thumbnail.url.split(",");
    assert.equal(start, "data:image/webp;base64");
    const small = await sharp(Buffer.from(data, "base64")).metadata();
    assert.deepEqual([small.format, small.width, small.height], ["webp", 213, 320]);
    assert.equal(small.exif, undefined);
  });

  it("are left out with the reason where a file is no picture, or too large a one", async () => {
    // A picture that says to be large.
    const large = await pixels(10, 10).png().toBuffer();
    large.writeUInt32BE(13_000, 16);
    large.writeUInt32BE(13_000, 20);
    large.writeUInt32BE(crc32(large.subarray(12, 29)), 29);
    // Of fewer pixels, of 16 bits and four channels each.
    const deep = Buffer.from(large);
    deep.writeUInt32BE(10_000, 16);
    deep.writeUInt32BE(10_000, 20);
    deep.writeUInt8(16, 24);
    deep.writeUInt8(6, 25);
    deep.writeUInt32BE(crc32(deep.subarray(12, 29)), 29);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    for (const [name, content, reason] of [
      ["broken.jpg", "not a picture", "its file cannot be read as a picture"],
      ["large.png", large, "its picture has more than 150,000,000 pixels"],
      ["deep.png", deep, "its picture would take 800 MB of memory"],
      ["drawn.svg", svg, "its file is svg, of which no picture is made"],
    ] as const) {
      assert.equal(await made(await write(name, content)), reason);
      rmSync(join(folder, name));
    }
    const known = await write("1.jpg", "one");
    const huge = await made({ ...known, size: 64_000_001 });
    assert.equal(huge, "its file is large, 64 MB");
    rmSync(join(folder, "1.jpg"));
  });

  it("are of the bytes that are declared, and of no file elsewhere", async () => {
    const content = await pixels(10, 10).png().toBuffer();
    writeFileSync(join(root, "secret.png"), content);
    const known = await write("changed.png", content);
    symlinkSync(join(root, "secret.png"), join(folder, "link.png"));
    assert.equal(await made({ ...known, name: "link.png" }), "its file is a link to elsewhere");
    assert.equal(
      await made({ ...known, name: "../secret.png" }),
      "its file is a link to elsewhere",
    );
    const followed = await made({ ...known, name: "link.png", followLinks: true });
    assert.equal(typeof followed, "object");
    assert.equal(await made({ ...known, name: "gone.png" }), "its file is not on this machine");
    const same = readFileSync(join(folder, "changed.png"));
    same[same.length - 1] = 7;
    writeFileSync(join(folder, "changed.png"), same);
    assert.match(String(await made(known)), /^its file was changed since, .* not kept/);
    rmSync(join(folder, "link.png"));
    rmSync(join(folder, "changed.png"));
  });

  it("are those of the first items, as far as there is room", async () => {
    for (const name of ["1.png", "2.png", "3.png"]) {
      await write(
        name,
        await pixels(20 + Number(name[0]), 20)
          .png()
          .toBuffer(),
      );
    }
    const kinds = ({ pictures: { sides } }: Awaited<ReturnType<typeof found>>) =>
      sides.map((side) => (typeof side.new === "string" ? side.new : "shown"));
    const all = await found();
    assert.deepEqual(
      kinds(all).filter((kind) => kind !== "shown"),
      [],
    );
    const leftOut = "there are too many for one page";
    const [first] = all.pictures.sides;
    const length = typeof first?.new === "object" ? first.new.url.length : 0;
    for (const bounds of [
      { pictures: 1, characters: 1_000_000 },
      { pictures: 100, characters: length },
    ]) {
      const some = await found(thumbnailMaker, bounds);
      assert.deepEqual(kinds(some), [
        "shown",
        ...kinds(all)
          .slice(1)
          .map(() => leftOut),
      ]);
      assert.equal(some.page.match(/<image /g)?.length, 1);
      assert.match(some.page, /\d pictures? of \d cannot be shown: each says why\./);
    }
  });

  it("are not needed: without sharp the page says once how to get them", async () => {
    const { page, cards } = await found(async () => undefined);
    assert.equal(page.match(/npm install sharp/g)?.length, 1);
    assert.equal(page.match(/No picture: the package sharp is missing\./g)?.length, cards.length);
    assert.ok(!page.includes("<image "));
  });
});
