import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { projectRoot } from "../../scripts/paths.ts";
import { clientOf, useEmulator } from "../support/emulator.ts";

describe("examples/webhooks", () => {
  const test = useEmulator();

  it("tells of each change of a work item's status, and refuses strangers", async () => {
    const { emulator } = test;
    const receiver = spawn(process.execPath, [join(projectRoot, "examples/webhooks/receiver.ts")], {
      env: {
        ...process.env,
        PORT: "0",
        AIDP_JWKS: `${emulator.origin}/api/.well-known/jwks.json`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      const [log, changes] = [receiver.stderr, receiver.stdout].map((input) =>
        createInterface({ input })[Symbol.asyncIterator](),
      );
      const callbackUrl = /http:\S+/.exec((await log!.next()).value!)![0];
      const stranger = await fetch(callbackUrl, { method: "POST", body: "{}" });
      assert.equal(stranger.status, 401);
      const client = clientOf(emulator);
      const { id } = await client.workItems.create(emulator.projectId, {
        assetUrl: "a.jpg",
        assetType: "image",
        metadata: { callbackUrl },
      });
      await client.signals.sendMany(emulator.projectId, "start", [{ workItemID: id }]);
      const { workItemID, status } = JSON.parse((await changes!.next()).value!);
      assert.deepEqual([workItemID, status], [id, "IN_PROGRESS"]);
    } finally {
      receiver.kill();
    }
  });
});
