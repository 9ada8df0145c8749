import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { clientOf } from "../../../harness/emulator.ts";
import { projectRoot } from "../../../scripts/paths.ts";
import { useEmulator } from "../../support/emulator.ts";

describe("examples/webhooks", () => {
  const test = useEmulator();
  let receiver: ChildProcessByStdio<null, Readable, Readable>;
  let callbackUrl: string;
  before(async () => {
    receiver = spawn(process.execPath, [join(projectRoot, "examples/webhooks/receiver.ts")], {
      env: {
        ...process.env,
        PORT: "0",
        AIDP_JWKS: test.emulator.jwks,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [line] = await once(createInterface({ input: receiver.stderr }), "line");
    [callbackUrl] = /http:\S+/.exec(line)!;
  });
  after(() => receiver.kill());

  it("tells of each change of a work item's status", async () => {
    const { emulator } = test;
    const client = clientOf(emulator);
    const { id } = await client.workItems.create(emulator.projectId, {
      assetUrl: "a.jpg",
      assetType: "image",
      metadata: { callbackUrl },
    });
    const told = once(createInterface({ input: receiver.stdout }), "line");
    await client.signals.sendMany(emulator.projectId, "start", [{ workItemID: id }]);
    const { workItemID, status } = JSON.parse((await told)[0]);
    assert.deepEqual([workItemID, status], [id, "IN_PROGRESS"]);
  });

  it("refuses strangers, and what is too long, whether its length is told or not", async () => {
    const long = new Uint8Array(100_000);
    for (const [body, status] of [
      ["{}", 401],
      [long, 413],
      [new Blob([long]).stream(), 413],
    ] as const) {
      const answer = await fetch(callbackUrl, { method: "POST", body, duplex: "half" });
      assert.equal(answer.status, status);
    }
  });
});
