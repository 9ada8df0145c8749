import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator/server.ts";
import { storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { restorePlatform } from "../state/platform-data.ts";
import { programs } from "../state/programs.ts";
import { TestStack } from "../support/stack.ts";
import { isAll } from "../support/tier.ts";

const stateFolder = join(import.meta.dirname, "../state");
const releases = readdirSync(stateFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What states did not have before these properties came, while 0.1.0 was made. */
const sinceBefore = ["__urn", "deadline", "updatedAt", "totalCount", "completedCount", "size"];

type Resource = Record<"inputs" | "outputs", Record<string, unknown> | undefined>;

function without(properties: readonly string[], resources: Resource[]): void {
  for (const { inputs, outputs } of resources) {
    for (const property of properties) {
      delete inputs?.[property];
      delete outputs?.[property];
    }
  }
}

const allShapes: [name: string, release: string, missing: readonly string[]][] = [
  ...releases.map((release): [string, string, string[]] => [release, release, []]),
  ["what came before 0.1.0", "0.1.0", sinceBefore],
];
// The oldest has the most to be read; `npm run test:all` reads the others, too.
const shapes = isAll ? allShapes : allShapes.slice(-1);

describe("a stack whose state an older release wrote", function () {
  this.timeout(180_000);

  it("is kept of each release that programs.ts has", () => {
    assert.deepEqual(releases.toSorted(), Object.keys(programs).toSorted());
  });

  for (const [name, release, missing] of shapes) {
    describe(name, () => {
      const kept = join(stateFolder, release);
      const program = programs[release]!;
      let dataDir: string;
      let emulator: Emulator;
      let stack: TestStack;

      before(async () => {
        const { dueAt, ...state } = JSON.parse(readFileSync(join(kept, "state.json"), "utf8"));
        process.env.AIDP_STATE_DUE_AT = dueAt;
        dataDir = mkdtempSync(join(tmpdir(), "aidp-emulator-"));
        await restorePlatform(join(kept, "platform.json"), dataDir);
        emulator = await startEmulator({ dataDir, validateResponses: true });
        stack = await TestStack.create(environmentOf(emulator));
        cpSync(join(kept, "folder"), stack.folder, { recursive: true });
        without(missing, state.deployment.resources);
        await stack.importState(state);
      });
      after(async () => {
        stack.remove();
        await emulator.close();
        rmSync(dataDir, { recursive: true });
        delete process.env.AIDP_STATE_DUE_AT;
      });

      const live = async () =>
        (await storeOf(emulator)).workItems.filter(({ status }) => status !== "FAILED");

      it("has nothing to do", async () => {
        const { changes, stdout } = await stack.preview(program(false));
        assert.deepEqual(Object.keys(changes), ["same"], stdout);
      });

      it("is refreshed and updated in place, just what is edited: no work item is made, and none is ended", async () => {
        const before = await live();
        const { changes, stdout } = await stack.up(program(true), { refresh: true });
        assert.deepEqual(Object.keys(changes).sort(), ["same", "update"], stdout);
        assert.equal(changes.update, 3, stdout);
        const after = await live();
        assert.deepEqual(
          after.map(({ id }) => id),
          before.map(({ id }) => id),
        );
        const relabelled = after.filter(({ labels }) =>
          JSON.stringify(labels)?.includes("[1,2,3,5]"),
        );
        assert.equal(relabelled.length, 2);
        const { batches } = await storeOf(emulator);
        assert.equal(batches.find(({ name }) => name === "old")?.metadata.owner, "b");
      });

      it("is destroyed", async () => {
        await stack.destroy();
        assert.deepEqual(stack.resources(), []);
        // Finished work stays where it is.
        assert.ok((await live()).every(({ status }) => status === "COMPLETED"));
      });
    });
  }
});
