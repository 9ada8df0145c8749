import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { addFault, requests, resetRequests, storeOf } from "../../../harness/emulator.ts";
import {
  getSignedUploadUrls,
  getSignedUploadUrlsOutput,
} from "../../../provider/functions/get-signed-upload-urls.ts";
import { getSignedUrls, getSignedUrlsOutput } from "../../../provider/functions/get-signed-urls.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { settingsOf, useSettings } from "../../support/settings.ts";

describe("functions: signed URLs", () => {
  const test = useEmulator();
  useSettings(() => settingsOf(test.emulator));
  beforeEach(() => resetRequests(test.emulator));

  it("uploads a file to one URL, and reads it from another", async () => {
    const [target] = (await getSignedUploadUrls()).signedUrls;
    const headers = { "content-type": "text/plain" };
    await fetch(target!.signedUrl, { method: "PUT", headers, body: "hello" });
    const { files } = await storeOf(test.emulator);
    assert.deepEqual(
      files.map(({ path, size, contentType }) => [path, size, contentType]),
      [[target!.path, 5, "text/plain"]],
    );
    const [readable] = (await getSignedUrls({ paths: [target!.path] })).signedUrls;
    assert.equal(await (await fetch(readable!.signedUrl)).text(), "hello");
  });

  it("gives a URL for each of any number of paths, in their order, a thousand a request", async () => {
    const paths = Array.from({ length: 1500 }, (_, index) => `uploads/${index}`).reverse();
    const { signedUrls } = await getSignedUrls({ paths: [...paths, paths[0]!] });
    assert.deepEqual(
      signedUrls.map(({ path }) => path),
      [...paths, paths[0]],
    );
    assert.ok(
      signedUrls.every(({ path, signedUrl }) => new URL(signedUrl).pathname.endsWith(path)),
    );
    assert.equal((await requests(test.emulator)).requests.createReadUrls, 2);
  });

  it("gives as many new paths as are asked for, ten a request", async () => {
    const { signedUrls } = await getSignedUploadUrls({ count: 25 });
    assert.equal(new Set(signedUrls.map(({ path }) => path)).size, 25);
    assert.equal((await requests(test.emulator)).requests.createUploadUrls, 3);
  });

  it("asks nothing for no paths", async () => {
    assert.deepEqual(await getSignedUrls({ paths: [] }), { signedUrls: [] });
    assert.equal((await requests(test.emulator)).total, 0);
  });

  it("is secret as an output, and known", async () => {
    const outputs = [
      getSignedUrlsOutput({ paths: [pulumi.output("uploads/a")] }).signedUrls,
      getSignedUploadUrlsOutput().signedUrls,
    ];
    for (const output of outputs) {
      assert.equal(await pulumi.isSecret(output), true);
      const urls = await new Promise<{ signedUrl: string }[]>((resolve) => output.apply(resolve));
      assert.equal(urls.length, 1);
    }
  });

  it("says so when the service gives fewer than were asked for", async () => {
    const body = { items: [] };
    await addFault(test.emulator, { operation: "*", status: 200, body, times: 2 });
    const { message } = await errorOf(getSignedUrls({ paths: ["uploads/a"] }));
    assert.equal(message, 'getSignedUrls: the service gave no URL for the path "uploads/a"');
    const other = await errorOf(getSignedUploadUrls({ count: 2 }));
    assert.equal(
      other.message,
      "getSignedUploadUrls: count 2 was asked for, but the service gave 0",
    );
  });

  it("repeats no query of a URL that is given as a path", async () => {
    const body = { items: [] };
    await addFault(test.emulator, { operation: "*", status: 200, body });
    const paths = ["https://cdn.example/a.jpg?sig=s3cret"];
    const { message } = await errorOf(getSignedUrls({ paths }));
    assert.match(message, /for the path "https:\/\/cdn\.example\/a\.jpg\?…"$/);
  });

  it("refuses what is no path and no count", async () => {
    const wrong: [() => Promise<unknown>, string][] = [
      [() => getSignedUrls({ paths: [" "] }), "getSignedUrls: paths[0] must not be empty"],
      [
        () => getSignedUrls({ paths: "a" as unknown as string[] }),
        'getSignedUrls: paths must be a list of paths, got "a"',
      ],
      [
        () => getSignedUploadUrls({ count: 0 }),
        "getSignedUploadUrls: count must be between 1 and 1000, got 0",
      ],
    ];
    for (const [call, message] of wrong) {
      assert.equal((await errorOf(call())).message, message);
    }
  });
});
