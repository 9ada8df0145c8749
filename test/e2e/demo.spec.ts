import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../scripts/demo/emulator.ts";
import { describeStore, readStore } from "../../scripts/demo/platform.ts";
import { temporaryFolder } from "../scripts/temporary-folder.ts";

describe("the demo's emulator", () => {
  const folder = temporaryFolder();
  let emulator: Emulator | undefined;

  afterEach(async () => {
    await emulator?.stop();
    emulator = undefined;
  });

  async function post(path: string, body: object): Promise<{ id: number }> {
    const response = await fetch(`${emulator!.url}/projects/${emulator!.projectId}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": emulator!.apiKey },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, await response.clone().text());
    return (await response.json()) as { id: number };
  }

  it("is asked for what exists", async () => {
    emulator = await startEmulator(join(folder(), "data"));
    const batch = await post("batches", { name: "Street scenes" });
    await post("workItems", {
      batchId: batch.id,
      assetUrl: "https://example.com/photos/one.jpg",
      assetType: "image",
      dueInSeconds: 172_800,
      labels: [{ bbox: [1, 2, 3, 4] }],
    });
    await post("workItems", {
      batchId: batch.id,
      assetUrl: "https://example.com/photos/another.jpg",
      assetType: "image",
    });

    assert.equal(
      describeStore(await readStore(emulator)),
      [
        `Batch "Street scenes" (${batch.id}): 2 work items`,
        "  NEW  one.jpg      1 label   due in 2 days",
        "  NEW  another.jpg  0 labels  no deadline",
        "Uploads: 0 files",
      ].join("\n"),
    );
  });

  it("keeps its data, and is gone once it is stopped", async () => {
    emulator = await startEmulator(join(folder(), "data"));
    await post("batches", { name: "Kept" });
    await emulator.stop();
    await assert.rejects(readStore(emulator));

    emulator = await startEmulator(join(folder(), "data"));
    const { batches } = await readStore(emulator);
    assert.ok(batches.some((batch) => batch.name === "Kept"));
  });

  it("says in one sentence why it did not start", async () => {
    const file = join(folder(), "data");
    writeFileSync(file, "no folder");
    await assert.rejects(
      startEmulator(file),
      /^Error: The emulator did not start: the data folder .*$/,
    );
  });
});
