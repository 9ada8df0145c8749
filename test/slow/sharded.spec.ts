import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { shardOf } from "../../examples/sharded/shards.ts";
import { clientOf, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf, testEngine } from "../../harness/engine.ts";
import { engineEnv } from "../../scripts/engine.ts";
import { linkModules } from "../../scripts/link-modules.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";

describe("a dataset in shards, on a real engine", function () {
  this.timeout(300_000);
  const shards = 4;
  const other = useEmulator();
  let folder: string;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-sharded-"));
    cpSync(join(projectRoot, "examples/sharded"), folder, {
      recursive: true,
      // Someone may have tried it there.
      filter: (file) => !/Pulumi\..+\.yaml$/.test(file),
    });
    linkModules(folder, ["@pulumi", "p-map"]);
    mkdirSync(join(folder, "state"));
    env = {
      ...engineEnv(await testEngine()),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      ...environmentOf(other.emulator),
    };
    writeItems(pictures);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const pictures: Item[] = Array.from({ length: 100 }, (_, index) => ({
    key: `picture-${index}`,
    assetUrl: `https://pictures.example.com/${index}.jpg`,
    difficulty: 10,
  }));
  const fallsTo = (shard: number) => pictures.filter(({ key }) => shardOf(key, shards) === shard);

  function writeItems(items: readonly Item[]): void {
    const lines = items.map((item) => `${JSON.stringify(item)}\n`);
    writeFileSync(join(folder, "items.jsonl"), lines.join(""));
  }

  async function run(
    command: string,
    of = shards,
    ...others: string[]
  ): Promise<{ code: number | null; output: string }> {
    const options = ["--dataset", "photos", "--shards", `${of}`, "--parallel", "2", ...others];
    const child = spawn(process.execPath, ["up.ts", command, ...options], { cwd: folder, env });
    const [output, errors, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve, reject) => {
        child.once("error", reject).once("close", resolve);
      }),
    ]);
    return { code, output: output + errors };
  }

  /** Leaves the lock of a process on shard 1, as Pulumi does. */
  function lock(host: string, pid: number): void {
    const locks = join(folder, "state/.pulumi/locks/organization/sharded/photos-1-of-4");
    mkdirSync(locks, { recursive: true });
    const content = { pid, username: "ann", hostname: host, timestamp: new Date() };
    writeFileSync(join(locks, "left-behind.json"), JSON.stringify(content));
  }

  /** The open work items, each with the name of its batch. */
  async function open(): Promise<
    { assetUrl: string; difficulty: unknown; batch: string | undefined }[]
  > {
    const { workItems, batches } = await storeOf(other.emulator);
    return workItems
      .filter(({ status }) => status !== "FAILED")
      .map(({ assetUrl, difficulty, batchId }) => ({
        ...{ assetUrl, difficulty },
        batch: batches.find(({ id }) => id === batchId)?.name,
      }));
  }

  /** Each declared item is open once, in the batch of its shard, and nothing else is. */
  async function expectOpen(items: readonly Item[]): Promise<void> {
    const declared = items.map(({ key, assetUrl, difficulty }) => ({
      ...{ assetUrl, difficulty },
      batch: `photos-${shardOf(key, shards)}-of-${shards}`,
    }));
    const sorted = (list: readonly { assetUrl: string }[]) =>
      list.toSorted((a, b) => a.assetUrl.localeCompare(b.assetUrl));
    assert.deepEqual(sorted(await open()), sorted(declared));
  }

  it("spreads keys evenly, and always in the same way", () => {
    assert.deepEqual(
      ["crossing", "junction", "straße", ""].map((key) => shardOf(key, 1_000)),
      [362, 654, 280, 610],
    );
    for (let shard = 0; shard < shards; shard += 1) {
      const { length } = fallsTo(shard);
      assert.ok(length > 10 && length < 40, `shard ${shard} has ${length} of 100`);
    }
  });

  it("finishes the others where a shard fails, and says why in its line", async () => {
    const client = clientOf(other.emulator);
    const { projectId } = other.emulator;
    const taken = await client.batches.create(projectId, { name: "photos-2-of-4" });
    const { code, output } = await run("up");
    assert.equal(code, 1, output);
    assert.match(
      output,
      /^\[\d\/4\] photos-2-of-4 FAILED in [\d.]+ s: .*"photos-2-of-4" is taken.*$/m,
    );
    assert.match(output, /^3 of 4 shards done, 1 failed\. Resources: 9 created\.$/m);
    assert.equal(output.trim().split("\n").length, 5, output);
    await expectOpen(pictures.filter(({ key }) => shardOf(key, shards) !== 2));
    await client.batches.update(projectId, taken.id, { name: "made by hand" });
  });

  it("does what is left, and changes nothing of the others", async () => {
    await resetRequests(other.emulator);
    const { code, output } = await run("up");
    assert.equal(code, 0, output);
    const { length } = fallsTo(2);
    assert.match(output, new RegExp(`photos-2-of-4 in .*items: ${length} created\\b`));
    assert.match(output, /^4 of 4 shards done, 0 failed\. Resources: 2 created, 10 unchanged\.$/m);
    assert.equal((await requests(other.emulator)).requests.createWorkItem, length);
    await expectOpen(pictures);
  });

  it("changes the one shard that an edited item falls to, also on a new checkout", async () => {
    for (let shard = 0; shard < shards; shard += 1) {
      rmSync(join(folder, `Pulumi.photos-${shard}-of-4.yaml`));
    }
    const [first, ...others] = pictures;
    assert.ok(first);
    const edited = [{ ...first, difficulty: 90 }, ...others];
    writeItems(edited);
    const oneUpdate = /^4 of 4 shards done, 0 failed\. Resources: 1 updated, 11 unchanged\.$/m;
    assert.match((await run("preview")).output, oneUpdate);
    await expectOpen(pictures);

    const { code, output } = await run("up");
    assert.equal(code, 0, output);
    assert.match(output, oneUpdate);
    const shard = `photos-${shardOf(first.key, shards)}-of-4`;
    assert.match(output, new RegExp(`${shard} in .*; work items: 1 replaced\\b`, "m"));
    await expectOpen(edited);
  });

  it("refuses another number of shards, which would create every item once more", async () => {
    const before = await open();
    const { code, output } = await run("up", 5);
    assert.equal(code, 1);
    assert.match(output, /^photos is in 4 shards: use --shards 4, or destroy these first$/m);
    assert.deepEqual(await open(), before);
    assert.deepEqual(
      await Promise.all([4, 5].map(async (count) => (await run("check", count)).code)),
      [0, 1],
    );
  });

  it("runs only the shards that are named", async () => {
    const { code, output } = await run("up", shards, "--only", "2,0", "--checked");
    assert.equal(code, 0, output);
    const places = [...output.matchAll(/^\[\d\/2\] (\S+) in /gm)].map(([, name]) => name);
    assert.deepEqual(places.sort(), ["photos-0-of-4", "photos-2-of-4"]);
    assert.match(output, /^2 of 2 shards done, 0 failed\. Resources: 6 unchanged\.$/m);
    for (const none of ["4", "", "1,1", "-1", "one"]) {
      const refused = await run("up", shards, `--only=${none}`);
      assert.equal(refused.code, 1, none);
      assert.match(refused.output, /^--only takes shards from 0 to 3, each once: not ".*"$/m);
    }
  });

  it("leaves a lock of another machine, unless somebody says that its processes have ended", async () => {
    lock("elsewhere", 7);
    const refused = await run("up", shards, "--only", "1", "--take-over", hostname());
    assert.equal(refused.code, 1);
    assert.match(
      refused.output,
      /^\[1\/1\] photos-1-of-4 FAILED in [\d.]+ s: locked by ann@elsewhere \(pid 7\): .*--take-over elsewhere$/m,
    );
    const { code, output } = await run("up", shards, "--only", "1", "--take-over", "elsewhere");
    assert.equal(code, 0, output);
    assert.match(output, /^photos-1-of-4 takes over from ann@elsewhere \(pid 7\)$/m);
    assert.match(output, /^1 of 1 shards done/m);
  });

  it("takes over from a process of this machine, but only once that has ended", async function () {
    if (process.platform !== "linux") {
      this.skip();
    }
    const holder = spawn("sleep", ["60"], { argv0: "pulumi" });
    lock(hostname(), holder.pid ?? 0);
    let isOver = false;
    const options = ["--only", "1", "--take-over", hostname()];
    const update = run("up", shards, ...options).finally(() => {
      isOver = true;
    });
    await delay(8_000);
    assert.equal(isOver, false);
    const exit = once(holder, "exit");
    holder.kill();
    await exit;
    const { code, output } = await update;
    assert.equal(code, 0, output);
    const who = `ann@${hostname()} (pid ${holder.pid})`;
    assert.ok(output.includes(`photos-1-of-4 waits for ${who}`), output);
    assert.ok(output.includes(`photos-1-of-4 takes over from ${who}`), output);
  });

  it("cancels all", async () => {
    const { code, output } = await run("destroy");
    assert.equal(code, 0, output);
    assert.match(output, /^4 of 4 shards done, 0 failed\. Resources: 12 deleted\.$/m);
    assert.deepEqual(await open(), []);
  });
});

interface Item {
  key: string;
  assetUrl: string;
  difficulty: number;
}
