import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  batchProtected,
  cancelAllowed,
  effortLimit,
  setSize,
  stackSize,
} from "../../policy/index.ts";
import { projectRoot } from "../../scripts/paths.ts";
import {
  goodBatch,
  goodItem,
  type Resource,
  type Rule,
  reports,
  setOf,
  unknown,
} from "./support.ts";

describe("set-size and stack-size", () => {
  it("allow by default what the README promises, and what the CI templates let one update make", () => {
    const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");
    const promised = /One set holds ([\d,]+) items/.exec(read("README.md"))?.[1] ?? "";
    const most = Number(promised.replaceAll(",", ""));
    const maximumOf = ({ configSchema }: Rule) => Number(configSchema?.properties.maximum?.default);
    assert.equal(maximumOf(setSize), most);
    assert.ok(maximumOf(stackSize) >= most);
    for (const template of ["action.yml", "templates/labeling.yml"]) {
      const [, limit] = /max-new:\n.*\n +default: "(\d+)"/.exec(read(template)) ?? [];
      assert.equal(limit, String(most), template);
    }
  });

  it("allow so many work items, unknown ones included", async () => {
    const set = setOf({ a: {}, b: {} });
    Object.assign(set.props.items as object, { c: unknown });
    assert.deepEqual(await reports(setSize, [set], { maximum: 3 }), []);
    assert.deepEqual(await reports(setSize, [set], { maximum: 2 }), [
      "items has 3 work items, must have at most 2: split the set, or raise the maximum of this rule",
    ]);
    const stack = [goodBatch(), set, goodItem()];
    assert.deepEqual(await reports(stackSize, stack, { maximum: 4 }), []);
    assert.deepEqual(await reports(stackSize, stack, { maximum: 3 }), [
      "the stack has 4 work items, must have at most 3: declare fewer, or raise the maximum of this rule",
    ]);
  });
});

describe("effort-limit", () => {
  const boxes = (count: number) => ({ labels: Array(count).fill({ bbox: [1, 1, 2, 2] }) });
  const stack = [
    goodBatch(),
    setOf({ a: boxes(3), b: { labels: [{ metadata: {} }, unknown] } }),
    goodItem(boxes(2)),
  ];

  it("limits what items and boxes take together", async () => {
    const config = { item: 2, box: 0.5, unit: "hours", max: 8.5 };
    assert.deepEqual(await reports(effortLimit, stack, config), []);
    assert.deepEqual(await reports(effortLimit, stack, { ...config, max: 8.4 }), [
      "the work on 3 work items with 5 boxes takes 8.5 hours, must take at most 8.4: declare fewer, or raise the max of this rule",
    ]);
  });

  it("counts boxes as a report does: those that the platform takes", async () => {
    const labels = [null, 7, [1, 1, 2], [1, 1, -2, 2], [1, 1, "2", 2], unknown, [1, 1, 0, 2]];
    const item = goodItem({ labels: labels.map((bbox) => ({ bbox })) });
    assert.deepEqual(await reports(effortLimit, [item], { box: 1, max: 0 }), [
      "the work on 1 work item with 1 box takes 1 minute, must take at most 0: declare fewer, or raise the max of this rule",
    ]);
  });

  it("refuses a max without what an item or a box costs, and another unit than those of a report", async () => {
    await assert.rejects(reports(effortLimit, stack, { max: 5 }), {
      message: /effort-limit is wrong: max needs what an item or a box costs: set item or box\./,
    });
    await assert.rejects(reports(effortLimit, stack, { item: 1, unit: "days" }), {
      message: /unit must be minutes, hours or the code of a currency such as USD, got "days"/,
    });
    assert.deepEqual(await reports(effortLimit, stack, {}), []);
  });

  it("counts minutes unless it is told otherwise, and unknown items as well", async () => {
    const set = setOf({ a: {} });
    Object.assign(set.props.items as object, { b: unknown });
    assert.deepEqual(await reports(effortLimit, [set], { item: 1, max: 1 }), [
      "the work on 2 work items takes 2 minutes, must take at most 1: declare fewer, or raise the max of this rule",
    ]);
    assert.deepEqual(await reports(effortLimit, [set], { item: 1_000 }), []);
  });
});

describe("cancel-allowed", () => {
  const batch: Resource = { ...goodBatch(), name: "signs" };
  const dependsOn = { batchId: ["signs"] };
  const cancel = { onWorkInProgress: "cancel", batchId: unknown };
  const end = "leave it out, or add the batch to this rule";

  it("refuses it in any batch by default", async () => {
    for (const resource of [goodItem(cancel), setOf({ a: {} }, cancel)]) {
      assert.deepEqual(await reports(cancelAllowed, [batch, { ...resource, dependsOn }]), [
        `onWorkInProgress is "cancel" in the batch "vision-signs-2026-12", which no batch may have: ${end}`,
      ]);
    }
  });

  it("allows it in the batches that are named", async () => {
    const config = { batches: ["scratch-.*", "vision-signs-.*"] };
    const item = { ...goodItem(cancel), dependsOn };
    assert.deepEqual(await reports(cancelAllowed, [batch, item], config), []);
    assert.deepEqual(await reports(cancelAllowed, [batch, item], { batches: ["scratch-.*"] }), [
      `onWorkInProgress is "cancel" in the batch "vision-signs-2026-12", which only batches that match scratch-.* may have: ${end}`,
    ]);
  });

  it("refuses it where the batch is not the stack's, and waits where its name is not known", async () => {
    assert.deepEqual(await reports(cancelAllowed, [goodItem({ ...cancel, batchId: "7" })]), [
      `onWorkInProgress is "cancel" in a batch of another stack, which no batch may have: ${end}`,
    ]);
    const late: Resource = { ...goodBatch({ name: unknown }), name: "signs" };
    assert.deepEqual(await reports(cancelAllowed, [late, { ...goodItem(cancel), dependsOn }]), []);
  });

  it("sees signals that cancel, to a batch and to work items", async () => {
    const toBatch = (more: object = {}): Resource => ({
      kind: "BatchSignal",
      props: { signal: "cancel", batchId: unknown, ...more },
      dependsOn,
    });
    const set = { ...setOf({ a: {} }, { batchId: unknown }), name: "set", dependsOn };
    const toItems = (more: Partial<Resource> = {}): Resource => ({
      kind: "WorkItemSignal",
      props: { signal: "cancel", workItemIds: unknown },
      dependsOn: { workItemIds: ["set"] },
      ...more,
    });
    const where = 'signal is "cancel" in';
    for (const signal of [toBatch(), toItems()]) {
      assert.deepEqual(await reports(cancelAllowed, [batch, set, signal]), [
        `${where} the batch "vision-signs-2026-12", which no batch may have: ${end}`,
      ]);
      const config = { batches: ["vision-.*"] };
      assert.deepEqual(await reports(cancelAllowed, [batch, set, signal], config), []);
    }
    assert.deepEqual(await reports(cancelAllowed, [toItems({ dependsOn: {} })]), [
      `${where} a batch of another stack, which no batch may have: ${end}`,
    ]);
    const harmless = [toBatch({ status: "NEW" }), toBatch({ signal: "release" })];
    assert.deepEqual(await reports(cancelAllowed, [batch, ...harmless]), []);
  });

  it("has nothing against refusing", async () => {
    assert.deepEqual(await reports(cancelAllowed, [goodItem({ onWorkInProgress: "refuse" })]), []);
  });
});

describe("batch-protected", () => {
  it("asks batches for the option protect, and nothing else", async () => {
    assert.deepEqual(await reports(batchProtected, [{ ...goodBatch(), protect: false }]), [
      "the option protect is false, must be true: pass { protect: true } as the batch's third argument",
    ]);
    assert.deepEqual(await reports(batchProtected, [goodItem(), setOf({ a: {} })]), []);
  });
});
