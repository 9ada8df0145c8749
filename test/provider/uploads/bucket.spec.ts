import assert from "node:assert/strict";
import { addFault, requests, resetRequests, storeOf } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { az, gs, s3, useBucketStore } from "../../support/bucket-stores.ts";
import { useEmulator } from "../../support/emulator.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Inputs = Parameters<typeof uploadSetLifecycle.create>[1];

// `test/slow/buckets.spec.ts` has whole servers of the stores.
for (const protocol of [s3, gs, az]) {
  const { scheme } = protocol;

  describe(`provider: uploads from a bucket, ${scheme}://`, () => {
    useShortWaits();
    const other = useEmulator();
    const store = useBucketStore(protocol);

    async function check(more: Plain = {}) {
      const news = { folder: `${scheme}://pictures/signs`, ...more };
      const defaults = { projectId: undefined, spaceId: other.emulator.spaceId };
      const { inputs, failures, warning } = await uploadSetLifecycle.check(news, {}, defaults);
      const reasons = failures.map(({ reason }) => reason).join();
      return { inputs: inputs as unknown as Inputs, reasons, warning };
    }
    const platform = () =>
      platformOf(other.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::bucket" });

    it("lists all pages, and sends what the patterns mean", async () => {
      const { inputs, reasons } = await check();
      assert.equal(reasons, "");
      assert.deepEqual(Object.keys(inputs.files), ["a.jpg", "b c/ü.png", "d.txt"]);
      assert.deepEqual(store.got, [], "no object is read at preview");
      const some = await check({ include: ["**/*.{jpg,png}"], exclude: ["b*/**"] });
      assert.deepEqual(Object.keys(some.inputs.files), ["a.jpg"]);
      for (const patterns of [
        { include: ["**/*.{jpg,png}", "!b c/**"] },
        { include: ["**/*.{jpg,png}"], exclude: ["b c"] },
        { include: ["**/*.{jpg,png}"], exclude: ["b c/"] },
      ]) {
        assert.deepEqual(Object.keys((await check(patterns)).inputs.files), ["a.jpg"]);
      }
      const whole = await check({ folder: `${scheme}://pictures` });
      assert.deepEqual(Object.keys(whole.inputs.files), [
        "other/e.jpg",
        "signs/a.jpg",
        "signs/b c/ü.png",
        "signs/d.txt",
      ]);
      const { state } = await uploadSetLifecycle.create(platform(), inputs);
      const { files } = await storeOf(other.emulator);
      const sizes = Object.values(state.paths).map(
        (path) => files.find((each) => each.path === path)?.size,
      );
      assert.deepEqual(
        sizes,
        ["a.jpg", "b c/ü.png", "d.txt"].map((name) => Buffer.byteLength(`bytes of ${name}`)),
      );
      assert.doesNotMatch(JSON.stringify(state), /of-the-bucket|c2VjcmV0/);
    });

    it("sends an object again if it changed, reads it again for a second attempt, and refuses it if it changes late", async () => {
      const { inputs } = await check();
      const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
      store.put("signs/a.jpg", "bytes of a.jpg");
      const same = (await check()).inputs;
      assert.equal(uploadSetLifecycle.diff(state, same).changed, false, "the bytes are the same");
      store.put("signs/a.jpg", "bytes of A.jpg");
      const changed = (await check()).inputs;
      assert.equal(uploadSetLifecycle.diff(state, changed).changed, true);
      store.got = [];
      await resetRequests(other.emulator);
      await addFault(other.emulator, { operation: "putFile", status: 503, times: 1 });
      await uploadSetLifecycle.update(platform(), id, state, changed);
      assert.deepEqual(store.got, ["signs/a.jpg", "signs/a.jpg"]);
      assert.equal((await requests(other.emulator)).files.put, 2);
      const late = async () => {
        const update = uploadSetLifecycle.update(platform(), id, state, changed);
        const { reasons } = await update.catch((error) => error);
        assert.match(reasons.join(), /"a\.jpg": the file changed in the bucket since the preview/);
      };
      store.put("signs/a.jpg", "late! of a.jpg");
      await late();
      store.objects.delete("signs/a.jpg");
      await late();
    });

    it("names public objects by their URLs instead, and sends nothing", async () => {
      const { inputs, reasons } = await check({ by: "url" });
      assert.equal(reasons, "");
      assert.deepEqual(store.got, ["signs/a.jpg"], "whether people can see one is looked at");
      store.got = [];
      await resetRequests(other.emulator);
      const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
      const urls = Object.values(state.paths).map((path) =>
        path.replace(/^.*(?=\/pictures\/)/, ""),
      );
      assert.match(
        urls.join(" "),
        /^\/pictures\/signs\/a\.jpg#\S+ \/pictures\/signs\/b%20c\/%C3%BC\.png#\S+ \/pictures\/signs\/d\.txt#\S+$/,
      );
      assert.ok(Object.values(state.paths).every((path) => path.startsWith("http://127.0.0.1:")));
      const read = await uploadSetLifecycle.read(platform(), id, state);
      assert.deepEqual(read?.state.paths, state.paths);
      assert.deepEqual([store.got, (await requests(other.emulator)).total], [[], 0]);
      assert.doesNotMatch(JSON.stringify(state), /of-the-bucket|c2VjcmV0/);
      store.put("signs/a.jpg", "bytes of A.jpg");
      const changed = (await check({ by: "url" })).inputs;
      assert.equal(uploadSetLifecycle.diff(state, changed).changed, true);
      const next = await uploadSetLifecycle.update(platform(), id, state, changed);
      assert.notEqual(next.paths["a.jpg"], state.paths["a.jpg"]);
      // Copies take the place of the URLs.
      const copies = await uploadSetLifecycle.update(platform(), id, next, (await check()).inputs);
      assert.match(copies.paths["a.jpg"] ?? "", /^uploads/);
    });

    it("refuses to name objects that only the owner of the bucket can read", async () => {
      store.isPrivate = true;
      const { reasons } = await check({ by: "url" });
      assert.match(
        reasons,
        /nobody can read http:\S+\/signs\/a\.jpg without credentials: make the files public/,
      );
    });

    it("decodes no picture, and says so", async () => {
      const said = await check({ findings: { similar: "warn" } });
      assert.match(said.warning ?? "", /"similar" was not looked for, as files in a bucket/);
      assert.deepEqual(store.got, []);
      const refused = await check({ findings: { damaged: "refuse" } });
      assert.match(refused.reasons, /"damaged" was not looked for, .*findings: \{ damaged: /);
    });

    it("refuses what is empty, not there, or cannot be listed, and warns of the same bytes twice", async () => {
      store.put("signs/f.jpg", "bytes of a.jpg");
      assert.match((await check()).warning ?? "", /duplicate: 1 file, .*: f\.jpg \(as a\.jpg\)/);
      store.put("signs/empty.jpg", "");
      assert.match((await check()).reasons, /file "empty\.jpg" is empty/);
      const none = await check({ folder: `${scheme}://pictures/none` });
      assert.match(none.reasons, /has no file to upload: check the prefix, include and exclude$/);
      const once = await check({ folder: `${scheme}:/pictures/signs` });
      assert.match(
        once.reasons,
        new RegExp(`there is none; a bucket is written ${scheme}://pictures/signs$`),
      );
      store.put("signs//g.jpg", "g");
      assert.match(
        (await check()).reasons,
        /file "\/g\.jpg" has a name that leads out of a folder/,
      );
      store.objects.delete("signs//g.jpg");
      const { reasons } = await check({ folder: `${scheme}://missing/x` });
      const start = `folder ${scheme}://missing/x: the bucket cannot be listed (`;
      assert.equal(reasons.slice(0, start.length), start);
      assert.match(reasons, protocol.missing.text);
      assert.doesNotMatch(reasons, /\n/);
    });
  });
}

describe("provider: uploads by URL", () => {
  it("are of buckets only", async () => {
    const defaults = { projectId: undefined, spaceId: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff" };
    const { failures } = await uploadSetLifecycle.check(
      { folder: "test", by: "url" },
      {},
      defaults,
    );
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      ['folder test: its files have no URL: by: "url" is for pictures in a bucket'],
    );
  });
});
