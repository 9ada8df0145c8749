/**
 * Keeps the state that this release makes, for later ones to be tested on:
 *
 *   npm run build && node test/state/make.ts unreleased
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator/server.ts";
import { environmentOf } from "../../harness/engine.ts";
import { TestStack } from "../support/stack.ts";
import { keepPlatform } from "./platform-data.ts";
import { programs } from "./programs.ts";

const release = process.argv[2] ?? "";
const program = programs[release];
if (program === undefined) {
  throw new Error(`programs.ts has no program of release "${release}"`);
}
const dueAt = new Date(Date.now() + 3_600_000).toISOString();
process.env.AIDP_STATE_DUE_AT = dueAt;
const kept = join(import.meta.dirname, release);
const dataDir = mkdtempSync(join(tmpdir(), "aidp-emulator-"));
const emulator = await startEmulator({ dataDir });
const stack = await TestStack.create({ ...environmentOf(emulator), AIDP_PROGRESS: "off" });
try {
  mkdirSync(join(stack.folder, "photos"));
  writeFileSync(join(stack.folder, "photos", "a.txt"), "a picture");
  await stack.up(program(false));
  // As it is after a time: refreshed, and applied again.
  await stack.refresh(program(false));
  await stack.up(program(false));
  mkdirSync(join(kept, "folder"), { recursive: true });
  const { version, deployment } = await stack.exportState();
  for (const resource of deployment.resources) {
    // Paths of this machine.
    delete resource.sourcePosition;
    delete resource.stackTrace;
  }
  const state = { dueAt, version, deployment };
  writeFileSync(join(kept, "state.json"), `${JSON.stringify(state, undefined, 1)}\n`);
  for (const name of readdirSync(stack.folder).filter((each) => /^(photos|results)/.test(each))) {
    cpSync(join(stack.folder, name), join(kept, "folder", name), { recursive: true, force: true });
  }
} finally {
  await emulator.close();
  stack.remove();
}
keepPlatform(dataDir, join(kept, "platform.json"));
rmSync(dataDir, { recursive: true });
