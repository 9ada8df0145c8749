import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientOf, requests, resetRequests, storeOf } from "../../../harness/emulator.ts";
import { updateProvenance } from "../../../provider/items/provenance.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { useEmulator } from "../../support/emulator.ts";
import { commitAll } from "../../support/git.ts";
import { platformOf } from "../../support/platform.ts";
import { unmarked } from "../../support/unmarked.ts";

const defaults = {
  projectId: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
  spaceId: undefined,
};

describe("provider: Batch: provenance", () => {
  const test = useEmulator();
  const { env } = process;
  const started = process.cwd();
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-provenance-"));
    process.chdir(folder);
    const { GITHUB_SHA: _, CI_COMMIT_SHA: __, AIDP_LAKEFS_REF: ___, ...others } = env;
    process.env = others;
  });
  afterEach(() => {
    process.chdir(started);
    process.env = env;
    rmSync(folder, { recursive: true });
  });

  const check = async (news: Plain, provenance = false) => {
    const given = { ...defaults, provenance };
    const { inputs, failures } = await batchLifecycle.check({ name: "n", ...news }, {}, given);
    return [inputs.provenance, failures.map(({ reason }) => reason)];
  };
  const inputsOf = (name: string, more: object = {}) => ({
    projectId: test.emulator.projectId,
    name,
    provenance: true,
    ...more,
  });
  const stored = async (name: string) => {
    const { batches } = await storeOf(test.emulator);
    return batches.find((batch) => batch.name === name)?.metadata ?? {};
  };

  it("is refused without git if the batch asks for it, and left out by the setting", async () => {
    assert.deepEqual(await check({ provenance: true }), [
      true,
      [
        "provenance is true, but the program's folder is in no git repository: update from a clone, or leave provenance out",
      ],
    ]);
    assert.deepEqual(await check({}, true), [true, []]);
    const { state } = await batchLifecycle.create(platformOf(test.emulator), inputsOf("without"));
    assert.equal(state.provenance, true);
    assert.ok(!JSON.stringify(await stored("without")).includes("pulumiProvenance"));
  });

  it("is what the batch says before what the setting says", async () => {
    commitAll(folder);
    assert.deepEqual(await check({}, true), [true, []]);
    assert.deepEqual(await check({ provenance: false }, true), [undefined, []]);
    assert.deepEqual(await check({ provenance: true }), [true, []]);
    assert.deepEqual(await check({ metadata: { pulumiProvenanceCommit: "x" } }), [
      undefined,
      [
        'metadata must not have the entry "pulumiProvenanceCommit", which the provider keeps to itself',
      ],
    ]);
  });

  it("is written at a change of the batch beside what others wrote, and kept when it is destroyed", async () => {
    const first = commitAll(folder);
    process.env.AIDP_LAKEFS_REF = "lakefs://key:s3cret@photos/main";
    const { id, state } = await batchLifecycle.create(platformOf(test.emulator), inputsOf("kept"));
    const [projectId = "", batchId = ""] = id.split("/");
    const metadata: Plain = { ...(await stored("kept")), note: "by hand" };
    assert.equal(metadata.pulumiProvenanceCommit, first);
    assert.equal(metadata.pulumiProvenanceLakefs, "lakefs://photos/main");
    await clientOf(test.emulator).batches.update(projectId, batchId, { metadata });

    const second = commitAll(folder);
    delete process.env.AIDP_LAKEFS_REF;
    const platform = platformOf(test.emulator);
    const renamed = inputsOf("renamed");
    const next = await batchLifecycle.update(platform, id, state, renamed);
    const now = await stored("renamed");
    assert.equal(now.pulumiProvenanceCommit, second);
    assert.equal(now.pulumiProvenanceLakefs, undefined);
    assert.deepEqual(unmarked({ metadata: now }), { note: "by hand" });

    await batchLifecycle.delete(platformOf(test.emulator), id, next);
    assert.equal((await stored("renamed")).pulumiProvenanceCommit, second);
  });

  it("is written once for the work items of an update, and by the batch if that changes too", async () => {
    commitAll(folder);
    const inputs = inputsOf("items");
    const { id, state } = await batchLifecycle.create(platformOf(test.emulator), inputs);
    const second = commitAll(folder);
    const update = async (news: typeof inputs) => {
      const platform = platformOf(test.emulator);
      batchLifecycle.recordHoldings?.(platform, { ...state }, news);
      await resetRequests(test.emulator);
      const [projectId = "", batchId] = id.split("/");
      await updateProvenance(platform, projectId, batchId);
      await updateProvenance(platform, projectId, batchId);
      assert.deepEqual(platform.warned, []);
      return (await requests(test.emulator)).requests;
    };
    assert.deepEqual(await update({ ...inputs, name: "renamed too" }), {});
    assert.deepEqual(await update({ ...inputs, provenance: false }), {});
    assert.deepEqual(await update(inputs), { listBatches: 1, updateBatch: 1 });
    assert.equal((await stored("items")).pulumiProvenanceCommit, second);
    assert.deepEqual(await update(inputs), { listBatches: 1 });
  });

  it("does not fail an update whose work items are there", async () => {
    commitAll(folder);
    const inputs = inputsOf("gone");
    const { id, state } = await batchLifecycle.create(platformOf(test.emulator), inputs);
    commitAll(folder);
    const platform = platformOf(test.emulator);
    const other = { ...state, batchId: "999999" };
    batchLifecycle.recordHoldings?.(platform, other, inputs);
    await updateProvenance(platform, id.split("/")[0] ?? "", "999999");
    assert.match(platform.warned.join(), /^the provenance of batch 999999 could not be written: /);
  });
});
