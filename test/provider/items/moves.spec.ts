import assert from "node:assert/strict";
import { clientOf } from "../../../harness/emulator.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { platformOf, type TestPlatform } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { type SetInputs, type SetState, useTestSet } from "../../support/work-item-sets.ts";

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

  const inputsOf = (keys: string[], more: object = {}): Promise<SetInputs> =>
    test.set.inputs(Object.fromEntries(keys.map((key) => [key, { difficulty: 3, ...more }])));
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
