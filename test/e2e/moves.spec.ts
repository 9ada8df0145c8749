import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { clientOf, startWork, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { allDeclarations } from "../support/declarations.ts";
import { useEmulator } from "../support/emulator.ts";
import { keptMap, TestStack } from "../support/stack.ts";
import { isAll } from "../support/tier.ts";

/** The pictures of each declaration, in the order in which they are declared: a list is a set, a text a single item. */
type Declared = Record<string, string[] | string>;

for (const declare of allDeclarations) {
  describe(`work items that move from one declaration to another, with ${declare.name}`, function () {
    this.timeout(120_000);
    const test = useEmulator();
    let stack: TestStack;
    let batchId: string;

    const assetOf = (name: string) => `https://e.com/${batchId}/${name}.jpg`;
    const program =
      (declared: Declared, movedFrom: string[] = [], more: { adopt?: true } = {}) =>
      async () => {
        new pulumi.ComponentResource("test:index:Nothing", "nothing");
        const how = { batchId, ...more, ...(movedFrom.length > 0 && { movedFrom }) };
        for (const [name, pictures] of Object.entries(declared)) {
          const item = (picture: string) => ({ assetUrl: assetOf(picture), difficulty: 7 });
          if (typeof pictures === "string") {
            new declare.WorkItem(name, { ...item(pictures), ...how });
          } else {
            const items = Object.fromEntries(pictures.map((picture) => [picture, item(picture)]));
            new declare.WorkItemSet(name, { ...how, items });
          }
        }
      };

    before(async () => {
      stack = await TestStack.create(environmentOf(test.emulator));
    });
    beforeEach(async function () {
      const { emulator } = test;
      const name = this.currentTest?.fullTitle() ?? "";
      batchId = (await clientOf(emulator).batches.create(emulator.projectId, { name })).id;
    });
    afterEach(() => stack.forgetAll());
    after(() => stack.remove());

    const stored = async () =>
      (await storeOf(test.emulator)).workItems
        .filter((item) => String(item.batchId) === batchId)
        .map(({ id, assetUrl, status }) => [assetUrl.replace(/.*\/|\.jpg/g, ""), id, status])
        .sort();
    /** The pictures and ids that the state has of a declaration. */
    const known = (name: string) => {
      const { outputs } = stack.resource(name);
      return typeof outputs.workItemId === "string"
        ? { [name]: outputs.workItemId }
        : keptMap(outputs.ids);
    };

    const moves: [what: string, before: Declared, after: Declared, movedFrom?: string[]][] = [
      ["from a set to one after it", { a: ["x", "y"], b: ["z"] }, { a: ["y"], b: ["x", "z"] }],
      ["from a set to one before it", { b: ["z"], a: ["x", "y"] }, { b: ["x", "z"], a: ["y"] }],
      ["from a set to a new one", { a: ["x", "y"] }, { b: ["x"], a: ["y"] }],
      ["from a set to a single one", { a: ["x", "y"] }, { x: "x", a: ["y"] }],
      ["from a single one to a set", { x: "x", b: ["z"] }, { b: ["x", "z"] }, ["x"]],
      ["from a set that goes to a new one", { a: ["x", "y"] }, { b: ["x", "y"] }, ["a"]],
      ["from a single one to another", { x: "x" }, { other: "x" }, ["x"]],
    ];
    // The order that is hardest to see; `npm run test:all` has them all.
    const inEveryRun = [1];
    for (const [what, first, then, movedFrom] of moves.filter(
      (_, index) => isAll || inEveryRun.includes(index),
    )) {
      it(`keep their ids ${what}, though people have begun`, async () => {
        await stack.up(program(first));
        await startWork(test.emulator, assetOf("x"));
        const before = await stored();
        await stack.up(program(then, movedFrom));
        assert.deepEqual(await stored(), before);
        const all = Object.assign({}, ...Object.keys(then).map(known));
        const ids = before.map(([, id]) => id).sort();
        assert.deepEqual(Object.values(all).sort(), ids);
        const { changes } = await stack.preview(program(then, movedFrom));
        assert.deepEqual(Object.keys(changes), ["same"]);
        // An update that looks for what an earlier one left does not take what has moved for that.
        const more = Object.entries(then).map(([name, pictures]) => [
          name,
          typeof pictures === "string" ? pictures : [...pictures, `new-${name}`],
        ]);
        await stack.up(program(Object.fromEntries(more), movedFrom));
        const isOld = ([picture = ""]: string[]) => !picture.startsWith("new");
        assert.deepEqual((await stored()).filter(isOld), before);
      });
    }

    it("move on from where they moved to, and are paid twice neither way", async () => {
      await stack.up(program({ a: ["x", "y"], b: ["z"] }));
      await stack.up(program({ a: ["y"], b: ["x", "z"] }));
      // From its next update on, the set no longer offers what has left it.
      await stack.up(program({ a: ["y", "v"], b: ["x", "z"] }));
      await startWork(test.emulator, assetOf("x"));
      const before = await stored();
      const then = { a: ["y", "v"], c: ["x", "z"] };
      await assert.rejects(stack.up(program(then)), /No second one is paid for.*movedFrom/);
      const isBegun = ([picture]: string[]) => picture === "x";
      assert.deepEqual((await stored()).filter(isBegun), before.filter(isBegun));
      const { stdout } = await stack.up(program(then, ["b"]));
      assert.match(stdout, /c: 1 moved here/);
      assert.deepEqual((await stored()).filter(isBegun), before.filter(isBegun));
      assert.deepEqual(known("c").x, before.find(isBegun)?.[1]);
    });

    for (const [what, first, then] of [
      ["set", { a: ["x", "y"] }, { b: ["x", "y"] }],
      ["single one", { x: "x" }, { b: "x" }],
    ] as const) {
      it(`are not paid twice where a ${what} that goes had adopted them`, async () => {
        const { emulator } = test;
        const byHand = { assetUrl: assetOf("x"), assetType: "image", difficulty: 7, batchId };
        await clientOf(emulator).workItems.create(emulator.projectId, byHand);
        const adopt = { adopt: true } as const;
        await stack.up(program(first as Declared, [], adopt));
        await startWork(emulator, assetOf("x"));
        const before = await stored();
        const names = Object.keys(first);
        await assert.rejects(
          stack.up(program(then as Declared, names)),
          /No second one is made\. If .* set adopt: true as well/,
        );
        assert.deepEqual(await stored(), before);
        const { stdout } = await stack.up(program(then as Declared, names, adopt));
        assert.equal(/a: 0 ended, 2 moved away/.test(stdout), what === "set", stdout);
        assert.deepEqual(await stored(), before);
        assert.equal(Object.values(known("b")).length, before.length);
      });
    }

    it("are not paid twice where the new declaration does not name the old one", async () => {
      await stack.up(program({ x: "x", y: "y" }));
      await startWork(test.emulator, assetOf("x"));
      const before = await stored();
      await assert.rejects(stack.up(program({ b: ["x", "y"] })), /Set movedFrom: \["x"\]/);
      assert.deepEqual(
        (await stored()).filter(([picture]) => picture === "x"),
        before.filter(([picture]) => picture === "x"),
      );
    });
  });
}
