import assert from "node:assert/strict";
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as aidp from "pulumi-ai-data-platform";
import { startWork, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

describe("a picture that people work on, changed in a dataset on a real engine", function () {
  this.timeout(120_000);
  const test = useEmulator();
  let stack: TestStack;
  let picture: string;
  let bytes: Buffer;

  const program = async () => {
    const folder = join(stack.folder, "photos");
    new aidp.Dataset("photos", { batchName: "vision-photos-2026-12", folder });
  };

  before(async () => {
    stack = await TestStack.create(environmentOf(test.emulator));
    const photos = join(stack.folder, "photos");
    cpSync(join(projectRoot, "examples/quickstart/photos"), photos, { recursive: true });
    picture = join(photos, "rocket.jpg");
    bytes = readFileSync(picture);
    await stack.up(program);
    const uploads = stack.resources().find(({ type }) => type.endsWith("UploadSet"))!;
    const { "rocket.jpg": path } = JSON.parse(String(uploads.outputs.paths));
    await startWork(test.emulator, path);
  });
  after(() => stack.remove());

  for (const [name, change] of [
    ["its removal", () => rmSync(picture)],
    ["another picture in its place", () => appendFileSync(picture, "another rocket")],
  ] as const) {
    it(`stays, and ${name} can be taken back`, async () => {
      const before = await storeOf(test.emulator);
      change();
      assert.match(await stack.failure(stack.up(program)), /"rocket\.jpg": .* is IN_PROGRESS/);
      writeFileSync(picture, bytes);
      await stack.up(program);
      assert.deepEqual((await storeOf(test.emulator)).workItems, before.workItems);
      assert.deepEqual((await stack.up(program, { refresh: true })).changes, { same: 5 });
    });
  }

  it("is refused again after a refresh while another is declared", async () => {
    appendFileSync(picture, "another rocket");
    await stack.failure(stack.up(program));
    const again = stack.failure(stack.up(program, { refresh: true }));
    assert.match(await again, /"rocket\.jpg": .* is IN_PROGRESS/);
  });
});
