import assert from "node:assert/strict";
import { addFault, annotate, clearFaults, storeOf } from "../../harness/emulator.ts";
import { batch, manyAssets, program, ref, set, useYamlProject } from "../support/yaml-project.ts";

describe("the plugin, where an update ends early or people take part", function () {
  this.timeout(120_000);
  const yaml = useYamlProject();
  const { failedUp, interrupt, live, outputsOf, preview, test, untilLive, up } = yaml;

  it("goes on after a kill with exactly what is declared", async () => {
    const items = manyAssets(40);
    yaml.project.write("Pulumi.yaml", program({ signs: batch(), set: set(items) }));
    await addFault(test.emulator, { operation: "createWorkItem", latencyMs: 200, times: 0 });
    await interrupt("pulumi", "SIGKILL");
    await yaml.project.pulumi(test.emulator, "cancel", "--yes");
    await up();
    assert.equal((await live()).length, 40);
    assert.deepEqual(await preview(), {});
  });

  it("ends in time where the program says so, and the next update does the rest", async () => {
    const items = manyAssets(60);
    const timed = { customTimeouts: { create: "2s", update: "60s" } };
    await addFault(test.emulator, { operation: "createWorkItem", latencyMs: 1_500, times: 0 });
    const said = await failedUp({ signs: batch(), set: set(items, {}, timed) });
    assert.match(said, /with \d+ left to do: run it again to go on/);
    const made = await live();
    assert.ok(made.length > 0 && made.length < 60, `${made.length}`);
    await clearFaults(test.emulator);
    await up();
    assert.equal((await live()).length, 60);
    assert.deepEqual(await preview(), {});
  });

  it("stops at Ctrl-C with what is under way, and the next update does the rest", async () => {
    const items = manyAssets(200);
    yaml.project.write("Pulumi.yaml", program({ signs: batch(), set: set(items) }));
    await addFault(test.emulator, { operation: "createWorkItem", latencyMs: 500, times: 0 });
    const stdout = await interrupt("--skip-preview", "SIGINT");
    assert.match(stdout, /cancelled with \d+ left to do: run it again to go on/);
    assert.ok((await live()).length < 200);
    await up();
    assert.equal((await live()).length, 200);
  });

  it("uploads from the program's folder, and gets results back", async () => {
    yaml.project.copy("examples/quickstart/photos/coins.png");
    const pictures = async () =>
      (await storeOf(test.emulator)).files.filter(({ contentType }) => contentType === "image/png");
    const before = (await pictures()).length;
    const waiting = up({
      signs: batch(),
      photos: {
        type: "aidp:UploadSet",
        properties: { folder: "examples/quickstart/photos", include: ["*.png"] },
      },
      set: set({ "coins.png": { file: "coins.png" } }, { uploads: ref("photos.paths") }),
      done: {
        type: "aidp:BatchCompletion",
        properties: { pollSeconds: 0.1, workItemIds: ref("set.ids") },
      },
    });
    await untilLive();
    await annotate(test.emulator);
    await waiting;
    assert.equal(outputsOf("done").completedCount, 1);
    assert.equal((await pictures()).length, before + 1);
  });
});
