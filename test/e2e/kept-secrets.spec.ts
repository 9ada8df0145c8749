import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { startWork, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { allDeclarations } from "../support/declarations.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

const secretValue = "metadata-nobody-may-see";

for (const declare of allDeclarations) {
  describe(`a secret of an item that people work on, on a real engine, with ${declare.name}`, function () {
    this.timeout(120_000);
    const test = useEmulator();
    let stack: TestStack;

    /** Two items with a secret, one of them in a set with another item. */
    const declared = async () => {
      const metadata = { owner: pulumi.secret(secretValue) };
      new declare.WorkItemSet("kept", { items: { a: { assetUrl: "a.jpg", metadata } } });
      const other = { assetUrl: "other.jpg" };
      new declare.WorkItemSet("dropped", { items: { b: { assetUrl: "b.jpg", metadata }, other } });
    };
    /** The first without its secret, the second declared no longer. */
    const edited = async () => {
      new declare.WorkItemSet("kept", { items: { a: { assetUrl: "a.jpg" } } });
      new declare.WorkItemSet("dropped", { items: { other: { assetUrl: "other.jpg" } } });
    };

    before(async () => {
      stack = await TestStack.create(environmentOf(test.emulator));
      await stack.up(declared);
      for (const asset of ["a.jpg", "b.jpg"]) {
        await startWork(test.emulator, asset);
      }
    });
    after(() => stack.remove());

    function expectSecret(text: string): void {
      assert.ok(!text.includes(secretValue), "the output");
      assert.ok(!stack.stateText().includes(secretValue), "the state");
    }

    it("stays secret where the item is declared without it or no longer, also after a refresh", async () => {
      for (const options of [{}, { refresh: true }]) {
        const message = await stack.failure(
          stack.up(edited, { ...options, continueOnError: true }),
        );
        for (const key of ["a", "b"]) {
          assert.match(message, new RegExp(`"${key}": .* is IN_PROGRESS`));
        }
        expectSecret(message);
      }
    });

    it("is secret still when the change is taken back, and then nothing changes", async () => {
      expectSecret((await stack.up(declared)).stdout);
      assert.deepEqual((await stack.preview(declared)).changes, { same: 3 });
      const { workItems } = await storeOf(test.emulator);
      assert.deepEqual(workItems.map(({ assetUrl, status }) => [assetUrl, status]).sort(), [
        ["a.jpg", "IN_PROGRESS"],
        ["b.jpg", "IN_PROGRESS"],
        ["other.jpg", "NEW"],
      ]);
    });
  });
}
