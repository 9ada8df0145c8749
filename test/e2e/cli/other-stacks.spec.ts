import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientOf } from "../../../harness/emulator.ts";
import { releasedKey } from "../../../provider/items/batches.ts";
import { run } from "../../cli/support.ts";
import { useEmulator } from "../../support/emulator.ts";

const key = "urn:pulumi:prod::streets::pulumi-nodejs:dynamic/aidp:WorkItemSet::signs#a";

describe("aidp import: what other stacks made", () => {
  const test = useEmulator();
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-import-"));
    const client = clientOf(test.emulator);
    const { projectId } = test.emulator;
    const batch = async (name: string, ...makers: (string | undefined)[]) => {
      const { id } = await client.batches.create(projectId, { name });
      for (const [index, pulumiUrn] of makers.entries()) {
        await client.workItems.create(projectId, {
          assetUrl: `${index}.jpg`,
          assetType: "image",
          batchId: id,
          ...(pulumiUrn !== undefined && { metadata: { pulumiUrn } }),
        });
      }
      return id;
    };
    await batch("empty");
    await batch("by hand", undefined);
    await batch("mixed", key, undefined);
    await batch("theirs", key, key.replace("prod", "dev"));
    const metadata = { [releasedKey]: "2026-11-01T00:00:00Z" };
    await client.batches.update(projectId, await batch("let go", key), { metadata });
  });
  after(() => rmSync(folder, { recursive: true }));

  it("leaves out the batches of others only, and says so", async () => {
    const out = join(folder, "all");
    const { code, stdout } = await run(test.emulator, "import", "--out", out);
    assert.equal(code, 0);
    const program = readFileSync(join(out, "index.ts"), "utf8");
    const declared = [...program.matchAll(/new Batch\("([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(declared, ["by-hand", "empty", "let-go", "mixed"]);
    assert.match(
      stdout,
      /\nleft out: theirs: all its work items were made by stack dev of project streets and stack prod of project streets\n/,
    );
  });

  it("names them in JSON", async () => {
    const out = join(folder, "json");
    const { stdout } = await run(test.emulator, "import", "--out", out, "--json");
    const [left, ...more] = JSON.parse(stdout).batchesLeftOut;
    assert.deepEqual(more, []);
    assert.equal(left.name, "theirs");
    assert.deepEqual(left.owners, [
      "stack dev of project streets",
      "stack prod of project streets",
    ]);
  });

  it("refuses such a batch by its name, and writes nothing", async () => {
    const out = join(folder, "one");
    const { code, stderr } = await run(test.emulator, "import", "--out", out, "--batch", "theirs");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: --batch "theirs" is not imported: all its work items .* go on with [^\n]+\n$/,
    );
    assert.ok(!existsSync(join(out, "index.ts")));
  });
});
