import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  addFault,
  changeSettings,
  clientOf,
  type Fault,
  requests,
  resetRequests,
  storeOf,
} from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import {
  type ApiError,
  BadRequestError,
  ConnectionLostError,
  NotFoundError,
  PermissionDeniedError,
  ServerError,
} from "../../../provider/api/errors.ts";
import { Refusal } from "../../../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { signedUploadLifecycle } from "../../../provider/resources/signed-upload.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { platformOf } from "../../support/platform.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Inputs = Parameters<typeof signedUploadLifecycle.create>[1];

describe("provider: SignedUpload: its life", () => {
  useShortWaits();
  const test = useEmulator();
  let files = 0;
  beforeEach(() => resetRequests(test.emulator));
  afterEach(() => changeSettings(test.emulator, { signedUrlLifetimeSeconds: 900 }));

  const platform = () => platformOf(test.emulator);
  const write = async (content: string | Buffer, name = `${++files}.txt`): Promise<string> => {
    const source = join(test.dataDir, name);
    await writeFile(source, content);
    return source;
  };
  /** The inputs as check makes them. */
  async function checked(source: string, more: Plain = {}): Promise<Inputs> {
    const defaults = { projectId: undefined, spaceId: test.emulator.spaceId };
    const { inputs, failures } = await signedUploadLifecycle.check(
      { source, findings: { empty: "ignore" }, ...more },
      {},
      defaults,
    );
    assert.deepEqual(failures, []);
    return inputs as unknown as Inputs;
  }
  const create = async (content: string | Buffer = `file ${files}`, more: Plain = {}) =>
    signedUploadLifecycle.create(platform(), await checked(await write(content), more));
  const stored = async (path: string) =>
    (await storeOf(test.emulator)).files.find((file) => file.path === path);
  const sent = async () => {
    const { requests: byOperation, files: transfers } = await requests(test.emulator);
    return { urls: byOperation.createUploadUrls ?? 0, puts: transfers.put };
  };

  const contents: [string, string | Buffer, Plain][] = [
    ["a few bytes", "hello", {}],
    ["none at all", "", {}],
    ["32 MiB", Buffer.alloc(32 * 1024 * 1024, "streamed"), {}],
    ["its content type as declared", "hello", { contentType: "image/x-raw; a=b" }],
  ];
  for (const [what, content, more] of contents) {
    it(`stores the file: ${what}`, async () => {
      const { id, state } = await create(content, more);
      const { spaceId } = test.emulator;
      assert.equal(id, `${spaceId}/${state.path}`);
      const { path, size, sha256, contentType } = state;
      assert.deepEqual(await stored(path), { spaceId, path, size, sha256, contentType });
      assert.equal(size, content.length);
      assert.deepEqual(await sent(), { urls: 1, puts: 1 });
    });
  }

  const passing: Omit<Fault, "operation">[] = [
    { status: 500 },
    { status: 503 },
    { status: 504, workDone: true },
    { status: 403 },
    { reset: "before" },
    { reset: "after" },
  ];
  for (const fault of passing) {
    it(`tries again with a fresh URL after ${JSON.stringify(fault)}`, async () => {
      await addFault(test.emulator, { operation: "putFile", ...fault });
      const { state } = await create();
      assert.deepEqual(await sent(), { urls: 2, puts: 2 });
      assert.equal((await stored(state.path))?.sha256, state.sha256);
    });
  }

  const lasting: [Fault, typeof ApiError, number][] = [
    [{ operation: "putFile", status: 500 }, ServerError, 3],
    [{ operation: "putFile", reset: "before" }, ConnectionLostError, 3],
    [{ operation: "putFile", status: 403 }, PermissionDeniedError, 3],
    [{ operation: "putFile", status: 400 }, BadRequestError, 1],
  ];
  for (const [fault, type, puts] of lasting) {
    it(`gives up after ${puts}, without a word of the URL's secrets: ${JSON.stringify(fault)}`, async () => {
      await addFault(test.emulator, { ...fault, times: 0 });
      const error = await errorOf(create(), type);
      assert.match(error.message, /^PUT http:\/\/127\.0\.0\.1:\d+\/_files\/\S+ [^\n]+$/);
      assert.doesNotMatch(error.message, /signature|expires|\?/);
      assert.doesNotMatch(inspect(error, { depth: 9 }), /signature/);
      assert.deepEqual(await sent(), { urls: puts, puts });
    });
  }

  it("gives up on URLs that have always expired", async () => {
    await changeSettings(test.emulator, { signedUrlLifetimeSeconds: 0 });
    const { message } = await errorOf(create(), PermissionDeniedError);
    assert.doesNotMatch(message, /signature/);
    assert.deepEqual(await sent(), { urls: 3, puts: 3 });
  });

  it("says so when the space is unknown", async () => {
    await errorOf(create("x", { spaceId: test.emulator.projectId }), NotFoundError);
    assert.deepEqual(await sent(), { urls: 1, puts: 0 });
  });

  it("is refused when the file changed since it was checked", async () => {
    const inputs = await checked(await write("as reviewed"));
    await writeFile(inputs.source, "another");
    const { message } = await errorOf(signedUploadLifecycle.create(platform(), inputs), Refusal);
    assert.equal(
      message,
      `source ${inputs.source} changed while it was uploaded: run the update again`,
    );
  });

  it("is refused when the file went since it was checked", async () => {
    const inputs = await checked(await write("as reviewed"));
    await rm(inputs.source);
    const { message } = await errorOf(signedUploadLifecycle.create(platform(), inputs), Refusal);
    assert.match(message, /^source .* there is no such file$/);
    assert.ok(message.includes(inputs.source));
  });

  it("is read as it is: no change", async () => {
    const { id, state } = await create();
    const found = await signedUploadLifecycle.read(platform(), id, state);
    const { path: _, ...inputs } = state;
    assert.deepEqual(found, { inputs, state });
    assert.equal(signedUploadLifecycle.diff(found!.state, found!.inputs).changed, false);
  });

  it("is read when it is empty", async () => {
    const { id, state } = await create("");
    assert.deepEqual((await signedUploadLifecycle.read(platform(), id, state))?.state, state);
  });

  it("is read by its id alone", async () => {
    const { id, state } = await create();
    const found = await signedUploadLifecycle.read(platform(), id, {});
    assert.deepEqual(found?.state, { spaceId: test.emulator.spaceId, path: state.path });
  });

  it("is gone when the file was removed", async () => {
    const { id, state } = await create();
    const { spaceId, store } = test.emulator;
    // Nothing removes a file of the emulator; one that is readable from tomorrow on is not there today.
    const createdAt = Date.now() + 86_400_000;
    store.files.put({ ...store.files.get(spaceId, state.path)!, createdAt });
    assert.equal(await signedUploadLifecycle.read(platform(), id, state), undefined);
  });

  it("is not gone because the key is wrong, the space unknown, or the service down", async () => {
    const { emulator } = test;
    const { id, state } = await create();
    const wrong = platformOf(emulator, { client: clientOf(emulator, "wrong") });
    await assert.rejects(signedUploadLifecycle.read(wrong, id, state), {
      name: "AuthenticationError",
    });
    const elsewhere = `${emulator.projectId}/${state.path}`;
    await errorOf(signedUploadLifecycle.read(platform(), elsewhere, state), NotFoundError);
    await addFault(emulator, { operation: "getFile", status: 503, times: 0, retryAfter: 0 });
    const down = await errorOf(signedUploadLifecycle.read(platform(), id, state), ServerError);
    assert.doesNotMatch(down.message, /signature/);
  });

  for (const fault of [{ status: 500 }, { reset: "before" }] as const) {
    it(`is read again after ${JSON.stringify(fault)}`, async () => {
      const { id, state } = await create();
      await addFault(test.emulator, { operation: "getFile", ...fault });
      assert.deepEqual((await signedUploadLifecycle.read(platform(), id, state))?.state, state);
    });
  }

  it("says so when an id is none of an upload", async () => {
    const { message } = await errorOf(signedUploadLifecycle.read(platform(), "x", {}), Refusal);
    assert.equal(message, '"x" is not the id of a signed upload: it has the form <uuid>/<id>');
  });

  it("is sent anew where it changed, and has its path back where that is taken back", async () => {
    const { id, state } = await create("one");
    const one = await checked(state.source);
    await write("two", `${files}.txt`);
    const two = await checked(state.source);
    const changed = await signedUploadLifecycle.update(platform(), id, state, two);
    assert.equal((await stored(changed.path))?.sha256, two.sha256);
    assert.deepEqual(
      (await signedUploadLifecycle.read(platform(), id, changed))?.state.path,
      changed.path,
    );
    await write("one", `${files}.txt`);
    await resetRequests(test.emulator);
    const back = await signedUploadLifecycle.update(platform(), id, changed, one);
    assert.equal(back.path, state.path);
    assert.deepEqual(await sent(), { urls: 0, puts: 0 });
    assert.equal(signedUploadLifecycle.diff(back, one).changed, false);

    const earlier = { [`${two.sha256} ${two.contentType}`]: "uploads/no-such-file" };
    await write("two", `${files}.txt`);
    const again = await signedUploadLifecycle.update(platform(), id, { ...back, earlier }, two);
    assert.equal((await stored(again.path))?.sha256, two.sha256);
  });

  it("stays where it is when it is imported with the same content, and is sent with another", async () => {
    const { id, state } = await create("the same");
    const imported = await signedUploadLifecycle.read(platform(), id, {});
    await resetRequests(test.emulator);
    const same = await checked(await write("the same"));
    const kept = await signedUploadLifecycle.update(platform(), id, imported!.state, same);
    assert.equal(kept.path, state.path);
    assert.equal((await requests(test.emulator)).files.put, 0);
    assert.equal(signedUploadLifecycle.diff(kept, same).changed, false);
    const other = await checked(await write("another"));
    const sent = await signedUploadLifecycle.update(platform(), id, imported!.state, other);
    assert.notEqual(sent.path, state.path);
  });

  it("stays when it is deleted", async () => {
    const { id, state } = await create();
    await resetRequests(test.emulator);
    await signedUploadLifecycle.delete(platform(), id, state);
    assert.equal((await requests(test.emulator)).total, 0);
    assert.ok(await stored(state.path));
  });

  describe("at a store of another host", () => {
    const server = useRawServer();
    const store = useRawServer();

    it("sends the bytes with their type and size, and neither the key nor anything else of ours", async () => {
      const signedUrl = `${store.origin}/bucket/uploads/1?signature=abc`;
      server.answersJson(JSON.stringify({ items: [{ path: "uploads/1", signedUrl }] }));
      store.answers((_request, response) => response.end());
      const inputs = await checked(await write("hello"));
      const client = new Client({ apiKey: "the-key", baseUrl: server.origin });
      await signedUploadLifecycle.create(platformOf(test.emulator, { client }), inputs);
      const [{ method, url, body, headers }] = store.received as [(typeof store.received)[0]];
      assert.deepEqual(
        [method, url, body, headers["content-type"], headers["content-length"]],
        ["PUT", "/bucket/uploads/1?signature=abc", "hello", "text/plain", "5"],
      );
      assert.equal(headers["x-api-key"], undefined);
      assert.doesNotMatch(JSON.stringify(headers), /the-key/);
    });

    it("says so when the service gives no URL", async () => {
      server.answersJson('{"items":[]}');
      const inputs = await checked(await write("hello"));
      const client = new Client({ apiKey: "the-key", baseUrl: server.origin });
      const other = platformOf(test.emulator, { client });
      const { message } = await errorOf(signedUploadLifecycle.create(other, inputs), Refusal);
      assert.equal(
        message,
        `the service gave no URL to upload ${inputs.source} to: run the update again`,
      );
    });
  });
});
