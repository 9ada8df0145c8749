import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../../emulator/server.ts";
import { assertError, until, useRawApi } from "../support.ts";

async function put(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { "content-type": "image/png" },
): Promise<{ status: number; code: string | undefined; headers: Headers }> {
  const response = await fetch(url, { method: "PUT", body, headers });
  const text = await response.text();
  const code = text === "" ? undefined : JSON.parse(text).error.code;
  return { status: response.status, code, headers: response.headers };
}

describe("emulator: files", () => {
  const test = useRawApi();
  afterEach(() => test.control("PUT", "/settings", { signedUrlLifetimeSeconds: 900 }));

  async function stored(path: string): Promise<Record<string, unknown> | undefined> {
    const { body } = await test.control("GET", "/store");
    return body.files.find((file: { path: string }) => file.path === path);
  }

  it("takes an upload and gives it back, byte for byte", async () => {
    const bytes = randomBytes(3 * 1024 * 1024);
    const { path, signedUrl } = await test.uploadUrl();
    assert.equal((await put(signedUrl, bytes)).status, 200);
    const response = await fetch(await test.readUrl(path));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "image/png");
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
    assert.deepEqual(await stored(path), {
      spaceId: test.emulator.spaceId,
      path,
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      contentType: "image/png",
    });
  });

  it("gives one URL by default, and up to ten distinct ones", async () => {
    const one = await test.call("GET", `${test.space}/signedurls`);
    assert.equal(one.body.items.length, 1);
    const ten = await test.call("GET", `${test.space}/signedurls?count=10`);
    const paths = ten.body.items.map((item: { path: string }) => item.path);
    assert.equal(new Set(paths).size, 10);
    for (const count of ["0", "11", "-1", "x", "1.5"]) {
      const answer = await test.call("GET", `${test.space}/signedurls?count=${count}`);
      assertError(answer, 400, "VALIDATION_FAILED", /count/);
    }
  });

  it("reads the headers alone with HEAD", async () => {
    const { path, signedUrl } = await test.uploadUrl();
    await put(signedUrl, "12345");
    const response = await fetch(await test.readUrl(path), { method: "HEAD" });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-length"), "5");
    assert.equal(await response.text(), "");
  });

  it("takes an empty file, and one of unknown length", async () => {
    for (const body of ["", new Blob(["streamed"]).stream()]) {
      const { path, signedUrl } = await test.uploadUrl();
      const response = await fetch(signedUrl, {
        method: "PUT",
        body,
        headers: { "content-type": "text/plain" },
        duplex: "half",
      } as RequestInit);
      assert.equal(response.status, 200);
      assert.equal((await stored(path))?.size, typeof body === "string" ? 0 : 8);
    }
  });

  it("replaces a file, leaving no blob behind", async () => {
    const { path, signedUrl } = await test.uploadUrl();
    await put(signedUrl, "first");
    const blobs = async () => (await readdir(join(test.dataDir, "blobs"))).length;
    const count = await blobs();
    await put(signedUrl, "second", { "content-type": "text/plain" });
    assert.equal(await blobs(), count);
    const response = await fetch(await test.readUrl(path));
    assert.equal(await response.text(), "second");
  });

  it("wants a Content-Type", async () => {
    const { signedUrl } = await test.uploadUrl();
    const answer = await put(signedUrl, Buffer.from("x"), {});
    assert.deepEqual([answer.status, answer.code], [400, "CONTENT_TYPE"]);
  });

  it("refuses what the signature does not cover", async () => {
    const { path, signedUrl } = await test.uploadUrl();
    const other = await test.uploadUrl();
    const late = new URL(signedUrl);
    late.searchParams.set("expires", String(Date.now() + 1e9));
    const moved = signedUrl.replace(path, other.path);
    const stranger = signedUrl.replace(test.emulator.spaceId, test.emulator.tenants[1]!.spaceId);
    const unsigned = signedUrl.replace(/\?.*/, "");
    const readOnly = await test.readUrl(path);
    for (const url of [late.href, moved, stranger, unsigned, readOnly, `${signedUrl}x`]) {
      const answer = await put(url, "x");
      assert.deepEqual([answer.status, answer.code], [403, "BAD_SIGNATURE"], url);
    }
    assert.equal((await fetch(signedUrl)).status, 403);
    assert.equal((await fetch(signedUrl, { method: "DELETE" })).status, 405);
    assert.equal(await stored(path), undefined);
  });

  it("refuses an expired URL", async () => {
    await test.control("PUT", "/settings", { signedUrlLifetimeSeconds: 0 });
    const { path, signedUrl } = await test.uploadUrl();
    const answer = await put(signedUrl, "x");
    assert.deepEqual([answer.status, answer.code], [403, "URL_EXPIRED"]);
    assert.equal((await fetch(await test.readUrl(path))).status, 403);
  });

  it("signs any path of the space; reading a missing one is a 404", async () => {
    const paths = ["nothing/here.png", "ünï cödé/a+b&c?#%.png", "a..b/...c"];
    const { body } = await test.call("POST", `${test.space}/signedurls`, { paths });
    assert.deepEqual(
      body.items.map((item: { path: string }) => item.path),
      paths,
    );
    for (const { signedUrl } of body.items) {
      assert.equal((await fetch(signedUrl)).status, 404);
    }
  });

  it("takes 1 to 1000 paths", async () => {
    const paths = Array.from({ length: 1001 }, (_, index) => `uploads/${index}`);
    const all = await test.call("POST", `${test.space}/signedurls`, { paths: paths.slice(1) });
    assert.equal(all.body.items.length, 1000);
    for (const bad of [paths, [], "a", [7], undefined]) {
      const answer = await test.call("POST", `${test.space}/signedurls`, { paths: bad });
      assertError(answer, 400, "VALIDATION_FAILED", /paths/);
    }
  });

  for (const path of [
    "",
    "/etc/passwd",
    "..",
    ".",
    "../x",
    "a/../../x",
    "a/..",
    "a//b",
    "a/",
    "a\\..\\b",
    "a\u0000b",
    "a\nb",
    "x".repeat(1025),
  ]) {
    it(`refuses to sign ${JSON.stringify(path.slice(0, 20))}`, async () => {
      const answer = await test.call("POST", `${test.space}/signedurls`, { paths: [path] });
      assertError(answer, 400, "VALIDATION_FAILED", /paths/);
    });
  }

  it("reaches nothing outside the data folder, whatever the URL", async () => {
    const { spaceId, origin } = test.emulator;
    const { search } = new URL((await test.uploadUrl()).signedUrl);
    const { port, hostname } = new URL(origin);
    for (const location of [
      "/_files/../../etc/passwd",
      `/_files/${spaceId}/../../emulator.sqlite`,
      `/_files/${spaceId}/..%2f..%2femulator.sqlite`,
      `/_files/%2e%2e/emulator.sqlite`,
      "/_files/",
      "/_files//",
      `/_files/${spaceId}/%`,
    ]) {
      // A socket, since fetch would tidy the path.
      const socket = connect(Number(port), hostname);
      socket.end(`GET ${location}${search} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const chunks = await socket.toArray();
      assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 40[03] /, location);
    }
  });

  it("takes no file that an object store would not, and asks for none of it", async () => {
    const { path, signedUrl } = await test.uploadUrl();
    const { port, hostname, pathname, search } = new URL(signedUrl);
    const socket = connect(Number(port), hostname);
    const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n`;
    socket.write(`${head}Connection: close\r\nContent-Length: ${5 * 1024 ** 3 + 1}\r\n\r\n`);
    const [chunk] = await once(socket, "data");
    assert.match(String(chunk), /^HTTP\/1\.1 413 /);
    socket.destroy();
    assert.equal(await stored(path), undefined);
  });

  it("clears the folder of uploads at its start, but not where a link leads to", async () => {
    const outside = await mkdtemp(join(tmpdir(), "aidp-outside-"));
    const dataDir = join(outside, "data");
    await mkdir(dataDir);
    await writeFile(join(outside, "mine.txt"), "mine");
    await symlink(outside, join(dataDir, "uploads"));
    const emulator = await startEmulator({ dataDir });
    await emulator.close();
    assert.equal(await readFile(join(outside, "mine.txt"), "utf8"), "mine");
    await rm(outside, { recursive: true });
  });

  it("keeps nothing of an upload that breaks off", async () => {
    const { path, signedUrl } = await test.uploadUrl();
    const { port, hostname, pathname, search } = new URL(signedUrl);
    const socket = connect(Number(port), hostname);
    const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n`;
    socket.write(`${head}Content-Length: 1000\r\n\r\nonly this`);
    const uploads = async () => (await readdir(join(test.dataDir, "uploads"))).length;
    await until(async () => (await uploads()) === 1);
    socket.destroy();
    await until(async () => (await uploads()) === 0);
    assert.equal(await stored(path), undefined);
  });
});
