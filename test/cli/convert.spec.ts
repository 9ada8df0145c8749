import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";
import { runAlone } from "./support.ts";

const quickstart = join(projectRoot, "examples", "quickstart");

describe("aidp convert", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-convert-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const convert = (...args: string[]) => runAlone({}, "convert", ...args);
  const manifest = join(quickstart, "photos.coco.json");

  it("goes from COCO to YOLO and back, and loses nothing", async () => {
    const yolo = join(folder, "yolo");
    const { code, stdout, stderr } = await convert(manifest, yolo, "--to", "yolo");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /: 31 boxes on 6 pictures in 7 files, of which 7 were written now\n$/);
    cpSync(join(quickstart, "photos"), join(yolo, "images"), { recursive: true });
    const back = join(folder, "coco");
    assert.equal((await convert(yolo, back, "--to", "coco")).code, 0);
    const read = (path: string) => {
      const { images, annotations, categories } = JSON.parse(readFileSync(path, "utf8"));
      const nameOf = new Map(
        categories.map((each: { id: number; name: string }) => [each.id, each.name]),
      );
      const fileOf = new Map(
        images.map((each: { id: number; file_name: string }) => [
          each.id,
          each.file_name.replace("images/", ""),
        ]),
      );
      return annotations
        .map((each: { image_id: number; category_id: number; bbox: number[] }) =>
          JSON.stringify([fileOf.get(each.image_id), nameOf.get(each.category_id), each.bbox]),
        )
        .sort();
    };
    assert.deepEqual(read(join(back, "annotations.coco.json")), read(manifest));
    assert.match((await convert(manifest, yolo, "--to", "yolo")).stdout, /of which 0 were written/);
  });

  it("reads from the pictures the sizes that the annotations lack, and says what it leaves out", async () => {
    const coco = JSON.parse(readFileSync(manifest, "utf8"));
    const images = coco.images.map(
      ({ width: _, height: _height, ...image }: Record<string, unknown>) => image,
    );
    const annotations = coco.annotations.map((each: object) => ({ ...each, score: 0.5 }));
    const sizeless = join(folder, "sizeless.json");
    writeFileSync(sizeless, JSON.stringify({ ...coco, images, annotations }));
    const to = [join(folder, "voc"), "--to", "voc"];
    const refused = await convert(sizeless, ...to);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^error: .*image "astronaut\.jpg": its size is not known/);
    const found = await convert(sizeless, ...to, "--pictures", join(quickstart, "photos"));
    assert.deepEqual(
      [found.code, found.stderr],
      [0, "warning: the format has no place for: score of 31\n"],
    );
  });

  it("removes what it wrote before in another format, but not what it reads", async () => {
    const out = join(folder, "out");
    assert.equal((await convert(manifest, out, "--to", "cvat")).code, 0);
    const cvat = join(out, "annotations.xml");
    const { code, stderr } = await convert(cvat, out, "--to", "coco");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /has files of the input that this conversion would remove: annotations\.xml\. /,
    );
    assert.ok(existsSync(cvat));
    assert.equal((await convert(cvat, out, "--to", "cvat")).code, 0);
    assert.equal((await convert(manifest, out, "--to", "voc")).code, 0);
    const again = await convert(out, out, "--to", "coco");
    assert.match(again.stderr, /this conversion would remove: Annotations\/astronaut\.xml, /);
    assert.equal((await convert(manifest, out, "--to", "coco")).code, 0);
    assert.deepEqual(
      readdirSync(out, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
      [".aidp-files.json", "annotations.coco.json"],
    );
  });

  it("says in one line what cannot be read", async () => {
    for (const [args, message] of [
      [[join(folder, "none.json"), folder, "--to", "coco"], /none\.json: there is no such file$/],
      [[folder, folder, "--to", "coco"], /it is a folder with neither a data\.yaml/],
      [[manifest, folder, "--to", "jsonl"], /Invalid values/],
    ] as const) {
      const { code, stderr } = await convert(...args);
      assert.equal(code, 1);
      assert.match(stderr.trim().replaceAll("\n", " "), message);
    }
  });
});
