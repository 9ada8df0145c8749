import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { useUploadFolder } from "../../support/upload-folder.ts";

describe("provider: UploadSet: check", () => {
  const { at, check, write } = useUploadFolder();

  it("reads a file again only when it was written to, even with size and time kept", async () => {
    const path = at("photos/deep/0.txt");
    const time = new Date(1_700_000_000_000);
    utimesSync(path, time, time);
    const known = async () => (await check()).inputs.files["deep/0.txt"] ?? "";
    const { sha256 } = JSON.parse(await known());
    // What only the cache says shows that it is asked.
    const [name = ""] = globSync("**/*.json", { cwd: at(".cache") });
    const cache = at(".cache", name);
    const cached = sha256.replaceAll(/\d/g, "0");
    writeFileSync(cache, readFileSync(cache, "utf8").replaceAll(sha256, cached));
    // Another set of the same folder does not make this one forget.
    await check({ exclude: ["deep/0.txt"] });
    assert.match(await known(), new RegExp(cached));
    writeFileSync(path, "PHOTO 0");
    utimesSync(path, time, time);
    assert.doesNotMatch(await known(), new RegExp(`${cached}|${sha256}`));
  });

  it("works without a cache that can be written", async () => {
    process.env.XDG_CACHE_HOME = "/dev/null";
    assert.equal(Object.keys((await check()).inputs.files).length, 25);
  });

  it("selects by patterns, and follows no link out of the folder", async () => {
    writeFileSync(at("outside.txt"), "private");
    symlinkSync(at(), at("photos/link"));
    write(".hidden", "h");
    const names = async (more: object) => Object.keys((await check(more)).inputs.files);
    assert.ok(!(await names({})).some((name) => name.includes("outside") || name === ".hidden"));
    assert.deepEqual(await names({ include: ["**/1?.txt"], exclude: ["deep/1[1-9].txt"] }), [
      "deep/10.txt",
    ]);
  });

  it("selects by the media types that names stand for", async () => {
    for (const name of ["a.JPG", "b.mp4", "deep/c.webp", "unnamed"]) {
      write(name, name);
    }
    const selected = async (...mediaTypes: string[]) =>
      Object.keys((await check({ mediaTypes, exclude: ["deep/*.txt"] })).inputs.files);
    assert.deepEqual(await selected("image/*"), ["a.JPG", "deep/c.webp"]);
    assert.deepEqual(await selected("image/webp", "video/mp4"), ["b.mp4", "deep/c.webp"]);
    assert.equal((await selected("*/*")).length, 4);
    assert.deepEqual((await check({ mediaTypes: ["jpg"] })).reasons, [
      'mediaTypes[0] must be a media type like image/* or video/mp4, got "jpg"',
    ]);
    assert.match((await check({ mediaTypes: ["audio/*"] })).reasons.join(), /has no file of audio/);
  });

  it("takes the files of a manifest, and says which is not there", async () => {
    const manifest = at("items.jsonl");
    writeFileSync(
      manifest,
      '{"file":"deep/1.txt"}\n{"file":"deep/2.txt"}\n{"assetUrl":"https://p.example/3"}\n',
    );
    assert.deepEqual(Object.keys((await check({ manifest })).inputs.files), [
      "deep/1.txt",
      "deep/2.txt",
    ]);
    writeFileSync(manifest, '{"file":"deep/none.txt"}\n');
    assert.match(
      (await check({ manifest })).reasons.join(),
      /file "deep\/none\.txt" must be a file.*no such file/,
    );
  });

  for (const name of ["../outside.txt", "deep/../../outside.txt", "link.txt", "link/outside.txt"]) {
    it(`sends nothing out of the folder that a manifest names: ${name}`, async () => {
      writeFileSync(at("outside.txt"), "private");
      symlinkSync(at("outside.txt"), at("photos/link.txt"));
      symlinkSync(at(), at("photos/link"));
      const manifest = at("items.jsonl");
      writeFileSync(manifest, JSON.stringify({ file: name }));
      const [reason, ...others] = (await check({ manifest })).reasons;
      assert.match(
        reason!,
        /^manifest \S+: file "\S+" must be in the folder \S+photos(, and no link out|$)/,
      );
      assert.deepEqual(others, []);
    });
  }

  for (const pattern of ["link/*.txt", "link/deep/*", "../*.txt", "deep/../../*.txt"]) {
    it(`sends nothing out of the folder that a pattern leads to: ${pattern}`, async () => {
      const outside = at("outside");
      mkdirSync(join(outside, "deep"), { recursive: true });
      for (const name of ["a.txt", "deep/a.txt", "../a.txt"]) {
        writeFileSync(join(outside, name), "");
      }
      symlinkSync(outside, at("photos/link"));
      const { inputs, reasons } = await check({ include: [pattern] });
      assert.match(
        reasons.join(),
        /^folder \S+: the files of "\S+" must be in the folder \S+photos(, and no link out|$)/,
      );
      assert.equal(inputs.files, undefined);
    });
  }

  it("says which file cannot be read", async () => {
    writeFileSync(Buffer.from(`${at("photos")}/bad\xff.txt`, "latin1"), "no UTF-8");
    const { reasons } = await check();
    assert.match(reasons.join(), /^folder \S+: file "bad\ufffd.txt" cannot be read \(ENOENT\)$/);
  });

  it("follows links where it is told to, and refuses one that leads nowhere", async () => {
    const manifest = at("items.jsonl");
    writeFileSync(manifest, '{"file":"a.txt"}\n{"file":"shared/b.txt"}');
    mkdirSync(at("cache", "b"), { recursive: true });
    writeFileSync(at("cache", "a"), "of the cache");
    writeFileSync(at("cache", "b", "b.txt"), "of the cache, too");
    symlinkSync("../cache/a", at("photos/a.txt"));
    symlinkSync("../cache/b", at("photos/shared"));
    symlinkSync(".", at("photos/again"));
    for (const more of [{ exclude: ["**/deep/**", "again/**"] }, { manifest }]) {
      const { inputs } = await check({ ...more, followLinks: true });
      assert.deepEqual(Object.keys(inputs.files), ["a.txt", "shared/b.txt"]);
    }
    assert.match(
      (await check({ include: ["../cache/a"], followLinks: true })).reasons.join(),
      /^folder \S+: the files of "\.\.\/cache" must be in the folder \S+photos$/,
    );
    assert.match((await check({ include: ["a.txt"] })).reasons.join(), /no file.*followLinks/);
    rmSync(at("cache", "a"));
    assert.match(
      (await check({ followLinks: true })).reasons.join(),
      /^folder \S+photos: file "a\.txt" cannot be read \(ENOENT\)/,
    );
    const others = { include: ["**/*.txt"], exclude: ["a.txt", "again"], followLinks: true };
    symlinkSync("nowhere", at("photos/.#lock.txt"));
    assert.deepEqual((await check(others)).reasons, []);
  });

  it("takes a link of a manifest that stays in the folder", async () => {
    symlinkSync("deep/1.txt", at("photos/first.txt"));
    const manifest = at("items.jsonl");
    writeFileSync(manifest, '{"file":"first.txt"}');
    assert.deepEqual(Object.keys((await check({ manifest })).inputs.files), ["first.txt"]);
  });

  it("refuses what a manifest would leave without effect, and one that names no file", async () => {
    const manifest = at("items.jsonl");
    writeFileSync(manifest, '{"assetUrl":"https://example.com/1.jpg"}');
    const { reasons } = await check({ manifest, include: ["**/*"], exclude: ["deep/**"] });
    assert.deepEqual(reasons, [
      "manifest names its files itself: leave out include and exclude, or the manifest",
    ]);
    assert.match((await check({ manifest })).reasons.join(), /names no file to upload/);
  });

  it("refuses a folder that is not there, or that has no file", async () => {
    assert.match((await check({ folder: at("no") })).reasons.join(), /must be a folder, got .*no/);
    assert.match((await check({ include: ["*.jpg"] })).reasons.join(), /has no file to upload/);
  });

  it("refuses a folder of which a part cannot be read, as its files would count as removed", async () => {
    // A name so long that no call takes it whole; a shell goes there step by step. Root may read all else.
    const part = "d".repeat(250);
    const deep = `for i in $(seq 15); do mkdir ${part} && cd ${part}; done; mkdir -p ${part}/${part}`;
    const { status } = spawnSync("sh", ["-c", deep], { cwd: at("photos") });
    assert.equal(status, 0);
    const { reasons } = await check();
    spawnSync("rm", ["-r", at("photos", part)]);
    assert.match(reasons.join(), /^folder .+photos: d+\/.+ cannot be read \(ENAMETOOLONG\)$/);
  });
});
