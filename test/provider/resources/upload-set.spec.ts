import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addFault,
  clearFaults,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import { lookAgainAfterMs } from "../../../provider/api/look-again.ts";
import { PartialFailure } from "../../../provider/lifecycle/lifecycle.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import { keepEnvironment } from "../../support/environment.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Inputs = Parameters<typeof uploadSetLifecycle.create>[1];
type State = Parameters<typeof uploadSetLifecycle.update>[2];

describe("provider: UploadSet", () => {
  useShortWaits();
  const other = useEmulator();
  keepEnvironment("XDG_CACHE_HOME");
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-upload-set-"));
    process.env.XDG_CACHE_HOME = join(folder, ".cache");
    mkdirSync(join(folder, "photos", "deep"), { recursive: true });
    for (let index = 0; index < 25; index += 1) {
      write(`deep/${index}.txt`, `photo ${index}`);
    }
    await resetRequests(other.emulator);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, text: string): void {
    writeFileSync(join(folder, "photos", name), text);
  }

  async function check(more: object = {}) {
    const news = { folder: join(folder, "photos"), ...more };
    const defaults = { projectId: undefined, spaceId: other.emulator.spaceId };
    const { inputs, failures } = await uploadSetLifecycle.check(news, {}, defaults);
    return { inputs: inputs as unknown as Inputs, reasons: failures.map(({ reason }) => reason) };
  }

  const platform = () =>
    platformOf(other.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::photos" });

  async function create(): Promise<{ id: string; inputs: Inputs; state: State }> {
    const { inputs } = await check();
    const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
    return { id, inputs, state };
  }

  it("sends each file once, ten URLs a request, and knows each one's path", async () => {
    const { state } = await create();
    const { files } = await storeOf(other.emulator);
    for (const [name, path] of Object.entries(state.paths)) {
      const text = `photo ${/\d+/.exec(name)?.[0]}`;
      const file = files.find((each) => each.path === path);
      assert.equal(file?.sha256, createHash("sha256").update(text).digest("hex"));
      assert.equal(file?.contentType, "text/plain");
    }
    assert.equal(Object.keys(state.paths).length, 25);
    const counted = await requests(other.emulator);
    assert.deepEqual(counted.requests, { createUploadUrls: 3 });
    assert.equal(counted.files.put, 25);
  });

  it("sends only what is new or changed, and forgets what is gone", async () => {
    const { id, state } = await create();
    write("deep/3.txt", "another photo");
    write("new.txt", "a new photo");
    rmSync(join(folder, "photos", "deep/4.txt"));
    const { inputs } = await check();
    assert.deepEqual(uploadSetLifecycle.diff(state, inputs), { changed: true, replaces: [] });
    await resetRequests(other.emulator);
    const updated = await uploadSetLifecycle.update(platform(), id, state, inputs);
    assert.equal((await requests(other.emulator)).files.put, 2);
    assert.equal(updated.paths["deep/5.txt"], state.paths["deep/5.txt"]);
    assert.notEqual(updated.paths["deep/3.txt"], state.paths["deep/3.txt"]);
    assert.deepEqual(Object.keys(updated.paths).sort(), Object.keys(inputs.files).sort());
    assert.equal(uploadSetLifecycle.diff(updated, (await check()).inputs).changed, false);
  });

  it("gives a file that comes back its path again, where the space still holds it", async () => {
    const { id, inputs, state } = await create();
    const [back, lost] = ["deep/3.txt", "deep/4.txt"] as const;
    rmSync(join(folder, "photos", back));
    write(lost, "another photo");
    const without = (await check()).inputs;
    const told: string[] = [];
    const listening = { ...platform(), info: (line: string) => told.push(line) };
    const updated = await uploadSetLifecycle.update(listening, id, state, without);
    write(lost, "photo 4");
    const gone = { [state.files[lost] ?? ""]: "uploads/no-such-file" };
    await resetRequests(other.emulator);
    const olds = { ...updated, earlier: { ...updated.earlier, [lost]: gone } };
    const again = await uploadSetLifecycle.update(listening, id, olds, inputs);
    assert.equal((await requests(other.emulator)).files.put, 1);
    assert.match(told[0] ?? "", /: 1 uploaded, 1 left the stack$/);
    assert.match(told[1] ?? "", /: 1 uploaded, 1 came back$/);
    assert.equal(again.paths[back], state.paths[back]);
    const { files } = await storeOf(other.emulator);
    assert.ok(files.some(({ path }) => path === again.paths[lost]));
  });

  it("goes on where the storage refuses some files, which count as there", async () => {
    const { id, state } = await create();
    const looks = lookAgainAfterMs.length;
    const warnings: string[] = [];
    const read = () =>
      uploadSetLifecycle.read({ ...platform(), warn: (line) => warnings.push(line) }, id, state);
    // One of the first look, and the same at each look for it alone.
    await addFault(other.emulator, { operation: "getFile", status: 403, times: 1 });
    const again = { operation: "getFile", status: 403, skip: 24, times: looks - 1 } as const;
    await addFault(other.emulator, again);
    const found = await read();
    // To send it again would replace its work items.
    assert.deepEqual(found?.inputs?.files, state.files);
    assert.match(
      warnings.join(),
      /refuses to show some files, .* replaces its work items: deep\/\d+\.txt$/,
    );
    // All of them: a permission is missing, or the clock is wrong.
    await addFault(other.emulator, { operation: "getFile", status: 403, times: 25 * looks });
    await assert.rejects(read(), { name: "PermissionDeniedError" });
  });

  it("sends a file that comes back, where the storage refuses to say whether it holds it", async () => {
    const { id, inputs, state } = await create();
    rmSync(join(folder, "photos", "deep/3.txt"));
    const updated = await uploadSetLifecycle.update(platform(), id, state, (await check()).inputs);
    write("deep/3.txt", "photo 3");
    await addFault(other.emulator, { operation: "getFile", status: 403, times: 9 });
    const again = await uploadSetLifecycle.update(platform(), id, updated, inputs);
    assert.notEqual(again.paths["deep/3.txt"], state.paths["deep/3.txt"]);
  });

  it("tells of a file that the storage finds too large", async () => {
    await addFault(other.emulator, { operation: "putFile", status: 413, times: 1 });
    const { inputs } = await check();
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.match(failed.reasons.join(), /answered 413\. The storage takes no file as large/);
  });

  it("keeps what was sent when some could not be, and sends these next time", async () => {
    await addFault(other.emulator, { operation: "putFile", status: 400, skip: 20, times: 5 });
    const { inputs } = await check();
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.ok(failed instanceof PartialFailure);
    const state = failed.state as State;
    assert.equal(Object.keys(state.paths).length, 20);
    assert.match(failed.message, /^5 of 25 files could not be uploaded/);
    assert.equal(failed.reasons.length, 5);
    assert.doesNotMatch(failed.reasons.join(), /signature|expires/);

    await resetRequests(other.emulator);
    const updated = await uploadSetLifecycle.update(platform(), failed.id, state, inputs);
    assert.equal((await requests(other.emulator)).files.put, 5);
    assert.equal(Object.keys(updated.paths).length, 25);
  });

  it("keeps of files whose names JavaScript has for its own use what is known of them", async () => {
    const names = ["__proto__", "constructor", "toString"];
    for (const name of names) {
      write(name, name);
    }
    await addFault(other.emulator, { operation: "putFile", status: 400, times: 0 });
    const { inputs } = await check({ include: ["*"] });
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.deepEqual([failed.state.files, failed.state.paths], [{}, {}]);
    await clearFaults(other.emulator);
    const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
    assert.deepEqual(Object.keys(state.paths), names);
    assert.equal(uploadSetLifecycle.diff(state, inputs).changed, false);
    const none = await uploadSetLifecycle.update(platform(), id, state, { ...inputs, files: {} });
    assert.deepEqual(Object.keys(none.earlier ?? {}), names);
  });

  it("fails at most the ten files that a refused request for URLs was for", async () => {
    await addFault(other.emulator, { operation: "createUploadUrls", status: 400, skip: 1 });
    const { inputs } = await check();
    const done = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    const sent = Object.keys((done.state as State).paths).length;
    // All of them, where it was refused before a file waited for it.
    assert.ok(sent >= 15);
    assert.equal((await requests(other.emulator)).files.put, sent);
  });

  it("reads a file again only when it was written to, even with size and time kept", async () => {
    const path = join(folder, "photos", "deep/0.txt");
    const time = new Date(1_700_000_000_000);
    utimesSync(path, time, time);
    const known = async () => (await check()).inputs.files["deep/0.txt"] ?? "";
    const { sha256 } = JSON.parse(await known());
    // What only the cache says shows that it is asked.
    const [name = ""] = globSync("**/*.json", { cwd: join(folder, ".cache") });
    const cache = join(folder, ".cache", name);
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
    writeFileSync(join(folder, "outside.txt"), "private");
    symlinkSync(join(folder), join(folder, "photos", "link"));
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
    const manifest = join(folder, "items.jsonl");
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
      writeFileSync(join(folder, "outside.txt"), "private");
      symlinkSync(join(folder, "outside.txt"), join(folder, "photos", "link.txt"));
      symlinkSync(folder, join(folder, "photos", "link"));
      const manifest = join(folder, "items.jsonl");
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
      const outside = join(folder, "outside");
      mkdirSync(join(outside, "deep"), { recursive: true });
      for (const name of ["a.txt", "deep/a.txt", "../a.txt"]) {
        writeFileSync(join(outside, name), "");
      }
      symlinkSync(outside, join(folder, "photos", "link"));
      const { inputs, reasons } = await check({ include: [pattern] });
      assert.match(
        reasons.join(),
        /^folder \S+: the files of "\S+" must be in the folder \S+photos(, and no link out|$)/,
      );
      assert.equal(inputs.files, undefined);
    });
  }

  it("says which file cannot be read", async () => {
    writeFileSync(Buffer.from(`${folder}/photos/bad\xff.txt`, "latin1"), "no UTF-8");
    const { reasons } = await check();
    assert.match(reasons.join(), /^folder \S+: file "bad\ufffd.txt" cannot be read \(ENOENT\)$/);
  });

  it("follows links where it is told to, and refuses one that leads nowhere", async () => {
    const manifest = join(folder, "items.jsonl");
    writeFileSync(manifest, '{"file":"a.txt"}\n{"file":"shared/b.txt"}');
    mkdirSync(join(folder, "cache", "b"), { recursive: true });
    writeFileSync(join(folder, "cache", "a"), "of the cache");
    writeFileSync(join(folder, "cache", "b", "b.txt"), "of the cache, too");
    symlinkSync("../cache/a", join(folder, "photos", "a.txt"));
    symlinkSync("../cache/b", join(folder, "photos", "shared"));
    symlinkSync(".", join(folder, "photos", "again"));
    for (const more of [{ exclude: ["**/deep/**", "again/**"] }, { manifest }]) {
      const { inputs } = await check({ ...more, followLinks: true });
      assert.deepEqual(Object.keys(inputs.files), ["a.txt", "shared/b.txt"]);
    }
    assert.match(
      (await check({ include: ["../cache/a"], followLinks: true })).reasons.join(),
      /^folder \S+: the files of "\.\.\/cache" must be in the folder \S+photos$/,
    );
    assert.match((await check({ include: ["a.txt"] })).reasons.join(), /no file.*followLinks/);
    rmSync(join(folder, "cache", "a"));
    assert.match(
      (await check({ followLinks: true })).reasons.join(),
      /^folder \S+photos: file "a\.txt" cannot be read \(ENOENT\)/,
    );
    const others = { include: ["**/*.txt"], exclude: ["a.txt", "again"], followLinks: true };
    symlinkSync("nowhere", join(folder, "photos", ".#lock.txt"));
    assert.deepEqual((await check(others)).reasons, []);
  });

  it("takes a link of a manifest that stays in the folder", async () => {
    symlinkSync("deep/1.txt", join(folder, "photos", "first.txt"));
    const manifest = join(folder, "items.jsonl");
    writeFileSync(manifest, '{"file":"first.txt"}');
    assert.deepEqual(Object.keys((await check({ manifest })).inputs.files), ["first.txt"]);
  });

  it("refuses what a manifest would leave without effect, and one that names no file", async () => {
    const manifest = join(folder, "items.jsonl");
    writeFileSync(manifest, '{"assetUrl":"https://example.com/1.jpg"}');
    const { reasons } = await check({ manifest, include: ["**/*"], exclude: ["deep/**"] });
    assert.deepEqual(reasons, [
      "manifest names its files itself: leave out include and exclude, or the manifest",
    ]);
    assert.match((await check({ manifest })).reasons.join(), /names no file to upload/);
  });

  it("refuses a folder that is not there, or that has no file", async () => {
    assert.match(
      (await check({ folder: join(folder, "no") })).reasons.join(),
      /must be a folder, got .*no/,
    );
    assert.match((await check({ include: ["*.jpg"] })).reasons.join(), /has no file to upload/);
  });

  it("refuses a folder of which a part cannot be read, as its files would count as removed", async () => {
    // A name so long that no call takes it whole; a shell goes there step by step. Root may read all else.
    const part = "d".repeat(250);
    const deep = `for i in $(seq 15); do mkdir ${part} && cd ${part}; done; mkdir -p ${part}/${part}`;
    const { status } = spawnSync("sh", ["-c", deep], { cwd: join(folder, "photos") });
    assert.equal(status, 0);
    const { reasons } = await check();
    spawnSync("rm", ["-r", join(folder, "photos", part)]);
    assert.match(reasons.join(), /^folder .+photos: d+\/.+ cannot be read \(ENAMETOOLONG\)$/);
  });

  it("finds at a refresh which files are there", async () => {
    const { id, state } = await create();
    const found = await uploadSetLifecycle.read(platform(), id, state);
    assert.deepEqual(found?.state, state);
    const lost = { ...state, paths: { ...state.paths, "deep/7.txt": "uploads/no-such-file" } };
    const after = await uploadSetLifecycle.read(platform(), id, lost);
    assert.equal(after?.state.files["deep/7.txt"], undefined);
    assert.equal(Object.keys(after?.state.paths ?? {}).length, 24);
  });

  it("takes no file for gone that was uploaded a moment ago, as its work items would be made anew", async () => {
    const { id, state } = await create();
    await addFault(other.emulator, { operation: "getFile", status: 404, times: 3 });
    const found = await uploadSetLifecycle.read(platform(), id, state);
    await clearFaults(other.emulator);
    assert.deepEqual(found?.state, state);
  });

  it("refuses a file that changed since the preview", async () => {
    const { inputs } = await check();
    write("deep/9.txt", "changed in between");
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.match(failed.reasons.join(), /"deep\/9\.txt": the file changed since the preview/);
  });
});
