import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lifecycle } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { readProperties } from "../../../provider/pulumi/properties.ts";
import { batchLifecycle } from "../../../provider/resources/batch.ts";
import { exportLifecycle } from "../../../provider/resources/export.ts";
import { signedUploadLifecycle } from "../../../provider/resources/signed-upload.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { workItemLifecycle } from "../../../provider/resources/work-item.ts";
import { workItemSetLifecycle } from "../../../provider/resources/work-item-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import fc from "../../support/fast-check.ts";
import { platformOf } from "../../support/platform.ts";
import { casesOf, isAll } from "../../support/tier.ts";
import { kinds } from "./inputs.ts";

/** Inputs that are good by themselves, but name what the emulator has not, or is not to be asked for. */
const elsewhere = ["projectId", "spaceId", "batchId", "projectIds", "batchIds", "adopt", "path"];

describe("provider: what create and then read give, diff calls unchanged", () => {
  const test = useEmulator();
  let runs = 0;

  /** Creates, reads as a refresh in another process does, and compares both ways round. */
  async function expectStable<Inputs extends object, State extends object>(
    lifecycle: Lifecycle<Inputs, State>,
    declared: Plain,
  ): Promise<void> {
    const { projectId, spaceId } = test.emulator;
    runs += 1;
    const platform = () =>
      platformOf(test.emulator, {
        owner: `urn:pulumi:test::labeling::aidp:index:Any::item-${runs}`,
      });
    const news = Object.fromEntries(
      Object.entries(readProperties(declared, lifecycle.asText)).filter(
        ([field]) => !elsewhere.includes(field),
      ),
    );
    const { inputs, failures } = await lifecycle.check(news, {}, { projectId, spaceId });
    assert.deepEqual(failures, []);
    const { id, state } = await lifecycle.create(platform(), inputs as Inputs);
    assert.equal(lifecycle.diff(state, inputs as Inputs).changed, false);
    const found = await lifecycle.read(platform(), id, state);
    assert.ok(found !== undefined);
    const now = found.inputs ?? (inputs as Inputs);
    assert.equal(lifecycle.diff(found.state, inputs as Inputs).changed, false);
    assert.equal(lifecycle.diff(state, now).changed, false);
  }

  const numRuns = casesOf(50);

  it("Batch", async () => {
    await fc.assert(
      fc.asyncProperty(kinds.Batch.valid, (news) =>
        // The name is unique in a project.
        expectStable(batchLifecycle, { ...news, name: `${String(news.name)} ${runs}` }),
      ),
      { numRuns },
    );
  });

  it("WorkItem", async () => {
    await fc.assert(
      fc.asyncProperty(kinds.WorkItem.valid, (news) => expectStable(workItemLifecycle, news)),
      { numRuns },
    );
  });

  it("WorkItemSet", async () => {
    await fc.assert(
      fc.asyncProperty(kinds.WorkItemSet.valid, (news) => expectStable(workItemSetLifecycle, news)),
      { numRuns },
    );
  });

  it("Export", async () => {
    await fc.assert(
      fc.asyncProperty(
        kinds.Export.valid.filter(({ content }) => content === undefined),
        (news) => expectStable(exportLifecycle, news),
      ),
      // Each waits for the end of an export.
      { numRuns: isAll ? 5 : 2 },
    );
  });

  it("metadata of 1 MB", async () => {
    const metadata = { long: 'é\n"'.repeat(330_000) };
    await expectStable(batchLifecycle, { name: "large", metadata });
    await expectStable(workItemLifecycle, { assetUrl: "uploads/a", metadata });
    const items = JSON.stringify({ a: { assetUrl: "uploads/a", metadata } });
    await expectStable(workItemSetLifecycle, { items });
  });

  describe("files of any name and content", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "aidp-files-"));
    });
    after(() => rmSync(folder, { recursive: true }));

    const fileName = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((each) => !/^\.|[/\\\0]/.test(each) && Buffer.byteLength(each) < 200);

    it("SignedUpload and UploadSet", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fileName, { minLength: 1, maxLength: 3 }),
          fc.uint8Array(),
          async (names, bytes) => {
            const own = join(folder, String(runs));
            mkdirSync(own);
            for (const each of names) {
              writeFileSync(join(own, each), bytes);
            }
            const findings = { empty: "ignore", broken: "ignore" };
            const source = join(own, names[0] ?? "");
            await expectStable(signedUploadLifecycle, { source, findings });
            await expectStable(uploadSetLifecycle, { folder: own, findings });
          },
        ),
        { numRuns: casesOf(20) },
      );
    });
  });
});
