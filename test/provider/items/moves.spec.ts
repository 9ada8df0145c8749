import assert from "node:assert/strict";
import { clientOf } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { platformOf, type TestPlatform } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import {
  partialOf,
  type SetInputs,
  type SetState,
  useTestSet,
} from "../../support/work-item-sets.ts";

type Name = "a" | "b" | "c";

/** The sets of one stack in one batch, as one process of the provider sees them. */
describe("provider: work items that move from one set to another", () => {
  useShortWaits();
  const test = useTestSet();
  let states: Partial<Record<Name, SetState>>;
  let platforms: Record<Name, TestPlatform>;

  const restart = () => {
    const client = clientOf(test.emulator);
    const of = (name: Name) =>
      platformOf(test.emulator, {
        client,
        owner: `urn:pulumi:dev::labeling::aidp:WorkItemSet::${name}`,
      });
    platforms = { a: of("a"), b: of("b"), c: of("c") };
  };
  beforeEach(() => {
    states = {};
    restart();
  });

  const inputsOf = (keys: string[], more: object = {}, how: Plain = {}): Promise<SetInputs> =>
    test.set.inputs(Object.fromEntries(keys.map((key) => [key, { difficulty: 3, ...more }])), how);
  const note = (name: Name, news: SetInputs): void => {
    const { [name]: olds } = states;
    const seen = olds === undefined ? {} : { ...olds };
    workItemSetLifecycle.recordHoldings?.(platforms[name], seen, news);
  };
  const apply = async (name: Name, news: SetInputs): Promise<void> => {
    const { [name]: olds } = states;
    states[name] =
      olds === undefined
        ? (await workItemSetLifecycle.create(platforms[name], news)).state
        : await workItemSetLifecycle.update(platforms[name], test.set.id, olds, news);
  };
  /** One update: all are seen, and then those named are updated. */
  const up = async (
    declared: Partial<Record<Name, SetInputs>>,
    order = Object.keys(declared) as Name[],
  ): Promise<void> => {
    for (const [name, news] of Object.entries(declared)) {
      note(name as Name, news);
    }
    for (const name of order) {
      await apply(name, declared[name]!);
    }
  };
  const stored = async () =>
    (await test.set.stored()).map(({ id, assetUrl, status }) => [id, assetUrl, status]);

  const begin = async (a: string[], b: string[]) => {
    await up({ a: await inputsOf(a), b: await inputsOf(b) });
    restart();
    return stored();
  };

  for (const order of [["a", "b"] as const, ["b", "a"] as const]) {
    it(`keep their ids where "${order[0]}" is updated first`, async () => {
      const before = await begin(["x", "y"], ["z"]);
      await test.set.signal(states.a?.ids.x, "start");
      const declared = { a: await inputsOf(["y"]), b: await inputsOf(["x", "z"]) };
      const id = states.a?.ids.x;
      await up(declared, [...order]);
      assert.deepEqual(
        (await stored()).map(([each]) => each),
        before.map(([each]) => each),
      );
      assert.equal(states.b?.ids.x, id);
      assert.deepEqual(Object.keys(states.a?.ids ?? {}), ["y"]);
      assert.match(
        platforms.b.told.join(),
        /1 work item moves here from WorkItemSet "a" .*, and keeps its id: "x"/,
      );
    });
  }

  it("are labelled in place as the new declaration says", async () => {
    await begin(["x"], []);
    const labels = [{ bbox: [1, 2, 3, 4] }];
    await up({ a: await inputsOf([]), b: await inputsOf(["x"], { labels }) });
    const [item] = await test.set.stored();
    assert.equal((await stored()).length, 1);
    assert.deepEqual(item?.labels?.[0]?.bbox, [1, 2, 3, 4]);
  });

  it("do not move where another field differs", async () => {
    await begin(["x"], []);
    await up({ a: await inputsOf([]), b: await inputsOf(["x"], { difficulty: 4 }) });
    const statuses = (await stored()).map(([, , status]) => status);
    assert.deepEqual(statuses.sort(), ["FAILED", "NEW"]);
  });

  it("go to one of two that want them, and the other gets a new one", async () => {
    const [[id] = []] = await begin(["x"], []);
    await up({ a: await inputsOf([]), b: await inputsOf(["x"]), c: await inputsOf(["x"]) });
    const ids = [states.b?.ids.x, states.c?.ids.x];
    assert.ok(ids.includes(id));
    assert.deepEqual((await stored()).map(([each]) => each).sort(), ids.sort());
  });

  it("are not taken for leftovers by a later update of their old declaration alone", async () => {
    await begin(["x"], []);
    await up({ a: await inputsOf([]), b: await inputsOf(["x"]) });
    restart();
    await workItemSetLifecycle.read(platforms.a, test.set.id, states.a!);
    assert.deepEqual(platforms.a.warned, []);
    await up({ a: await inputsOf(["n"]) });
    const statuses = (await stored()).map(([, , status]) => status);
    assert.deepEqual(statuses, ["NEW", "NEW"]);
  });

  it("move each to one of those that want the same", async () => {
    const alike = { assetUrl: "uploads/alike.png" };
    await up({ a: await inputsOf(["x", "y"], alike), b: await inputsOf([]) });
    const before = await stored();
    restart();
    await up({ a: await inputsOf([]), b: await inputsOf(["p", "q"], alike) });
    assert.deepEqual(await stored(), before);
    assert.deepEqual(Object.values(states.b?.ids ?? {}).sort(), before.map(([id]) => id).sort());
  });

  it("are made anew where they were cancelled meanwhile", async () => {
    await begin(["x"], []);
    await test.set.signal(states.a?.ids.x, "cancel");
    await up({ a: await inputsOf([]), b: await inputsOf(["x"]) });
    const live = (await stored()).filter(([, , status]) => status === "NEW");
    assert.deepEqual(live, [[states.b?.ids.x, "uploads/x.png", "NEW"]]);
  });

  it("are taken by the next update where the process dies before", async () => {
    const before = await begin(["x"], ["z"]);
    const declared = { a: await inputsOf([]), b: await inputsOf(["x", "z"]) };
    await up(declared, ["a"]);
    assert.deepEqual(await stored(), before);
    restart();
    await up(declared, ["b"]);
    assert.deepEqual(await stored(), before);
    restart();
    await up({ ...declared, a: await inputsOf(["n"]) });
    assert.equal((await stored()).length, before.length + 1);
    // Taken by now, it is offered to nobody, also where the set that took it is not a part of the update.
    restart();
    await up({ a: await inputsOf(["n"]), c: await inputsOf(["x"]) });
    assert.notEqual(states.c?.ids.x, states.b?.ids.x);
  });

  it("are not ended where the process dies after they were taken", async () => {
    const before = await begin(["x", "y"], ["z"]);
    const declared = { a: await inputsOf(["y"]), b: await inputsOf(["x", "z"]) };
    await up(declared, ["b"]);
    restart();
    await up(declared, ["a"]);
    assert.deepEqual(await stored(), before);
    restart();
    assert.deepEqual(Object.keys(states.a?.ids ?? {}), ["y"]);
    await workItemSetLifecycle.delete(platforms.a, test.set.id, states.a!);
    const ended = (await stored()).filter(([, , status]) => status === "FAILED");
    assert.deepEqual(
      ended.map(([, asset]) => asset),
      ["uploads/y.png"],
    );
  });

  it("of which two declarations know are told, and removing one lets them be", async () => {
    const before = await begin(["x"], []);
    states.b = { ...states.a! };
    note("a", await inputsOf(["x"]));
    note("b", await inputsOf(["x"]));
    assert.match(platforms.b.warned.join(), /another declaration has 1 of its work items as well/);
    await workItemSetLifecycle.delete(platforms.b, test.set.id, states.b);
    assert.deepEqual(await stored(), before);
  });

  it("do not include those of a declaration that is renamed and replaced: its deletion goes by the old name", async () => {
    await begin(["x"], []);
    const { a: olds } = states;
    const renamed = { ...platforms.b, formerOwner: platforms.a.owner! };
    const news = await inputsOf(["x"]);
    workItemSetLifecycle.recordHoldings?.(renamed, { ...olds }, news);
    await workItemSetLifecycle.delete(platforms.a, test.set.id, olds!);
    assert.deepEqual(
      (await stored()).map(([, , status]) => status),
      ["FAILED"],
    );
    await workItemSetLifecycle.create(platforms.b, news);
    assert.deepEqual(
      (await stored()).map(([, , status]) => status),
      ["FAILED", "NEW"],
    );
  });

  for (const movedFrom of [undefined, ["old"], ["a"]]) {
    it(`are left to the declaration that made them before it was killed, with movedFrom ${movedFrom}`, async () => {
      const how = movedFrom === undefined ? {} : { movedFrom };
      const declared = { a: await inputsOf(["x"]), b: await inputsOf(["x"], {}, how) };
      await up(declared, ["a"]);
      const id = states.a?.ids.x;
      await test.set.signal(id, "start");
      states = {};
      restart();
      await up(declared, ["b", "a"]);
      assert.equal(states.a?.ids.x, id);
      const ids = [states.a?.ids.x, states.b?.ids.x].sort();
      assert.deepEqual((await stored()).map(([each]) => each).sort(), ids);
      assert.equal(new Set(ids).size, 2);
    });
  }

  const alike = { assetUrl: "uploads/alike.png" };
  const makeByHand = async (asset: string) => {
    const { emulator, set } = test;
    const input = { assetUrl: `uploads/${asset}.png`, assetType: "image", difficulty: 3 };
    const { workItems } = clientOf(emulator);
    return workItems.create(emulator.projectId, { ...input, batchId: set.batchId });
  };
  /** Each of the set's keys has an item of its own, and there are no others. */
  const expectOwn = async (name: Name) => {
    const ids = Object.values(states[name]?.ids ?? {}).sort();
    assert.deepEqual((await stored()).map(([id]) => id).sort(), ids);
  };

  it("that have moved stand for one key, also where the set wants another one alike", async () => {
    await up({ a: await inputsOf(["x"], alike) });
    restart();
    const how = { movedFrom: ["a"] };
    await up({ b: await inputsOf(["x"], alike, how) });
    await test.set.signal(states.b?.ids.x, "start");
    restart();
    await up({ b: await inputsOf(["x", "y"], alike, how) });
    await expectOwn("b");
  });

  it("that were adopted stand for one key, also where the set wants another one alike", async () => {
    await makeByHand("alike");
    await up({ b: await inputsOf(["x"], alike, { adopt: true }) });
    restart();
    await up({ b: await inputsOf(["x", "y"], alike, { movedFrom: ["old"] }) });
    await expectOwn("b");
  });

  it("go to one of two keys, and the other gets a new one, with adopt: true", async () => {
    await up({ a: await inputsOf(["x"], alike) });
    const id = states.a?.ids.x;
    delete states.a;
    restart();
    await up({ b: await inputsOf(["p", "q"], alike, { adopt: true, movedFrom: ["a"] }) });
    assert.equal(states.b?.ids.p, id);
    await expectOwn("b");
    assert.match(platforms.b.told.join(), /has 1 moved here: "p", creates 1: "q"/);
  });

  it("stay where their declaration stays, and are not made twice, with adopt: true", async () => {
    await begin(["x"], []);
    await test.set.signal(states.a?.ids.x, "start");
    const before = await stored();
    const how = { adopt: true, movedFrom: ["a"] };
    const declared = { a: await inputsOf(["x"]), b: await inputsOf(["x"], {}, how) };
    delete states.b;
    const { reasons } = await partialOf(up(declared));
    assert.match(reasons.join(), /it is not adopted, and no second one is made/);
    assert.deepEqual(await stored(), before);
  });

  for (const isTwin of [false, true]) {
    it(`move with adopt: true${isTwin ? ", rather than that one made by hand is adopted" : ""}`, async () => {
      await begin(["x", "y"], ["z"]);
      const id = states.a?.ids.x;
      await test.set.signal(id, "start");
      if (isTwin) {
        await makeByHand("x");
      }
      const before = await stored();
      await up({ a: await inputsOf(["y"]), b: await inputsOf(["x", "z"], {}, { adopt: true }) });
      assert.deepEqual(await stored(), before);
      assert.equal(states.b?.ids.x, id);
    });
  }

  it("move on with adopt: true", async () => {
    await begin(["x", "y"], ["z"]);
    await up({ a: await inputsOf(["y"]), b: await inputsOf(["x", "z"]) });
    restart();
    await up({ a: await inputsOf(["y", "v"]), b: await inputsOf(["x", "z"]) });
    await test.set.signal(states.b?.ids.x, "start");
    const before = await stored();
    delete states.b;
    restart();
    const how = { adopt: true, movedFrom: ["b"] };
    await up({ a: await inputsOf(["y", "v"]), c: await inputsOf(["x", "z"], {}, how) });
    assert.deepEqual(await stored(), before);
  });

  it("are kept where another declaration has them, which was never called so", async () => {
    await begin(["x"], []);
    const { a: olds } = states;
    const news = await inputsOf(["x"]);
    workItemSetLifecycle.recordHoldings?.(platforms.b, { ...olds }, news);
    await workItemSetLifecycle.delete(platforms.a, test.set.id, olds!);
    assert.deepEqual(
      (await stored()).map(([, , status]) => status),
      ["NEW"],
    );
  });
});
