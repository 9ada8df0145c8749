import assert from "node:assert/strict";
import {
  batchDeadlineLimits,
  deadlineLimits,
  deadlineOnWorkday,
  deadlineRequired,
} from "../../policy/index.ts";
import { dayOf } from "../../policy/rules/deadlines.ts";
import { toJsonText } from "../../provider/text/json.ts";
import {
  goodBatch,
  goodItem,
  type Resource,
  remediated,
  reports,
  setOf,
  unknown,
} from "./support.ts";

const none = { dueInSeconds: undefined };
const missing =
  "dueInSeconds is missing, and so is dueAt: set one of them, for example dueInSeconds: 604800 (7 days)";

describe("deadline-required", () => {
  it("misses the deadline of a work item", async () => {
    assert.deepEqual(await reports(deadlineRequired, [goodItem(none)]), [missing]);
    const moment = goodItem({ ...none, dueAt: "2099-12-31T12:00:00Z" });
    assert.deepEqual(await reports(deadlineRequired, [moment]), []);
  });

  it("names the items of a set that have none, the first of many", async () => {
    const one = setOf({ a: {}, b: none });
    assert.deepEqual(await reports(deadlineRequired, [one]), [`items["b"]: ${missing}`]);
    const keys = Array.from({ length: 1_000 }, (_, index) => [`k${index}`, none]);
    assert.deepEqual(await reports(deadlineRequired, [setOf(Object.fromEntries(keys))]), [
      `items["k0"]: ${missing} (1000 items break this rule: "k0", "k1", "k2", "k3", "k4" and 995 more)`,
    ]);
  });

  it("counts what the set's defaults give", async () => {
    const set = setOf({ a: none }, { defaults: toJsonText({ dueInSeconds: 86_400 }) });
    assert.deepEqual(await reports(deadlineRequired, [set]), []);
  });

  const config = { defaultDueInSeconds: 7_200 };

  it("gives the configured deadline to those that have none, and to no other", async () => {
    assert.deepEqual(await remediated(deadlineRequired, goodItem(none), config), {
      ...goodItem(none).props,
      dueInSeconds: 7_200,
    });
    const set = setOf({ a: none, b: {} }, { batchId: unknown, onWorkInProgress: "cancel" });
    assert.deepEqual(await remediated(deadlineRequired, set, config), {
      ...set.props,
      items: setOf({ a: { dueInSeconds: 7_200 }, b: {} }).props.items,
    });
    for (const resource of [
      goodItem(),
      setOf({ a: {} }),
      goodBatch(),
      goodItem({ dueInSeconds: unknown }),
    ]) {
      assert.equal(await remediated(deadlineRequired, resource, config), undefined);
    }
  });

  it("changes nothing without a configured deadline", async () => {
    assert.equal(await remediated(deadlineRequired, goodItem(none)), undefined);
  });
});

describe("deadline-limits", () => {
  const limits = "3600 (1 hour) to 1209600 (14 days)";
  for (const [changes, message] of [
    [{ dueInSeconds: 3_599 }, `dueInSeconds is 3599, must be ${limits}: give people more time`],
    [
      { dueInSeconds: 1_209_601 },
      `dueInSeconds is 1209601, must be ${limits}: choose an earlier deadline`,
    ],
    [
      { dueInSeconds: undefined, dueAt: "2099-12-31T12:00:00Z" },
      'dueAt "2099-12-31T12:00:00Z" must be at most 1209600 seconds (14 days) away: choose an earlier moment',
    ],
  ] as const) {
    it(`is broken by ${JSON.stringify(changes)}`, async () => {
      assert.deepEqual(await reports(deadlineLimits, [goodItem(changes)]), [message]);
      assert.deepEqual(await reports(deadlineLimits, [setOf({ a: changes })]), [
        `items["a"]: ${message}`,
      ]);
    });
  }

  it("can be configured", async () => {
    const item = goodItem({ dueInSeconds: 60 });
    assert.deepEqual(await reports(deadlineLimits, [item], { minimumSeconds: 60 }), []);
    assert.deepEqual(
      await reports(deadlineLimits, [item], { maximumSeconds: 59, minimumSeconds: 1 }),
      ["dueInSeconds is 60, must be 1 (1 second) to 59 (59 seconds): choose an earlier deadline"],
    );
  });

  it("has nothing against a moment that came close or passed, as it is of an earlier update", async () => {
    for (const dueAt of [new Date(Date.now() + 5_000).toISOString(), "2020-01-01T00:00:00Z"]) {
      const item = goodItem({ dueInSeconds: undefined, dueAt });
      assert.deepEqual(await reports(deadlineLimits, [item]), []);
    }
  });
});

describe("batch-deadline-limits", () => {
  const config = {
    limits: [
      { batch: "vision-urgent-.*", maximumSeconds: 86_400 },
      { batch: "vision-.*", minimumSeconds: 172_800 },
    ],
  };
  const urgent: Resource = {
    ...goodBatch({ name: "vision-urgent-2026-12" }),
    name: "urgent",
  };
  const line =
    'dueInSeconds is 90000, must be 1 (1 second) to 86400 (1 day): choose an earlier deadline, or put it into another batch than "vision-urgent-2026-12"';

  it("finds the batch that does not exist yet by dependency", async () => {
    const set: Resource = {
      ...setOf({ a: { dueInSeconds: 90_000 }, b: { dueInSeconds: 60 } }, { batchId: unknown }),
      dependsOn: { batchId: ["urgent"] },
    };
    assert.deepEqual(await reports(batchDeadlineLimits, [urgent, set], config), [
      `items["a"]: ${line}`,
    ]);
  });

  it("finds the batch that exists by its id", async () => {
    const batch: Resource = { ...urgent, props: { ...urgent.props, batchId: "12" } };
    const other: Resource = { ...goodBatch({ batchId: "13" }), name: "other" };
    const item = goodItem({ batchId: "p/12", dueInSeconds: 90_000 });
    assert.deepEqual(await reports(batchDeadlineLimits, [other, batch, item], config), [line]);
    const inOther = goodItem({ batchId: 13, dueInSeconds: 90_000 });
    assert.deepEqual(await reports(batchDeadlineLimits, [other, batch, inOther], config), [
      'dueInSeconds is 90000, must be 172800 (2 days) to 2592000 (30 days): give people more time, or put it into another batch than "vision-signs-2026-12"',
    ]);
  });

  it("says nothing where the batch is another stack's, or its name is not known yet", async () => {
    const late: Resource = { ...goodBatch({ name: unknown }), name: "urgent" };
    const item = goodItem({ batchId: unknown, dueInSeconds: 90_000 });
    for (const resources of [
      [goodItem({ batchId: "99", dueInSeconds: 90_000 })],
      [item],
      [late, { ...item, dependsOn: { batchId: ["urgent"] } }],
    ]) {
      assert.deepEqual(await reports(batchDeadlineLimits, resources, config), []);
    }
  });

  it("knows the batch of items that name none", async () => {
    const forDefault = { limits: [{ batch: "Default", maximumSeconds: 60 }] };
    assert.equal((await reports(batchDeadlineLimits, [goodItem()], forDefault)).length, 1);
  });
});

describe("deadline-on-workday", () => {
  const saturday = "2099-01-03T12:00:00Z";

  it("warns of a moment on a weekend", async () => {
    const item = goodItem({ dueInSeconds: undefined, dueAt: saturday });
    assert.deepEqual(await reports(deadlineOnWorkday, [item]), [
      `dueAt is ${saturday}, which is saturday, 2099-01-03 (UTC), when nobody works: choose a deadline on a working day`,
    ]);
  });

  it("counts seconds from now", async () => {
    const due = new Date(Date.now() + 86_400_000);
    const { weekday } = dayOf(due.getTime(), "UTC");
    const item = goodItem({ dueInSeconds: 86_400 });
    const [message = ""] = await reports(deadlineOnWorkday, [item], { daysOff: [weekday] });
    assert.match(message, new RegExp(`^dueInSeconds is 86400, which is ${weekday}, \\d{4}-`));
    assert.deepEqual(await reports(deadlineOnWorkday, [item], { daysOff: [] }), []);
  });

  for (const [dueAt, config, isOff] of [
    ["2099-01-03T12:00:00Z", { daysOff: ["friday"] }, false],
    ["2099-01-02T12:00:00Z", { daysOff: ["friday"] }, true],
    // Friday evening in London is Saturday morning in Tokyo, and late Sunday there is Monday in Auckland.
    ["2099-01-02T22:00:00Z", { timeZone: "Asia/Tokyo" }, true],
    ["2099-01-04T22:00:00Z", { timeZone: "Pacific/Auckland" }, false],
    ["2099-01-04T22:00:00Z", { timeZone: "Europe/London" }, true],
    ["2099-12-25T12:00:00Z", {}, false],
    ["2099-12-25T12:00:00Z", { holidays: ["2099-12-25"] }, true],
    // Passed: nothing can be done.
    ["2022-01-01T12:00:00Z", {}, false],
  ] as const) {
    it(`${dueAt} is ${isOff ? "a day off" : "no day off"} with ${JSON.stringify(config)}`, async () => {
      const item = goodItem({ dueInSeconds: undefined, dueAt });
      assert.equal((await reports(deadlineOnWorkday, [item], config)).length, isOff ? 1 : 0);
    });
  }

  it("refuses a time zone that does not exist", async () => {
    await assert.rejects(
      reports(deadlineOnWorkday, [goodItem()], { timeZone: "Mars/Olympus" }),
      /timeZone must be an IANA time zone like Europe\/Berlin, got "Mars\/Olympus"/,
    );
  });
});
