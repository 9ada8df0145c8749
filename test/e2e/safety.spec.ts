import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import { clientOf, startWork, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { allDeclarations } from "../support/declarations.ts";
import { useEmulator } from "../support/emulator.ts";
import { keptMap, TestStack } from "../support/stack.ts";
import { isAll } from "../support/tier.ts";

interface Options {
  one?: pulumi.CustomResourceOptions;
  set?: pulumi.CustomResourceOptions;
  /** The height of a box. */
  height?: number;
  difficulty?: number;
  /** What the resources are called; without a name, they are not declared. */
  names?: { one?: string; set?: string };
}

// Every way in which Pulumi can replace, delete, keep or move a resource, each on the engine. The emulator's store says
// what became of the work items.

for (const { name: served, isPlugin, ...declare } of allDeclarations) {
  // The classes of dynamic resources set it themselves. Without it, see the spec of `--replace` below.
  const first = isPlugin ? { deleteBeforeReplace: true } : {};
  describe(`what Pulumi does to resources of ${served}, and what becomes of work items`, function () {
    this.timeout(180_000);
    const test = useEmulator();
    let stack: TestStack;
    let batchId: string;

    const assetOf = (name: string) => `https://e.com/${batchId}/${name}.jpg`;
    const program =
      ({
        one = {},
        set = {},
        height = 1,
        difficulty = 1,
        names = { one: "one", set: "set" },
      }: Options = {}) =>
      async () => {
        const labels = [{ bbox: [1, 2, 3, height] }];
        // A program without any resource may end before the engine has met it.
        if (names.one === undefined) {
          new pulumi.ComponentResource("test:index:Nothing", "nothing");
        }
        if (names.one !== undefined) {
          const args = { batchId, assetUrl: assetOf("one"), labels, difficulty };
          new declare.WorkItem(names.one, args, { replacementTrigger: 1, ...first, ...one });
        }
        const items = { x: { assetUrl: assetOf("x"), labels }, y: { assetUrl: assetOf("y") } };
        if (names.set !== undefined) {
          new declare.WorkItemSet(
            names.set,
            { batchId, items },
            { replacementTrigger: 1, ...first, ...set },
          );
        }
      };

    before(async () => {
      stack = await TestStack.create(environmentOf(test.emulator));
    });
    beforeEach(async function () {
      const { emulator } = test;
      const name = this.currentTest?.fullTitle() ?? "";
      batchId = (await clientOf(emulator).batches.create(emulator.projectId, { name })).id;
      await stack.up(program());
    });
    afterEach(() => stack.forgetAll());
    after(() => stack.remove());

    const stored = async () =>
      (await storeOf(test.emulator)).workItems.filter((item) => String(item.batchId) === batchId);
    const live = async () =>
      (await stored())
        .filter(({ status }) => status !== "FAILED")
        .map(({ id, assetUrl }) => [assetUrl.replace(/.*\/|\.jpg/g, ""), id])
        .sort();
    /** What the state holds. */
    const known = () => {
      const one = stack.resource("one").outputs.workItemId;
      const ids = keptMap(stack.resource("set").outputs.ids);
      return [["one", one], ...Object.entries(ids)].sort();
    };
    const urns = () => ["one", "set"].map((name) => stack.resource(name).urn);
    type Way = [name: string, go: () => Promise<unknown>, takeBack?: () => Promise<unknown>];
    const ways: Way[] = [
      ["--replace", () => stack.up(program(), { replace: urns() })],
      [
        "state taint",
        async () => {
          for (const urn of urns()) {
            await stack.run("state", "taint", "--yes", urn);
          }
          await stack.up(program());
        },
        async () => {
          for (const urn of urns()) {
            await stack.run("state", "untaint", "--yes", urn);
          }
        },
      ],
      [
        "replaceOnChanges",
        async () => {
          const options = { replaceOnChanges: ["labels", "items"] };
          await stack.up(program({ one: options, set: options, height: 2 }));
        },
      ],
      [
        "replacementTrigger",
        async () => {
          const options = { replacementTrigger: 2 };
          await stack.up(program({ one: options, set: options }));
        },
      ],
      [
        "replaceWith",
        async () => {
          const withLead = (trigger: number) => async () => {
            const options = { replacementTrigger: trigger };
            const lead = new declare.Batch("lead", { name: `${batchId} ${trigger}` }, options);
            await program({ one: { replaceWith: [lead] }, set: { replaceWith: [lead] } })();
          };
          await stack.up(withLead(1));
          await stack.up(withLead(2));
        },
      ],
    ];

    // Each takes seconds, so the inner loop has the first way only; `npm run test:all` has them all.
    for (const [name, go, takeBack] of isAll ? ways : ways.slice(0, 1)) {
      it(`${name} ends the old items, and makes new ones`, async () => {
        const before = await live();
        await go();
        assert.deepEqual(await live(), known());
        const ids = new Set(before.map(([, id]) => id));
        assert.ok(known().every(([, id]) => !ids.has(String(id))));
        assert.equal((await stored()).length, 6);
      });

      it(`${name} is refused where people have begun, and the next update works`, async () => {
        await startWork(test.emulator, assetOf("one"));
        await startWork(test.emulator, assetOf("y"));
        const before = await stored();
        const said = await stack.failure(go());
        assert.match(said, /would lose people's work/);
        assert.deepEqual(await stored(), before);
        await takeBack?.();
        assert.equal((await stack.up(program())).changes.same, 3);
        assert.deepEqual(await stored(), before);
        assert.deepEqual(known(), await live());
      });
    }

    if (isPlugin) {
      it("--replace without deleteBeforeReplace keeps the items, and says so", async () => {
        const before = await stored();
        const options = { deleteBeforeReplace: false };
        const unordered = program({ one: options, set: options });
        const { stdout } = await stack.up(unordered, { replace: urns() });
        assert.match(stdout, /one keeps its work items, since its replacement was made first/);
        assert.match(stdout, /set keeps its work items/);
        assert.deepEqual(await stored(), before);
        assert.deepEqual(known(), await live());
      });
    }

    const retained = { one: { retainOnDelete: true }, set: { retainOnDelete: true } };

    it("retainOnDelete and a replacement: the old item stays beside the new one", async function () {
      if (!isAll) {
        this.skip();
      }
      const [before] = (await live()).filter(([name]) => name === "one");
      // The engine goes by the option of the last update.
      await stack.up(program(retained));
      await stack.up(program({ ...retained, difficulty: 2 }));
      const ones = (await live()).filter(([name]) => name === "one");
      assert.equal(ones.length, 2);
      assert.ok(ones.some(([, id]) => id === before![1]));
      assert.deepEqual((await stack.up(program({ ...retained, difficulty: 2 }))).changes, {
        same: 3,
      });
    });

    if (isAll) {
      it("retainOnDelete and a removal: all stay, and are adopted when they are declared again", async () => {
        const before = await stored();
        await stack.up(program(retained));
        await stack.up(program({ names: {} }));
        await stack.up(program());
        assert.deepEqual(await stored(), before);
        assert.deepEqual(known(), await live());
      });

      it("state delete: all stay, and are adopted by the next update", async () => {
        const before = await stored();
        for (const urn of urns()) {
          await stack.run("state", "delete", "--yes", urn);
        }
        await stack.up(program());
        assert.deepEqual(await stored(), before);
        assert.deepEqual(known(), await live());
      });

      it("protect: a removal is refused, and all stay", async () => {
        const before = await stored();
        await stack.up(program({ one: { protect: true }, set: { protect: true } }));
        await stack.failure(stack.up(program({ names: {} })));
        await stack.failure(stack.destroy());
        assert.deepEqual(await stored(), before);
      });

      it("--target and --exclude: what is left out stays as it is", async () => {
        const before = await stored();
        const [one, set] = urns();
        await stack.up(program({ names: {} }), { target: [set!] });
        await stack.up(program({ height: 2, difficulty: 2 }), { exclude: [one!] });
        const after = await stored();
        const of = (items: typeof before) =>
          items.find(({ assetUrl }) => assetUrl === assetOf("one"));
        assert.deepEqual(of(after), of(before));
        assert.equal((await live()).length, 3);
      });

      it("aliases: a resource that is renamed keeps its items", async () => {
        const before = await stored();
        const names = { one: "first", set: "second" };
        const renamed = program({
          names,
          one: { aliases: [{ name: "one" }] },
          set: { aliases: [{ name: "set" }] },
        });
        assert.deepEqual((await stack.up(renamed)).changes, { same: 3 });
        assert.deepEqual(await stored(), before);
      });

      it("an old name that is used again: each of the two has items of its own, or is refused", async () => {
        const names = { one: "first", set: "second" };
        const aliased = {
          one: { aliases: [{ name: "one" }] },
          set: { aliases: [{ name: "set" }] },
        };
        await stack.up(program({ names, ...aliased }));
        const before = await live();
        const both = async () => {
          await program({ names, ...aliased })();
          const again = { assetUrl: assetOf("other") };
          new declare.WorkItem("one", { batchId, ...again });
          new declare.WorkItemSet("set", { batchId, items: { z: again } });
        };
        // The single item may be the renamed one's, as far as the provider can know.
        assert.match(await stack.failure(stack.up(both)), /carries this declaration's mark/);
        const after = (await live()).map(([, id]) => id);
        assert.ok(before.every(([, id]) => after.includes(id)));
      });

      it("state rename: the items are kept", async () => {
        const before = await stored();
        const [one, set] = urns();
        await stack.run("state", "rename", "--yes", one!, "first");
        await stack.run("state", "rename", "--yes", set!, "second");
        await stack.up(program({ names: { one: "first", set: "second" } }));
        assert.deepEqual(await stored(), before);
      });

      it("deletedWith: what goes with another resource stays on the platform", async () => {
        const before = await stored();
        const withFirst = (isThere: boolean) => async () => {
          const first = new declare.Batch("first", { name: `${batchId} first` });
          const options = { deletedWith: first };
          if (isThere) {
            await program({ one: options, set: options })();
          }
        };
        await stack.up(withFirst(true));
        await stack.destroy();
        assert.deepEqual(await stored(), before);
      });

      it("a state that is put back: what was made since is told, or adopted, and nothing ended", async () => {
        const old = stack.stateText();
        await stack.up(program({ difficulty: 2, height: 2 }));
        const before = await live();
        stack.writeState(old);
        // The single item of before was ended, and the state does not know the new one.
        await stack.up(program({ difficulty: 2, height: 2 }));
        assert.deepEqual(await live(), before);
        assert.deepEqual(known(), before);
      });

      it("a parent: a resource that moves into a component with an alias keeps its items", async () => {
        const before = await stored();
        const moved = async () => {
          const parent = new pulumi.ComponentResource("test:index:Group", "group");
          const options = { parent, aliases: [{ parent: pulumi.rootStackResource }] };
          await program({ one: options, set: options })();
        };
        await stack.up(moved);
        assert.deepEqual(await stored(), before);
      });

      it("stack rename: the items are kept, and what comes is marked with the new name", async () => {
        const before = await stored();
        const renamed = await stack.rename("renamed");
        assert.deepEqual((await renamed.up(program())).changes, { same: 3 });
        assert.deepEqual(await stored(), before);
        await renamed.up(program({ height: 2, difficulty: 2 }));
        assert.equal((await live()).length, 3);
        stack = await renamed.rename("test");
      });

      it("--refresh: what people did is kept, and nothing is made anew", async () => {
        await startWork(test.emulator, assetOf("y"));
        const before = await stored();
        assert.deepEqual((await stack.up(program(), { refresh: true })).changes, { same: 3 });
        assert.deepEqual(await stored(), before);
      });

      it("destroy --run-program goes by what the last update knew of work, as destroy does", async () => {
        await startWork(test.emulator, assetOf("one"));
        const giveUp = async () => {
          const args = { batchId, assetUrl: assetOf("one"), onWorkInProgress: "cancel" } as const;
          new declare.WorkItem("one", args);
        };
        assert.match(await stack.failure(stack.destroy(giveUp)), /would lose people's work/);
        const one = (await stored()).find(({ assetUrl }) => assetUrl === assetOf("one"));
        assert.equal(one?.status, "IN_PROGRESS");
      });

      it("destroy ends what is NEW, and nothing where people have begun", async () => {
        await startWork(test.emulator, assetOf("y"));
        const before = await live();
        await stack.failure(stack.destroy());
        assert.deepEqual(
          (await live()).filter(([name]) => name !== "one"),
          before.filter(([name]) => name !== "one"),
        );
      });
    }

    describe("ignoreChanges on a set", () => {
      const lines = (difficulty: number) =>
        ["a", "b"]
          .map((key) => JSON.stringify({ key, assetUrl: assetOf(key), metadata: { difficulty } }))
          .join("\n");
      /** Everything changes: what the manifest says, and the defaults. */
      const changed = (ignoreChanges: string[], isChanged: boolean) => async () => {
        writeFileSync(join(stack.folder, "m.jsonl"), lines(1));
        writeFileSync(join(stack.folder, "n.jsonl"), lines(isChanged ? 2 : 1));
        const manifest = isChanged && !ignoreChanges.includes("defaults") ? "n.jsonl" : "m.jsonl";
        const dueInSeconds = isChanged && ignoreChanges.includes("defaults") ? 7_200 : 3_600;
        new declare.WorkItemSet(
          "m",
          { batchId, manifest, defaults: { dueInSeconds } },
          { ignoreChanges },
        );
      };

      for (const field of isAll ? ["defaults", "items", "manifest", "*"] : ["defaults"]) {
        it(`["${field}"] changes nothing`, async () => {
          await stack.up(changed([], false));
          const before = await stored();
          for (const isChanged of [false, true]) {
            const { changes } = await stack.up(changed([field], isChanged));
            assert.deepEqual(changes, { same: 2 });
          }
          assert.deepEqual(await stored(), before);
        });
      }
    });
  });
}

describe("an update on a machine whose clock is wrong", function () {
  this.timeout(60_000);
  const test = useEmulator({ clockAheadMs: -7_200_000 });
  let stack: TestStack;
  before(async () => {
    stack = await TestStack.create(environmentOf(test.emulator));
  });
  after(() => stack.remove());

  it("warns of it", async () => {
    const { stdout } = await stack.up(async () => {
      new aidp.Batch("batch", { name: "clock" });
    });
    assert.match(stdout, /clock of this machine is 120 minutes ahead of the platform's/);
  });
});
