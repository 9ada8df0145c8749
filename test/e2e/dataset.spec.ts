import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as aidp from "pulumi-ai-data-platform";
import { clientOf, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { diagnostics, TestStack } from "../support/stack.ts";
import { isPacked } from "../support/tier.ts";

interface Coco {
  images: { id: number; file_name: string; width: number }[];
  annotations: { image_id: number; bbox: number[] }[];
}

describe("a dataset on a real engine", function () {
  this.timeout(120_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create({
      ...environmentOf(other.emulator),
      XDG_CACHE_HOME: "/nonexistent/cache",
    });
    cpSync(join(projectRoot, "examples/quickstart/photos"), join(stack.folder, "photos"), {
      recursive: true,
    });
    cpSync(
      join(projectRoot, "examples/quickstart/photos.coco.json"),
      join(stack.folder, "photos.coco.json"),
    );
  });
  after(() => stack.remove());

  const program = (difficulty: number) => async () => {
    new aidp.Dataset("photos", {
      batchName: "vision-photos-2026-12",
      folder: "photos",
      manifest: "photos.coco.json",
      defaults: { dueInSeconds: 86_400, difficulty, metadata: { owner: "vision" } },
    });
  };

  function changeCoco(change: (coco: Coco) => void): () => void {
    const file = join(stack.folder, "photos.coco.json");
    const before = readFileSync(file, "utf8");
    const coco: Coco = JSON.parse(before);
    change(coco);
    writeFileSync(file, JSON.stringify(coco));
    return () => writeFileSync(file, before);
  }

  it("says at the first preview what every item will be, and which files of a folder are left out", async () => {
    const folder = join(stack.folder, "photos");
    const { stdout, events } = await stack.preview(async () => {
      const { createdBy } = new aidp.Batch("other", { name: "other" });
      const of = { folder, defaults: { metadata: { createdBy } } };
      new aidp.Dataset("folder", { batchName: "folder", ...of });
      const include = ["*.md", "rocket.jpg"];
      new aidp.Dataset("named", { batchName: "named", include, ...of });
      await program(10)();
    });
    if (!isPacked) {
      assert.equal(stdout.match(/README\.md *: /g)?.length, 2, "a file and an item, where named");
      assert.equal(stdout.match(/rocket\.jpg *: /g)?.length, 6, "a file and an item of each");
    }
    const said = diagnostics(events, "info").join("\n");
    assert.match(
      said,
      /1 of 7 files of \S*photos left out, as their names are not of image\/\* \(README\.md\): name them by include/,
    );
    assert.equal(said.match(/left out/g)?.length, 1);
    // Before any path is known.
    assert.match(stdout, /defaults *: \(json\) \{[^}]*difficulty *: 10\s+dueInSeconds: 86400/);
    if (!isPacked) {
      assert.match(stdout, /category: "rocket"/);
    }
    assert.deepEqual((await storeOf(other.emulator)).workItems, []);
  });

  it("reads YOLO with its pictures, and tells what the platform does not take", async () => {
    const yolo = join(stack.folder, "yolo");
    cpSync(join(stack.folder, "photos", "rocket.jpg"), join(yolo, "images", "rocket.jpg"));
    mkdirSync(join(yolo, "labels"));
    writeFileSync(join(yolo, "data.yaml"), "train: images\nnames: [rocket, flame]\n");
    writeFileSync(join(yolo, "labels", "rocket.txt"), "1 0.5 0.5 0.25 0.5 0.75\n");
    const manifest = { folder: "yolo", manifest: "yolo/data.yaml" };
    const { stdout, events } = await stack.preview(async () => {
      new aidp.Dataset("told", { batchName: "told", ...manifest });
      new aidp.Dataset("kept", { batchName: "kept", ...manifest, keep: ["score"] });
    });
    assert.deepEqual(
      diagnostics(events, "warning").map((line) => line.trim()),
      [
        'manifest yolo/data.yaml: the platform takes boxes, so this is not sent of annotations: score of 1. keep: ["score"] puts it into the metadata of the labels',
      ],
    );
    if (!isPacked) {
      assert.equal(stdout.match(/category: "flame"/g)?.length, 2);
      assert.equal(stdout.match(/score *: 0\.75/g)?.length, 1);
    }
  });

  it("says once, in one line, that its place cannot be listed", async () => {
    const message = await stack.failure(
      stack.preview(async () => {
        new aidp.Dataset("elsewhere", { batchName: "elsewhere", folder: "ftp://host/photos" });
      }),
    );
    // The error that the SDK makes of it repeats what the engine said.
    const [said = ""] = message.split("err?:");
    assert.match(
      said,
      /UploadSet .*: folder ftp:\/\/host\/photos: it must be a local folder, or s3:/,
    );
    assert.equal(said.match(/ftp:/g)?.length, 1, said);
    assert.doesNotMatch(said, /^\s+at /m);
  });

  it("sends no file where the batch's name is taken", async () => {
    const { projectId } = other.emulator;
    const { batches } = clientOf(other.emulator);
    const taken = await batches.create(projectId, { name: "vision-photos-2026-12" });
    const message = await stack.failure(stack.up(program(10)));
    assert.match(message, /name "vision-photos-2026-12" is taken: batch/);
    assert.deepEqual((await storeOf(other.emulator)).files, []);
    await batches.update(projectId, taken.id, { name: "another" });
  });

  it("refuses bad boxes with the picture's name, before anything is created", async () => {
    const restore = changeCoco((coco) => {
      coco.annotations[0]!.bbox = [-5, 0, 10, 10];
      coco.annotations[2]!.bbox[2] = 5_000;
    });
    const message = await stack.failure(stack.up(program(10)));
    restore();
    assert.match(
      message,
      /image "astronaut\.jpg": annotation 1 has a bbox whose corner lies outside/,
    );
    assert.match(
      message,
      /image "\w+\.jpg": annotation 3 has a bbox that reaches out of the picture/,
    );
    assert.deepEqual((await storeOf(other.emulator)).workItems, []);
  });

  it("creates batch, uploads and items, each once, with their boxes", async () => {
    await stack.up(program(10));
    const { workItems, files, batches } = await storeOf(other.emulator);
    const batch = batches.find(({ name }) => name === "vision-photos-2026-12");
    assert.equal(files.length, 6);
    assert.equal(workItems.length, 6);
    const uploads = stack.resources().find(({ type }) => type.endsWith("UploadSet"));
    const paths: Record<string, string> = JSON.parse(String(uploads?.outputs.paths));
    const coco: Coco = JSON.parse(readFileSync(join(stack.folder, "photos.coco.json"), "utf8"));
    for (const { id, file_name } of coco.images) {
      const item = workItems.find(({ assetUrl }) => assetUrl === paths[file_name]);
      assert.equal(item?.batchId, batch?.id);
      assert.equal(item?.dueInSeconds, 86_400);
      assert.equal(item?.metadata?.owner, "vision");
      assert.deepEqual(
        item?.labels?.map(({ bbox }) => bbox),
        coco.annotations.filter(({ image_id }) => image_id === id).map(({ bbox }) => bbox),
      );
    }
  });

  it("changes nothing when nothing changed", async () => {
    await resetRequests(other.emulator);
    assert.deepEqual((await stack.up(program(10))).changes, { same: 5 });
    assert.equal((await requests(other.emulator)).total, 0);
    assert.deepEqual((await stack.up(program(10), { refresh: true })).changes, { same: 5 });
  });

  it("keeps the items where the batch is only described anew", async () => {
    const described = async () => {
      new aidp.Dataset("photos", {
        batchName: "vision-photos-2026-12",
        batchMetadata: { owner: "vision" },
        folder: "photos",
        manifest: "photos.coco.json",
        defaults: { dueInSeconds: 86_400, difficulty: 10, metadata: { owner: "vision" } },
      });
    };
    assert.deepEqual((await stack.preview(described)).changes, { same: 4, update: 1 });
  });

  it("shows the one item whose boxes changed alone", async () => {
    changeCoco((coco) => {
      coco.annotations[0]!.bbox = [1, 2, 3, 4];
    });
    const { stdout, events } = await stack.preview(program(10));
    const shown = isPacked ? diagnostics(events, "info").join("\n") : stdout;
    assert.match(
      shown,
      isPacked ? /^ {2}~ "astronaut\.jpg" \(labels\)$/m : /~ astronaut\.jpg: \(json\)/,
    );
    assert.doesNotMatch(shown, /chelsea/);
  });

  it("relabels it, uploads a changed picture anew, and replaces just its item", async () => {
    const before = (await storeOf(other.emulator)).workItems.map(({ id }) => id);
    const rocket = join(stack.folder, "photos", "rocket.jpg");
    appendFileSync(rocket, "another rocket");
    await resetRequests(other.emulator);
    await stack.up(program(10));
    const { setLabels, createWorkItem } = (await requests(other.emulator)).requests;
    assert.deepEqual([setLabels, createWorkItem], [1, 1]);
    const { workItems, files } = await storeOf(other.emulator);
    assert.deepEqual(
      workItems.slice(0, -1).map(({ id }) => id),
      before,
    );
    assert.ok(workItems.some(({ labels }) => JSON.stringify(labels).includes("[1,2,3,4]")));
    const fresh = files.find(({ size }) => size === statSync(rocket).size);
    const live = workItems.filter(({ status }) => status !== "FAILED");
    assert.equal(live.filter(({ assetUrl }) => assetUrl === fresh?.path).length, 1);
    assert.equal(live.length, 6);
    assert.deepEqual((await stack.preview(program(10))).changes, { same: 5 });
  });

  it("is destroyed", async () => {
    await stack.destroy();
    const { workItems } = await storeOf(other.emulator);
    assert.deepEqual(new Set(workItems.map(({ status }) => status)), new Set(["FAILED"]));
  });
});
