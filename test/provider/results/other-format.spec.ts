import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { annotate, clientOf, requests, resetRequests } from "../../../harness/emulator.ts";
import { openContent } from "../../../provider/disk/pieces.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { annotationExportLifecycle } from "../../../provider/resources/annotation-export.ts";
import { UploadUrls, uploadFile } from "../../../provider/uploads/upload.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { TestSet } from "../../support/work-item-sets.ts";

type Inputs = Parameters<typeof annotationExportLifecycle.create>[1];
type State = Parameters<typeof annotationExportLifecycle.update>[2];

describe("provider: AnnotationExport in another format", () => {
  const test = useEmulator();
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-other-format-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const platform = () =>
    platformOf(test.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::export" });

  /** Uploads a picture of 100 by 200. */
  async function upload(): Promise<string> {
    const picture = join(folder, "picture.jpg");
    const create = { width: 100, height: 200, channels: 3, background: "#00f" } as const;
    await sharp({ create }).jpeg().toFile(picture);
    const client = clientOf(test.emulator);
    const urls = new UploadUrls(client, test.emulator.spaceId, 1);
    return uploadFile(
      client,
      () => openContent(picture, "image/jpeg"),
      () => urls.take(),
    );
  }

  async function check({ batchId }: TestSet, more: Plain) {
    const { projectId } = test.emulator;
    const news = { path: join(folder, "annotations.json"), batchId, ...more };
    const place = { projectId, spaceId: undefined };
    const { inputs, failures } = await annotationExportLifecycle.check(news, {}, place);
    return {
      inputs: inputs as unknown as Inputs,
      reasons: failures.map(({ reason }) => reason),
    };
  }

  it("writes the files of another format, and starts the next time from the file beside them", async () => {
    const set = await TestSet.begin(test.emulator);
    const yolo = { path: join(folder, "yolo"), format: "yolo" };
    const sign = (...bbox: number[]) => ({ bbox, metadata: { category: "sign" } });
    const items = {
      "a.jpg": { file: "a.jpg", labels: [sign(10, 20, 20, 40)] },
      "b.jpg": { file: "b.jpg", labels: [sign(0, 0, 50, 50), sign(0, 0, 0, 0)] },
    };
    const uploads = { "a.jpg": await upload(), "b.jpg": await upload() };
    const { ids } = (await set.create(items, { uploads })).state;
    const finish = (key: string) => annotate(test.emulator, { workItemIDs: [ids[key]!] });
    await finish("a.jpg");
    const warnings: string[] = [];
    const infos: string[] = [];
    const warned = {
      ...platform(),
      warn: (line: string) => warnings.push(line),
      info: (line: string) => infos.push(line),
    };
    const { inputs } = await check(set, yolo);
    const { state } = await annotationExportLifecycle.create(warned, inputs);
    const read = (name: string) => readFileSync(join(folder, "yolo", name), "utf8");
    assert.equal(read("labels/a.txt"), "0 0.2 0.2 0.2 0.2\n");
    assert.equal(read("data.yaml"), 'train: images\nval: images\nnames:\n  - "sign"\n');
    assert.deepEqual(warnings, []);
    assert.match(
      infos.join(),
      /classes are numbered in the order .*: manifest or categories gives/,
    );
    infos.length = 0;
    const named = (await check(set, { ...yolo, categories: ["sign"] })).inputs;
    await annotationExportLifecycle.update(warned, "id", state, named);
    assert.doesNotMatch(infos.join(), /numbered/);

    await finish("b.jpg");
    await resetRequests(test.emulator);
    const again = (await check(set, { ...yolo, triggers: [1] })).inputs;
    const next = await annotationExportLifecycle.update(warned, "id", state, again);
    assert.match(
      warnings.join(),
      /yolo has no place for annotations without a box of 1: annotations\.coco\.json has them/,
    );
    assert.equal(JSON.parse(read("annotations.coco.json")).annotations.length, 3);
    assert.equal((await requests(test.emulator)).files.get, 1);
    assert.equal(read("labels/b.txt"), "0 0.25 0.125 0.5 0.25\n");
    // What somebody deletes is written again.
    const seen = () => annotationExportLifecycle.read(platform(), "id", next);
    assert.equal((await seen())?.state.contents, next.contents);
    rmSync(join(folder, "yolo", "labels/b.txt"));
    const lost = (await seen())?.state;
    assert.match(String(lost?.contents), /^files are gone: labels\/b\.txt$/);
    await annotationExportLifecycle.update(platform(), "id", lost!, again);
    assert.equal(read("labels/b.txt"), "0 0.25 0.125 0.5 0.25\n");
    writeFileSync(join(folder, "annotations.xml"), "mine");
    const { message } = await errorOf(
      annotationExportLifecycle.create(
        platform(),
        (await check(set, { path: folder, format: "cvat" })).inputs,
      ),
      Refusal,
    );
    assert.match(message, /has files that were not written here, .*: annotations\.xml/);
    assert.equal(readFileSync(join(folder, "annotations.xml"), "utf8"), "mine");
    assert.match(
      (await check(set, { format: "jsonl" })).reasons.join(),
      /format must be one of "coco", "yolo"/,
    );
  });

  it("has the splits of the manifest while only some of them are finished", async () => {
    const set = await TestSet.begin(test.emulator);
    const source = join(folder, "source");
    for (const name of ["train/images/a.jpg", "val/images/b.jpg"]) {
      mkdirSync(join(source, name, ".."), { recursive: true });
      writeFileSync(join(source, name), "");
    }
    const manifest = join(source, "data.yaml");
    writeFileSync(manifest, "train: train/images\nval: val/images\nnames: [sign]\n");
    const key = "val/images/b.jpg";
    const { ids } = (
      await set.create({ [key]: { file: key } }, { uploads: { [key]: await upload() } })
    ).state;
    const path = join(folder, "splits");
    const yaml = () => readFileSync(join(path, "data.yaml"), "utf8");
    const expected = 'train: train/images\nval: val/images\nnames:\n  - "sign"\n';
    const { inputs } = await check(set, { path, format: "yolo", manifest });
    const { state } = await annotationExportLifecycle.create(platform(), inputs);
    assert.equal(yaml(), expected, "nothing is finished yet");
    await annotate(test.emulator, { workItemIDs: [ids[key]!] });
    await annotationExportLifecycle.update(platform(), "id", state, inputs);
    assert.ok(yaml().startsWith(expected), yaml());
    assert.ok(existsSync(join(path, "val/labels/b.txt")));
    rmSync(source, { recursive: true });
    const { message } = await errorOf(
      annotationExportLifecycle.update(platform(), "id", state, inputs),
      Refusal,
    );
    assert.match(message, /^manifest .*data\.yaml: there is no such file/);
  });

  it("keeps the ids of categories that a manifest has no list of, whichever pictures it has", async () => {
    const manifest = join(folder, "Annotations");
    const object = (name: string) =>
      `<object><name>${name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>`;
    const write = (file: string, ...names: string[]) =>
      writeFileSync(
        join(manifest, `${file}.xml`),
        `<annotation><filename>${file}.jpg</filename>${names.map(object).join("")}</annotation>`,
      );
    mkdirSync(manifest);
    write("a", "bowl", "cat");
    write("b", "coin");
    const set = await TestSet.begin(test.emulator);
    const path = join(folder, "ids.json");
    const ids = async (olds?: State) => {
      const { inputs } = await check(set, { path, manifest });
      const state =
        olds === undefined
          ? (await annotationExportLifecycle.create(platform(), inputs)).state
          : await annotationExportLifecycle.update(platform(), "id", olds, inputs);
      const { categories } = JSON.parse(readFileSync(path, "utf8"));
      return { state, ids: categories.map(({ id, name }: Plain) => `${id} ${name}`) };
    };
    const first = await ids();
    assert.deepEqual(first.ids, ["1 bowl", "2 cat", "3 coin"]);
    rmSync(join(manifest, "a.xml"));
    write("c", "ant");
    const { inputs } = await check(set, { path, manifest });
    assert.equal(annotationExportLifecycle.diff(first.state, inputs).changed, true, "ant is new");
    const next = await ids(first.state);
    assert.deepEqual(next.ids, ["1 bowl", "2 cat", "3 coin", "4 ant"]);
    rmSync(join(manifest, "b.xml"));
    assert.deepEqual((await ids(next.state)).ids, next.ids);
  });
});
