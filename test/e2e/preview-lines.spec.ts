import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { automation } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import { startWork, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { diagnostics, TestStack } from "../support/stack.ts";

/** The lines of counts: all that tell what sets do, or only those of an update that has done it. */
function counts(events: automation.EngineEvent[], which: RegExp): string[] {
  const lines = diagnostics(events, "info").map((text) => text.split("\n")[0] ?? "");
  return lines.filter((line) => which.test(line)).sort();
}

describe("what a preview says of sets in one line, on a real engine", function () {
  this.timeout(120_000);
  const other = useEmulator();
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
    cpSync(join(projectRoot, "examples/quickstart/photos"), join(stack.folder, "photos"), {
      recursive: true,
    });
  });
  after(() => stack.remove());

  const asset = (name: string, more = {}) => ({ assetUrl: `https://e.com/${name}`, ...more });
  const labels = [{ bbox: [1, 2, 3, 4] }];
  const program =
    (items: Record<string, object>, dueInSeconds: pulumi.Input<number>, name = "signs") =>
    async () => {
      new aidp.Dataset("photos", { batchName: "photos", folder: join(stack.folder, "photos") });
      const { batchId } = new aidp.Batch("signs", { name });
      new aidp.WorkItemSet("signs", {
        batchId,
        defaults: { dueInSeconds },
        items: items as Record<string, aidp.WorkItemSetItemArgs>,
      });
    };

  /** What a preview says, and then an update. */
  const both = async (declared: () => Promise<void>) => {
    const { events, changes } = await stack.preview(declared);
    const told = counts(events, / to (create|replace|relabel|remove|upload|leave)/);
    const { stdout } = await stack.up(declared);
    const done = stdout.match(/^ {4}\w+: \d+ (?!work items? to|files? to).*$/gm) ?? [];
    return { told, changes, done: done.map((line) => line.trim()).sort() };
  };
  const live = async () =>
    (await storeOf(other.emulator)).workItems.filter(({ status }) => status !== "CANCELLED").length;

  it("counts at a first preview what the update then makes", async () => {
    const items = { a: asset("a"), b: asset("b"), c: asset("c"), d: asset("d") };
    const { told, done } = await both(program(items, 600));
    assert.deepEqual(told, [
      "photos: 6 files to upload (333.9 kB)",
      "photos: 6 work items to create",
      "signs: 4 work items to create",
    ]);
    assert.deepEqual(done, ["photos: 6 created", "photos: 6 uploaded", "signs: 4 created"]);
    assert.equal(await live(), 10);
  });

  it("counts what an update then does to pictures, before their new paths are known", async () => {
    const photo = (name: string) => join(stack.folder, "photos", name);
    rmSync(photo("rocket.jpg"));
    cpSync(photo("coffee.jpg"), photo("new.jpg"));
    cpSync(photo("astronaut.jpg"), photo("coffee.jpg"));
    await startWork(other.emulator, "https://e.com/a");
    await stack.refresh(async () => {});
    const items = { a: asset("a", { labels }), b: asset("b"), c: asset("c"), e: asset("e") };
    const { told, done } = await both(program(items, 600));
    assert.deepEqual(told, [
      "photos: 1 work item to create, 1 to replace (its file), 1 to remove",
      "photos: 2 files to upload (110.8 kB), 1 to leave the stack",
      "signs: 1 work item to create, 1 to relabel, 1 to remove; people have begun or finished 1 of them, as of the last refresh or update",
    ]);
    assert.deepEqual(done, [
      "photos: 1 created, 1 replaced, 1 cancelled",
      "photos: 2 uploaded, 1 left the stack",
      "signs: 1 created, 1 relabelled, 1 cancelled",
    ]);
  });

  it("shows a change of defaults with its values, unless they are secret, and a new name as no replacement", async () => {
    const a = asset("a", { labels, dueInSeconds: 600 });
    const items = { a, b: asset("b"), c: asset("c"), e: asset("e") };
    const { told, changes, done } = await both(program(items, 900, "better"));
    assert.deepEqual(told, ["signs: 3 work items to replace (dueInSeconds 600 → 900)"]);
    assert.deepEqual(changes, { same: 5, update: 2 });
    assert.deepEqual(done, ["signs: 3 replaced"]);
    const secret = program(items, pulumi.secret(1_234), "better");
    const line = async (declared: () => Promise<void>) =>
      counts((await stack.preview(declared)).events, /^signs: /).join();
    const hidden = "signs: 3 work items to replace (dueInSeconds)";
    assert.equal(await line(secret), hidden);
    await stack.up(secret);
    assert.equal(await line(program(items, 4_321, "better")), hidden);
  });
});
