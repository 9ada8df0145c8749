import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { allDeclarations } from "../support/declarations.ts";
import { useEmulator } from "../support/emulator.ts";
import { commitAll } from "../support/git.ts";
import { TestStack } from "../support/stack.ts";
import { unmarked } from "../support/unmarked.ts";

for (const declare of allDeclarations) {
  describe(`the provenance of a batch, with ${declare.name}`, function () {
    this.timeout(120_000);
    const other = useEmulator();
    let stack: TestStack;
    let first = "";
    let second = "";
    before(async () => {
      stack = await TestStack.create(environmentOf(other.emulator));
      writeFileSync(join(stack.folder, ".gitignore"), "*\n!photos.dvc\n!.gitignore\n");
      writeFileSync(join(stack.folder, "photos.dvc"), "outs:\n- md5: 1a2b.dir\n  path: photos\n");
      first = commitAll(stack.folder);
      const remote = "https://bot:t0ken@example.com/us/labels.git";
      execFileSync("git", ["remote", "add", "origin", remote], { cwd: stack.folder });
    });
    after(() => stack.remove());

    const program =
      ({ keys = ["a"], provenance = true }: { keys?: string[]; provenance?: boolean } = {}) =>
      async () => {
        const batch = new declare.Batch("signs", {
          name: "signs",
          metadata: { owner: "vision" },
          provenanceOf: ["photos"],
          ...(provenance && { provenance }),
        });
        const items = keys.map((key) => [key, { assetUrl: `${key}.jpg`, dueInSeconds: 600 }]);
        new declare.WorkItemSet("signs", {
          batchId: batch.batchId,
          items: Object.fromEntries(items),
        });
      };
    const stored = async () => {
      const { batches } = await storeOf(other.emulator);
      const { metadata } = batches.find(({ name }) => name === "signs") ?? {};
      const entries = Object.entries(metadata ?? {});
      return Object.fromEntries(entries.filter(([name]) => name.startsWith("pulumiProvenance")));
    };
    const provenance = (commit: string) => ({
      pulumiProvenanceRepository: "https://example.com/us/labels.git",
      pulumiProvenanceCommit: commit,
      pulumiProvenanceDvc: "photos: 1a2b.dir",
    });

    it("is in the metadata, without credentials, and not in the state", async () => {
      await stack.up(program());
      assert.deepEqual(await stored(), provenance(first));
      const state = JSON.stringify(stack.resources());
      assert.ok(!state.includes(first) && !state.includes("t0ken"));
    });

    it("changes nothing by itself, and is no drift", async () => {
      second = commitAll(stack.folder);
      assert.notEqual(second, first);
      assert.deepEqual((await stack.refresh(program())).changes, { same: 3 });
      assert.deepEqual((await stack.preview(program())).changes, { same: 3 });
      assert.deepEqual((await stack.up(program())).changes, { same: 3 });
      assert.deepEqual(await stored(), provenance(first));
    });

    it("is that of the update which last changed the work items", async () => {
      const { changes } = await stack.up(program({ keys: ["a", "b"] }));
      assert.deepEqual(changes, { same: 2, update: 1 });
      assert.deepEqual(await stored(), provenance(second));
      const { batches } = await storeOf(other.emulator);
      assert.deepEqual(unmarked(batches.find(({ name }) => name === "signs")), { owner: "vision" });
      assert.deepEqual((await stack.refresh(program({ keys: ["a", "b"] }))).changes, { same: 3 });
    });

    it("says that files were changed after the commit", async () => {
      writeFileSync(join(stack.folder, "photos.dvc"), "outs:\n- md5: 3c4d.dir\n  path: photos\n");
      await stack.up(program());
      assert.deepEqual(await stored(), {
        ...provenance(`${second}-dirty`),
        pulumiProvenanceDvc: "photos: 3c4d.dir",
      });
    });

    it("goes where the declaration no longer asks for it", async () => {
      const { changes } = await stack.up(program({ provenance: false }));
      assert.deepEqual(changes, { same: 2, update: 1 });
      assert.deepEqual(await stored(), {});
      const { batches } = await storeOf(other.emulator);
      assert.deepEqual(unmarked(batches.find(({ name }) => name === "signs")), { owner: "vision" });
    });

    it("is written for every batch if the setting says so", async () => {
      stack.setEnvironment({ AIDP_PROVENANCE: "true" });
      const { changes } = await stack.up(program({ provenance: false }));
      assert.deepEqual(changes, { same: 2, update: 1 });
      assert.equal((await stored()).pulumiProvenanceCommit, `${second}-dirty`);
    });
  });
}
