import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnv } from "../../scripts/engine.ts";
import { linkModules } from "../../scripts/link-modules.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { clientOf, requests, resetRequests, storeOf, useEmulator } from "../support/emulator.ts";
import { environmentOf, testEngine } from "../support/stack.ts";

describe("the sharded example, on a real engine", function () {
  this.timeout(180_000);
  const other = useEmulator();
  const folder = mkdtempSync(join(tmpdir(), "aidp-sharded-"));
  const manifest = join(folder, "photos.jsonl");
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    cpSync(join(projectRoot, "examples", "sharded"), folder, { recursive: true });
    linkModules(folder, ["@pulumi", "p-map"]);
    mkdirSync(join(folder, "state"));
    environment = {
      ...engineEnv(await testEngine()),
      ...environmentOf(other.emulator),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "1",
    };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function shards(operation: string): Promise<{ code: number; output: string }> {
    const args = [join(folder, "shards.ts"), operation, "--parallel", "4", "--manifest", manifest];
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: folder, env: environment }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });
  }

  async function live() {
    const { workItems } = await storeOf(other.emulator);
    return workItems.filter(({ status }) => status !== "FAILED");
  }

  const declared = (): string[] => readFileSync(manifest, "utf8").trim().split("\n");

  it("leaves the other shards done when one fails, and goes on from there", async () => {
    const { projectId } = other.emulator;
    await clientOf(other.emulator).batches.create(projectId, {
      name: "vision-signs-2026-12-2-of-4",
    });
    const { code, output } = await shards("up");
    assert.equal(code, 1);
    assert.match(output, /^vision-signs-2026-12-2-of-4: failed: .*is taken: batch/m);
    assert.match(output, /^3 of 4 shards are done$/m);
    const made = (await live()).length;
    assert.ok(made > 0 && made < declared().length);

    const program = join(folder, "index.ts");
    const adopting = readFileSync(program, "utf8").replace(/(name: `[^`]*`)/, "$1, adopt: true");
    writeFileSync(program, adopting);
    assert.equal((await shards("up")).code, 0);
  });

  it("makes each item of the manifest once, over all shards", async () => {
    const urls = declared().map((line) => JSON.parse(line).assetUrl);
    assert.deepEqual((await live()).map(({ assetUrl }) => assetUrl).sort(), urls.sort());
    const { batches } = await storeOf(other.emulator);
    const counts = batches.filter(({ name }) => name.startsWith("vision-signs"));
    assert.equal(counts.length, 4);
  });

  it("changes the one shard that an edited item is in, and no other", async () => {
    const [first = "", ...others] = declared();
    writeFileSync(
      manifest,
      [JSON.stringify({ ...JSON.parse(first), labels: [] }), ...others].join("\n"),
    );
    await resetRequests(other.emulator);
    const { code, output } = await shards("up");
    assert.equal(code, 0);
    assert.equal(output.match(/: 2 same, 1 update$|: 1 update, 2 same$/gm)?.length, 1);
    assert.equal(output.match(/: 3 same$/gm)?.length, 3);
    assert.deepEqual((await requests(other.emulator)).requests, { setLabels: 1 });
  });

  it("cancels everything when it is destroyed", async () => {
    assert.equal((await shards("destroy")).code, 0);
    assert.deepEqual(await live(), []);
  });
});
