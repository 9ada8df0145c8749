import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addFault,
  annotate,
  changeSettings,
  clientOf,
  requests,
  resetRequests,
} from "../../../harness/emulator.ts";
import type { ExportWire } from "../../../provider/api/exports.ts";
import { PartialFailure, Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { exportLifecycle } from "../../../provider/resources/export.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Inputs = Parameters<typeof exportLifecycle.create>[1];
type State = Parameters<typeof exportLifecycle.update>[2];

describe("provider: Export", () => {
  useShortWaits();
  const test = useEmulator();
  let folder: string;
  let path: string;
  before(async () => {
    const { projectId } = test.emulator;
    await clientOf(test.emulator).workItems.create(projectId, {
      assetUrl: "uploads/a.png",
      assetType: "image",
    });
    await annotate(test.emulator);
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "aidp-export-"));
    path = join(folder, "made", "export.json");
    await resetRequests(test.emulator);
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await changeSettings(test.emulator, { exportDurationMs: null, exportError: null });
    for (const { id } of await exports()) {
      await clientOf(test.emulator).exports.delete(test.emulator.spaceId, id);
    }
  });

  const exports = (): Promise<ExportWire[]> =>
    Array.fromAsync(clientOf(test.emulator).exports.list(test.emulator.spaceId));
  const platform = () =>
    platformOf(test.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::export" });

  async function check(more: Plain = {}) {
    const news: Plain = { name: "nightly", format: "COCO_JSON", ...more };
    const defaults = { projectId: undefined, spaceId: test.emulator.spaceId };
    const { inputs, failures } = await exportLifecycle.check(news, {}, defaults);
    return { inputs: inputs as unknown as Inputs, reasons: failures.map(({ reason }) => reason) };
  }

  async function create(more?: Plain): Promise<{ id: string; state: State }> {
    return exportLifecycle.create(platform(), (await check(more)).inputs);
  }

  it("is made, waited for and downloaded, and its URL is kept nowhere", async () => {
    const { projectId, spaceId } = test.emulator;
    const { id, state } = await create({ path, projectIds: [projectId], batchIds: [1] });
    const [made, ...others] = await exports();
    assert.deepEqual(others, []);
    assert.equal(id, `${spaceId}/${made?.id}`);
    assert.match(made?.name ?? "", /^nightly \([0-9a-f]{12}\)$/);
    assert.deepEqual([state.status, state.exportName], ["COMPLETED", made?.name]);
    const bytes = readFileSync(path);
    assert.equal(JSON.parse(String(bytes)).annotations.length, 1);
    assert.equal(state.sha256, createHash("sha256").update(bytes).digest("hex"));
    assert.equal(state.size, bytes.length);
    assert.deepEqual(readdirSync(join(folder, "made")), ["export.json"]);
    assert.doesNotMatch(JSON.stringify(state), /signature|downloadUrl/i);
  });

  it("is not downloaded where no path is declared", async () => {
    const { state } = await create();
    assert.equal(state.sha256, undefined);
    assert.equal((await requests(test.emulator)).files.get, 0);
  });

  it("waits while another export of the space runs", async () => {
    await changeSettings(test.emulator, { exportDurationMs: 700 });
    const { spaceId } = test.emulator;
    const other = await clientOf(test.emulator).exports.create(spaceId, {
      name: "of another",
      format: "CSV",
    });
    const { state } = await create();
    assert.notEqual(state.exportId, other.id);
    assert.equal((await exports()).length, 2);
    assert.ok((await requests(test.emulator)).requests.createExport! > 2);
  });

  for (const [title, fault] of [
    ["the connection broke after it was begun", { reset: "after" }],
    ["the service failed after it was begun", { status: 503, workDone: true }],
    ["the service failed before", { status: 500 }],
  ] as const) {
    it(`is made once where ${title}`, async () => {
      await addFault(test.emulator, { operation: "createExport", ...fault });
      const { state } = await create();
      assert.deepEqual(
        (await exports()).map(({ id, status }) => [id, status]),
        [[state.exportId, "COMPLETED"]],
      );
    });
  }

  it("is adopted where an update was killed after it was begun, but not with other triggers", async () => {
    const first = await create();
    const again = await create();
    assert.equal(again.id, first.id);
    const next = await create({ triggers: ["second"] });
    assert.notEqual(next.id, first.id);
    assert.equal((await exports()).length, 2);
  });

  it("that was adopted is not deleted with its old declaration", async () => {
    const { id, state } = await create();
    const on = platform();
    await exportLifecycle.create(on, (await check()).inputs);
    await exportLifecycle.delete(on, id, state);
    assert.equal((await exports()).length, 1);
    await exportLifecycle.delete(platform(), id, state);
    assert.deepEqual(await exports(), []);
    await exportLifecycle.delete(platform(), id, state);
  });

  it("is waited for no longer than was declared, and the next update waits on", async () => {
    await changeSettings(test.emulator, { exportDurationMs: 3_600_000 });
    const { inputs } = await check();
    const soon = { ...inputs, timeoutMinutes: 0.01 };
    const failed = await errorOf(exportLifecycle.create(platform(), soon), PartialFailure);
    assert.match(failed.message, /^export [0-9a-f-]+ is PENDING still after 0\.01 minutes: run /);
    const other = exportLifecycle.create(platform(), { ...soon, name: "another" });
    const { message } = await errorOf(other, Refusal);
    assert.match(message, /^another export of the space still runs after .*answered 409/);

    await changeSettings(test.emulator, { exportDurationMs: null });
    const state = failed.state as State;
    const updated = await exportLifecycle.update(platform(), failed.id, state, inputs);
    assert.equal(updated.status, "COMPLETED");
    assert.equal((await exports()).length, 1);
  });

  it("tells why the platform could not make it, and leaves nothing there", async () => {
    await changeSettings(test.emulator, { exportError: "out of ink" });
    const { message } = await errorOf(create(), Refusal);
    assert.equal(message, "the platform could not make the export: out of ink");
    assert.deepEqual(await exports(), []);
  });

  it("is kept where its file could not be downloaded, and the next update downloads it", async () => {
    await addFault(test.emulator, { operation: "getFile", status: 400, times: 3 });
    const failed = await errorOf(create({ path }), PartialFailure);
    assert.match(failed.message, /^GET http:[^?]* answered 400/);
    assert.deepEqual(readdirSync(join(folder, "made")), []);
    const state = failed.state as State;
    assert.equal(state.path, undefined);
    const { inputs } = await check({ path });
    assert.equal(exportLifecycle.diff(state, inputs).changed, true);
    const updated = await exportLifecycle.update(platform(), failed.id, state, inputs);
    assert.equal(updated.sha256, createHash("sha256").update(readFileSync(path)).digest("hex"));
    assert.equal((await exports()).length, 1);
  });

  it("is downloaded again where a transfer breaks", async () => {
    await addFault(test.emulator, { operation: "getFile", truncate: true });
    const { state } = await create({ path });
    assert.equal(state.size, readFileSync(path).length);
    assert.ok(JSON.parse(readFileSync(path, "utf8")).images);
  });

  it("shows a copy that is gone or was edited, and downloads it anew", async () => {
    const { id, state } = await create({ path });
    const { inputs } = await check({ path });
    const same = await exportLifecycle.read(platform(), id, state);
    assert.deepEqual(same, { inputs, state });
    for (const spoil of [() => rmSync(path), () => writeFileSync(path, "edited")]) {
      spoil();
      const found = await exportLifecycle.read(platform(), id, state);
      assert.deepEqual(exportLifecycle.diff(found!.state, inputs), { changed: true, replaces: [] });
      const updated = await exportLifecycle.update(platform(), id, found!.state, inputs);
      assert.deepEqual(updated, state);
    }
    assert.equal((await exports()).length, 1);
  });

  it("that is gone from the platform is gone here", async () => {
    const { id, state } = await create();
    await clientOf(test.emulator).exports.delete(test.emulator.spaceId, state.exportId);
    assert.equal(await exportLifecycle.read(platform(), id, state), undefined);
    const { message } = await errorOf(
      exportLifecycle.update(platform(), id, state, (await check({ path })).inputs),
      Refusal,
    );
    assert.match(message, /is gone from the platform: run `pulumi up --refresh`/);
    assert.equal(existsSync(path), false);
  });

  for (const [title, more, message] of [
    ["an unknown format", { format: "XML" }, /^format must be one of "COCO_JSON", "JSON", "CSV"/],
    ["inferences as COCO", { content: "INFERENCE" }, /^content must be ANNOTATION where format/],
    ["too many batches", { batchIds: Array(101).fill(1) }, /^batchIds must be at most 100/],
    ["a moment without a time zone", { updatedAtFrom: "2026-11-01T00:00" }, /^updatedAtFrom must/],
    ["no time to wait", { timeoutMinutes: 0 }, /^timeoutMinutes must be between 1 and 1440/],
    ["a space that is none", { spaceId: "signs" }, /^spaceId must be a UUID/],
  ] as const) {
    it(`refuses ${title}`, async () => {
      assert.match((await check(more)).reasons.join("\n"), message);
    });
  }

  it("knows batches by the ids of their resources", async () => {
    const { inputs } = await check({ batchIds: [7, "8", `${randomUUID()}/9`] });
    assert.deepEqual(inputs.batchIds, ["7", "8", "9"]);
  });
});
