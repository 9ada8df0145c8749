import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import {
  addFault,
  annotate,
  changeSettings,
  clearFaults,
  clientOf,
  requests,
  resetRequests,
} from "../../../harness/emulator.ts";
import { environmentOf } from "../../../harness/engine.ts";
import { projectRoot } from "../../../scripts/paths.ts";
import { useEmulator } from "../../support/emulator.ts";
import { many, TestSet } from "../../support/work-item-sets.ts";

describe("cli: results", () => {
  const test = useEmulator();
  let out: string;
  let set: TestSet;
  beforeEach(async () => {
    out = mkdtempSync(join(tmpdir(), "aidp-results-"));
    set = await TestSet.begin(test.emulator);
  });
  afterEach(async () => {
    rmSync(out, { recursive: true });
    await changeSettings(test.emulator, { latencyMs: 0 });
  });

  function start(...args: string[]): ChildProcess & { stdout: NodeJS.ReadableStream } {
    const batch = args.includes("--batch") ? [] : ["--batch", set.batchId];
    const given = ["results", ...batch, "--out", out, ...args];
    const child = spawn(process.execPath, [join(projectRoot, "cli/main.ts"), ...given], {
      env: { ...process.env, ...environmentOf(test.emulator) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return child as ReturnType<typeof start>;
  }

  async function run(...args: string[]) {
    const child = start(...args);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr!),
      once(child, "exit"),
    ]);
    return { code, stdout, stderr };
  }

  const merged = () => readFileSync(join(out, "annotations.coco.json"), "utf8");
  const itemFiles = () => readdirSync(join(out, "items"));
  const finishAll = () => annotate(test.emulator, { batchIds: [Number(set.batchId)] });

  it("writes a file for each finished item, and one of all", async () => {
    const { ids } = (await set.create(many(3))).state;
    await annotate(test.emulator, { workItemIDs: [ids["item-0"]!, ids["item-2"]!] });
    const metadata = { pulumiProvenanceRepository: "git@example.com:us/a.git" };
    const { projectId } = test.emulator;
    await clientOf(test.emulator).batches.update(projectId, set.batchId, { metadata });
    const { code, stdout, stderr } = await run("--json");
    assert.deepEqual([code, stderr], [0, ""]);
    const { batch, ...summary } = JSON.parse(stdout);
    assert.equal(batch.id, set.batchId);
    assert.deepEqual(summary, {
      file: join(out, "annotations.coco.json"),
      finished: 2,
      fetched: 2,
      withoutAnnotation: [],
      images: 2,
      annotations: 2,
      categories: ["object"],
    });
    assert.deepEqual(itemFiles().sort(), [`${ids["item-0"]}.json`, `${ids["item-2"]}.json`].sort());
    const one = JSON.parse(readFileSync(join(out, "items", `${ids["item-0"]}.json`), "utf8"));
    assert.equal(one.info.key, "item-0");
    const provenance = { repository: "git@example.com:us/a.git" };
    assert.deepEqual(JSON.parse(merged()).info.provenance, provenance);
    assert.equal(one.annotations.length, 1);
    assert.deepEqual(
      JSON.parse(merged()).images.map(({ key }: { key: string }) => key),
      ["item-0", "item-2"],
    );
  });

  it("says that YOLO's classes have numbers of their own, unless a manifest gives them", async () => {
    await set.create(many(1));
    await finishAll();
    const manifest = join(out, "data.json");
    const categories = [{ id: 1, name: "cat" }];
    const images = [{ id: 1, file_name: "images/train/a.jpg" }];
    writeFileSync(manifest, JSON.stringify({ images, annotations: [], categories }));
    const own = await run("--format", "yolo");
    assert.match(
      own.stderr,
      /^warning: the classes are numbered in the order .*: --manifest gives/,
    );
    assert.equal(own.code, 0);
    const { code, stderr } = await run("--format", "yolo", "--manifest", manifest);
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /numbered/);
    assert.equal(
      readFileSync(join(out, "data.yaml"), "utf8"),
      'train: images/train\nval: images/train\nnames:\n  - "cat"\n  - "object"\n',
    );
  });

  it("finds the batch by its name, and fetches nothing twice", async () => {
    await set.create(many(3));
    await finishAll();
    const batches = await Array.fromAsync(
      clientOf(test.emulator).batches.list(test.emulator.projectId),
    );
    const { name } = batches.find(({ id }) => id === set.batchId)!;
    assert.equal((await run("--batch", name)).code, 0);
    const before = merged();
    await resetRequests(test.emulator);
    const { stdout } = await run();
    assert.match(stdout, /: 3 annotations on 3 images, of 3 .*; 0 fetched now\n$/);
    assert.equal((await requests(test.emulator)).files.get, 0);
    assert.equal((await requests(test.emulator)).requests.getAnnotation, undefined);
    assert.equal(merged(), before);
  });

  it("fetches anew what was damaged", async () => {
    const { ids } = (await set.create(many(3))).state;
    await finishAll();
    await run();
    const before = merged();
    const path = join(out, "items", `${ids["item-1"]}.json`);
    writeFileSync(path, readFileSync(path, "utf8").slice(0, -10));
    await resetRequests(test.emulator);
    await run();
    assert.equal((await requests(test.emulator)).files.get, 1);
    assert.equal(merged(), before);
  });

  it("goes on where it was killed, and leaves nothing half", async () => {
    const { ids } = (await set.create(many(60))).state;
    await annotate(test.emulator, { workItemIDs: [ids["item-0"]!] });
    await run();
    const before = merged();
    await finishAll();
    await changeSettings(test.emulator, { latencyMs: 100 });
    const child = start("--concurrency", "4");
    const ended = once(child, "exit");
    while (itemFiles().filter((name) => name.endsWith(".json")).length < 12) {
      assert.equal(child.exitCode, null, "it came to its end before it was killed");
      await delay(5);
    }
    child.kill("SIGKILL");
    await ended;
    assert.equal(merged(), before, "the earlier file is untouched");
    assert.ok(readdirSync(out).some((name) => name.endsWith(".part")));
    const kept = itemFiles().filter((name) => name.endsWith(".json"));
    for (const name of kept) {
      JSON.parse(readFileSync(join(out, "items", name), "utf8"));
    }

    await changeSettings(test.emulator, { latencyMs: 0 });
    await resetRequests(test.emulator);
    const { code, stdout } = await run("--json");
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).fetched, 60 - kept.length);
    assert.equal((await requests(test.emulator)).files.get, 60 - kept.length);
    assert.deepEqual(readdirSync(out).sort(), ["annotations.coco.json", "items"]);
    assert.equal(itemFiles().length, 60);
    const resumed = merged();
    rmSync(join(out, "items"), { recursive: true });
    await run();
    assert.equal(merged(), resumed);
  });

  it("lists what could not be fetched, and keeps the others for the next run", async () => {
    await set.create(many(4));
    await finishAll();
    await addFault(test.emulator, { operation: "getFile", status: 200, body: "no COCO" });
    const { code, stdout, stderr } = await run();
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^error: the results of 1 of 4 .*: "item-\d \([^)]*\)": the annotation file is not [^\n]*\n$/,
    );
    assert.equal(itemFiles().length, 3);
    await clearFaults(test.emulator);
    await resetRequests(test.emulator);
    assert.equal((await run()).code, 0);
    assert.equal((await requests(test.emulator)).files.get, 1);
  });

  it("stops at Ctrl-C with what it has, and says how to go on", async () => {
    await set.create(many(60));
    await finishAll();
    await changeSettings(test.emulator, { latencyMs: 100 });
    const child = start("--concurrency", "4");
    const said = text(child.stderr!);
    const ended = once(child, "exit");
    await resetRequests(test.emulator);
    while (((await requests(test.emulator)).requests.getAnnotation ?? 0) < 4) {
      await delay(5);
    }
    child.kill("SIGINT");
    const [code] = await ended;
    assert.equal(code, 1);
    assert.match(await said, /^error: [^\n]*cancelled[^\n]*\n$/);
  });

  it("says which batch there is not", async () => {
    const { code, stderr } = await run("--batch", "none");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: --batch "none" is no batch of the project; it has .*"Default".*\n$/,
    );
  });

  it("documents its exit codes and has examples", async () => {
    const { code, stdout } = await run("--help");
    assert.equal(code, 0);
    assert.match(stdout, /Exit codes: 0 .*, 1 failure/s);
    assert.match(stdout, /aidp results --batch signs-2026-12 --out/);
  });
});
