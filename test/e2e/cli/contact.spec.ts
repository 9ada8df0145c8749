import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { storeOf } from "../../../harness/emulator.ts";
import { environmentOf } from "../../../harness/engine.ts";
import { useEmulator } from "../../support/emulator.ts";

const main = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));

describe("aidp contact", () => {
  const test = useEmulator();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-contact-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(environment: Record<string, string>, ...args: string[]) {
    const env = { ...process.env, ...environmentOf(test.emulator), ...environment };
    const command = [main, "contact", ...args];
    const child = spawn(process.execPath, command, { cwd: folder, env });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit"),
    ]);
    return { stdout, stderr, code };
  }

  const made = async () => (await storeOf(test.emulator)).workItems.length;
  const elsewhere = { AIDP_PROJECT_ID: "11111111-1111-4111-8111-111111111111" };

  it("makes nothing before it is told where, that it may, and that it is not the stack's project", async () => {
    const { projectId } = test.emulator;
    const refusals: [Record<string, string>, string[], RegExp][] = [
      [elsewhere, ["--yes"], /^error: name an empty project that no stack uses: --project UUID\n$/],
      [elsewhere, ["--project", projectId], /^error: this makes a batch.* with --yes\n$/],
      [{ AIDP_PROJECT_ID: projectId }, ["--project", projectId, "--yes"], /is that of the stack/],
    ];
    for (const [environment, args, message] of refusals) {
      const { stderr, code } = await run(environment, ...args);
      assert.match(stderr, message);
      assert.equal(code, 1);
    }
    assert.equal(await made(), 0);
    assert.ok(!existsSync(join(folder, "aidp-contract.json")));
  });

  it("writes what it found, without the key or an id, and prints an issue's text", async () => {
    const { projectId, apiKey } = test.emulator;
    const { stdout, code } = await run(elsewhere, "--project", projectId, "--yes", "--report");
    assert.equal(code, 0);
    assert.match(stdout, /^## What a first contact found\n/);
    const contract = readFileSync(join(folder, "aidp-contract.json"), "utf8");
    assert.deepEqual(JSON.parse(contract).dialects, []);
    for (const secret of [apiKey, projectId]) {
      assert.ok(!(contract + stdout).includes(secret));
    }
    assert.equal(await made(), 2);
  });
});
