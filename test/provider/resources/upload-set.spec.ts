import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import {
  addFault,
  clearFaults,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import { lookAgainAfterMs } from "../../../provider/api/look-again.ts";
import { PartialFailure } from "../../../provider/lifecycle/lifecycle.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import { platformOf } from "../../support/platform.ts";
import { useShortWaits } from "../../support/short-waits.ts";
import { type UploadInputs, useUploadFolder } from "../../support/upload-folder.ts";

type State = Parameters<typeof uploadSetLifecycle.update>[2];

describe("provider: UploadSet", () => {
  useShortWaits();
  const other = useEmulator();
  const { at, check, write } = useUploadFolder(() => other.emulator.spaceId);
  beforeEach(() => resetRequests(other.emulator));

  const platform = () =>
    platformOf(other.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::photos" });

  async function create(): Promise<{ id: string; inputs: UploadInputs; state: State }> {
    const { inputs } = await check();
    const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
    return { id, inputs, state };
  }

  it("sends each file once, ten URLs a request, and knows each one's path", async () => {
    const { state } = await create();
    const { files } = await storeOf(other.emulator);
    for (const [name, path] of Object.entries(state.paths)) {
      const text = `photo ${/\d+/.exec(name)?.[0]}`;
      const file = files.find((each) => each.path === path);
      assert.equal(file?.sha256, createHash("sha256").update(text).digest("hex"));
      assert.equal(file?.contentType, "text/plain");
    }
    assert.equal(Object.keys(state.paths).length, 25);
    const counted = await requests(other.emulator);
    assert.deepEqual(counted.requests, { createUploadUrls: 3 });
    assert.equal(counted.files.put, 25);
  });

  it("sends only what is new or changed, and forgets what is gone", async () => {
    const { id, state } = await create();
    write("deep/3.txt", "another photo");
    write("new.txt", "a new photo");
    rmSync(at("photos/deep/4.txt"));
    const { inputs } = await check();
    assert.deepEqual(uploadSetLifecycle.diff(state, inputs), { changed: true, replaces: [] });
    await resetRequests(other.emulator);
    const updated = await uploadSetLifecycle.update(platform(), id, state, inputs);
    assert.equal((await requests(other.emulator)).files.put, 2);
    assert.equal(updated.paths["deep/5.txt"], state.paths["deep/5.txt"]);
    assert.notEqual(updated.paths["deep/3.txt"], state.paths["deep/3.txt"]);
    assert.deepEqual(Object.keys(updated.paths).sort(), Object.keys(inputs.files).sort());
    assert.equal(uploadSetLifecycle.diff(updated, (await check()).inputs).changed, false);
  });

  it("gives a file that comes back its path again, where the space still holds it", async () => {
    const { id, inputs, state } = await create();
    const [back, lost] = ["deep/3.txt", "deep/4.txt"] as const;
    rmSync(at("photos", back));
    write(lost, "another photo");
    const without = (await check()).inputs;
    const told: string[] = [];
    const listening = { ...platform(), info: (line: string) => told.push(line) };
    const updated = await uploadSetLifecycle.update(listening, id, state, without);
    write(lost, "photo 4");
    const gone = { [state.files[lost] ?? ""]: "uploads/no-such-file" };
    await resetRequests(other.emulator);
    const olds = { ...updated, earlier: { ...updated.earlier, [lost]: gone } };
    const again = await uploadSetLifecycle.update(listening, id, olds, inputs);
    assert.equal((await requests(other.emulator)).files.put, 1);
    assert.match(told[0] ?? "", /: 1 uploaded, 1 left the stack$/);
    assert.match(told[1] ?? "", /: 1 uploaded, 1 came back$/);
    assert.equal(again.paths[back], state.paths[back]);
    const { files } = await storeOf(other.emulator);
    assert.ok(files.some(({ path }) => path === again.paths[lost]));
  });

  it("goes on where the storage refuses some files, which count as there", async () => {
    const { id, state } = await create();
    const looks = lookAgainAfterMs.length;
    const warnings: string[] = [];
    const read = () =>
      uploadSetLifecycle.read({ ...platform(), warn: (line) => warnings.push(line) }, id, state);
    // One of the first look, and the same at each look for it alone.
    await addFault(other.emulator, { operation: "getFile", status: 403, times: 1 });
    const again = { operation: "getFile", status: 403, skip: 24, times: looks - 1 } as const;
    await addFault(other.emulator, again);
    const found = await read();
    // To send it again would replace its work items.
    assert.deepEqual(found?.inputs?.files, state.files);
    assert.match(
      warnings.join(),
      /refuses to show some files, .* replaces its work items: deep\/\d+\.txt$/,
    );
    // All of them: a permission is missing, or the clock is wrong.
    await addFault(other.emulator, { operation: "getFile", status: 403, times: 25 * looks });
    await assert.rejects(read(), { name: "PermissionDeniedError" });
  });

  it("sends a file that comes back, where the storage refuses to say whether it holds it", async () => {
    const { id, inputs, state } = await create();
    rmSync(at("photos/deep/3.txt"));
    const updated = await uploadSetLifecycle.update(platform(), id, state, (await check()).inputs);
    write("deep/3.txt", "photo 3");
    await addFault(other.emulator, { operation: "getFile", status: 403, times: 9 });
    const again = await uploadSetLifecycle.update(platform(), id, updated, inputs);
    assert.notEqual(again.paths["deep/3.txt"], state.paths["deep/3.txt"]);
  });

  it("tells of a file that the storage finds too large", async () => {
    await addFault(other.emulator, { operation: "putFile", status: 413, times: 1 });
    const { inputs } = await check();
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.match(failed.reasons.join(), /answered 413\. The storage takes no file as large/);
  });

  it("keeps what was sent when some could not be, and sends these next time", async () => {
    await addFault(other.emulator, { operation: "putFile", status: 400, skip: 20, times: 5 });
    const { inputs } = await check();
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.ok(failed instanceof PartialFailure);
    const state = failed.state as State;
    assert.equal(Object.keys(state.paths).length, 20);
    assert.match(failed.message, /^5 of 25 files could not be uploaded/);
    assert.equal(failed.reasons.length, 5);
    assert.doesNotMatch(failed.reasons.join(), /signature|expires/);

    await resetRequests(other.emulator);
    const updated = await uploadSetLifecycle.update(platform(), failed.id, state, inputs);
    assert.equal((await requests(other.emulator)).files.put, 5);
    assert.equal(Object.keys(updated.paths).length, 25);
  });

  it("keeps of files whose names JavaScript has for its own use what is known of them", async () => {
    const names = ["__proto__", "constructor", "toString"];
    for (const name of names) {
      write(name, name);
    }
    await addFault(other.emulator, { operation: "putFile", status: 400, times: 0 });
    const { inputs } = await check({ include: ["*"] });
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.deepEqual([failed.state.files, failed.state.paths], [{}, {}]);
    await clearFaults(other.emulator);
    const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
    assert.deepEqual(Object.keys(state.paths), names);
    assert.equal(uploadSetLifecycle.diff(state, inputs).changed, false);
    const none = await uploadSetLifecycle.update(platform(), id, state, { ...inputs, files: {} });
    assert.deepEqual(Object.keys(none.earlier ?? {}), names);
  });

  it("fails at most the ten files that a refused request for URLs was for", async () => {
    await addFault(other.emulator, { operation: "createUploadUrls", status: 400, skip: 1 });
    const { inputs } = await check();
    const done = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    const sent = Object.keys((done.state as State).paths).length;
    // All of them, where it was refused before a file waited for it.
    assert.ok(sent >= 15);
    assert.equal((await requests(other.emulator)).files.put, sent);
  });

  it("finds at a refresh which files are there", async () => {
    const { id, state } = await create();
    const found = await uploadSetLifecycle.read(platform(), id, state);
    assert.deepEqual(found?.state, state);
    const lost = { ...state, paths: { ...state.paths, "deep/7.txt": "uploads/no-such-file" } };
    const after = await uploadSetLifecycle.read(platform(), id, lost);
    assert.equal(after?.state.files["deep/7.txt"], undefined);
    assert.equal(Object.keys(after?.state.paths ?? {}).length, 24);
  });

  it("takes no file for gone that was uploaded a moment ago, as its work items would be made anew", async () => {
    const { id, state } = await create();
    await addFault(other.emulator, { operation: "getFile", status: 404, times: 3 });
    const found = await uploadSetLifecycle.read(platform(), id, state);
    await clearFaults(other.emulator);
    assert.deepEqual(found?.state, state);
  });

  it("refuses a file that changed since the preview", async () => {
    const { inputs } = await check();
    write("deep/9.txt", "changed in between");
    const failed = await uploadSetLifecycle.create(platform(), inputs).catch((error) => error);
    assert.match(failed.reasons.join(), /"deep\/9\.txt": the file changed since the preview/);
  });
});
