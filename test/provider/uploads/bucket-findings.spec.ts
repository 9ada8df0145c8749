import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { az, gs, s3, useBucketStore } from "../../support/bucket-stores.ts";
import { keepEnvironment } from "../../support/environment.ts";

const spaceId = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

/** A picture of 200 by 100. */
function picture(format: "jpeg" | "png" = "jpeg"): Promise<Buffer> {
  const create = { width: 200, height: 100, channels: 3, background: "#19c" } as const;
  return sharp({ create }).toFormat(format).toBuffer();
}

for (const protocol of [s3, gs, az]) {
  describe(`provider: what a look at pictures finds, ${protocol.scheme}://`, () => {
    keepEnvironment("XDG_CACHE_HOME");
    const store = useBucketStore(protocol);
    let root: string;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "aidp-bucket-findings-"));
      process.env.XDG_CACHE_HOME = join(root, "cache");
      store.objects.clear();
    });
    afterEach(() => rmSync(root, { recursive: true }));

    async function look(findings: Plain, more: Plain = {}) {
      store.got = [];
      const folder = `${protocol.scheme}://pictures/signs`;
      const news = { folder, findings, ...more };
      const {
        inputs,
        failures,
        warning = "",
      } = await uploadSetLifecycle.check(news, {}, { projectId: undefined, spaceId });
      const reasons = failures.map(({ reason }) => reason).join();
      return { files: inputs.files as Plain, reasons, warning };
    }

    it("is nothing of their bytes unless it is asked for", async () => {
      store.put("signs/a.jpg", "no picture");
      assert.deepEqual((await look({})).reasons, "");
      assert.deepEqual((await look({ broken: "ignore", duplicate: "refuse" })).reasons, "");
      assert.deepEqual(store.got, []);
    });

    it("is what their beginnings and ends show, and changes nothing of what is known of them", async () => {
      const whole = await picture();
      store.put("signs/whole.jpg", whole);
      store.put("signs/other.jpg", await picture("png"));
      const { files } = await look({});
      const seen = await look({ broken: "refuse" });
      assert.equal(seen.reasons, "");
      assert.match(seen.warning, /^\S+ \S+: ending: 1 file, .*: other\.jpg \(image\/png\)$/);
      assert.deepEqual(seen.files, files);
      store.put("signs/cut.jpg", whole.subarray(0, -40));
      store.put("signs/lfs.jpg", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
      store.put("signs/page.jpg", "<html>not found</html>");
      store.put("signs/empty.jpg", "");
      const { reasons } = await look({ broken: "refuse" });
      assert.match(reasons, /file "empty\.jpg" is empty/);
      assert.match(reasons, /file "cut\.jpg" is not a whole picture/);
      assert.match(reasons, /file "lfs\.jpg" is a pointer of Git LFS/);
      assert.match(reasons, /file "page\.jpg" is no picture \(it begins with "<html>/);
      assert.doesNotMatch(reasons, /whole\.jpg|other\.jpg/);
    });

    it("compares a manifest with the pictures", async () => {
      store.put("signs/a.jpg", await picture());
      const manifest = join(root, "coco.json");
      const declare = (width: number, bbox: number[]) =>
        writeFileSync(
          manifest,
          JSON.stringify({
            images: [{ id: 1, file_name: "a.jpg", width, height: 100 }],
            annotations: [{ id: 1, image_id: 1, bbox }],
          }),
        );
      declare(100, [1, 2, 3, 4]);
      assert.equal((await look({}, { manifest })).reasons, "");
      const { reasons } = await look({ size: "refuse" }, { manifest });
      assert.match(reasons, /file "a\.jpg" has another size .* \(200 by 100, not 100 by 100\)/);
      declare(200, [1, 2, 3, 4]);
      assert.equal((await look({ size: "refuse" }, { manifest })).reasons, "");
    });

    it("reads both ends of a large one, and what it knows only once", async () => {
      const middle = Buffer.from("middle".repeat(2 ** 18));
      const whole = await picture();
      // A comment may be 65,533 bytes long: many of them make it large.
      const comment = Buffer.concat([
        Buffer.from([0xff, 0xfe, 0xff, 0xff]),
        Buffer.alloc(65_533, 1),
      ]);
      const large = Buffer.concat([
        whole.subarray(0, -2),
        ...Array<Buffer>(40).fill(comment),
        whole.subarray(-2),
      ]);
      store.put("signs/large.jpg", large);
      store.put("signs/cut.jpg", Buffer.concat([whole.subarray(0, -2), middle]));
      assert.match((await look({ broken: "warn" })).warning, /not a whole .*: cut\.jpg$/);
      assert.deepEqual(store.got.toSorted(), [
        ...Array(2).fill("signs/cut.jpg"),
        ...Array(2).fill("signs/large.jpg"),
      ]);
      const most = Math.max(
        ...store.ranges.map((range) => {
          const [from = 0, to = 0] = range.match(/\d+/g)?.map(Number) ?? [];
          return to - from + 1;
        }),
      );
      assert.equal(most, 2 ** 19);
      assert.match((await look({ broken: "warn" })).warning, /not a whole .*: cut\.jpg$/);
      assert.deepEqual(store.got, []);
      store.put("signs/cut.jpg", large);
      assert.match((await look({ broken: "warn" })).warning, /duplicate: 1 file, .*: large\.jpg/);
      assert.deepEqual(store.got, Array(2).fill("signs/cut.jpg"));
    });

    it("says which objects cannot be looked at", async () => {
      store.put("signs/a.jpg", await picture());
      store.put("signs/b.jpg", await picture());
      store.server.answers((request, response) => {
        const isB = request.url.includes("b.jpg");
        return isB ? response.writeHead(403).end() : store.answer(protocol)(request, response);
      });
      const { reasons } = await look({ broken: "warn" });
      assert.match(
        reasons,
        /^folder \S+: file "b\.jpg" cannot be looked at: the file cannot be read from the bucket \(/,
      );
      assert.doesNotMatch(reasons, /a\.jpg|of-the-bucket|c2VjcmV0|\n/);
    });
  });
}
