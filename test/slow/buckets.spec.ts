import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as aidp from "pulumi-ai-data-platform";
import { requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { uploadSetLifecycle } from "../../provider/resources/upload-set.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { azurite, type BucketServer, fakeGcs, moto } from "../support/bucket-servers.ts";
import { useEmulator } from "../support/emulator.ts";
import { keepEnvironment } from "../support/environment.ts";
import { platformOf } from "../support/platform.ts";
import { TestStack } from "../support/stack.ts";

const photos = join(projectRoot, "examples", "quickstart", "photos");

for (const kind of [moto, fakeGcs, azurite]) {
  describe(`pictures in a bucket of ${kind.name}`, function () {
    // A server that is built from its source takes minutes.
    this.timeout(600_000);
    specs(kind);
  });
}

function specs(kind: BucketServer): void {
  const { scheme } = kind;
  const other = useEmulator();
  keepEnvironment(...Object.keys(kind.settings("")));
  const folder = mkdtempSync(join(tmpdir(), "aidp-buckets-"));
  let server: ChildProcess | undefined;
  let client: ReturnType<BucketServer["connect"]>;
  let stack: TestStack;

  before(async function () {
    if (!kind.install(folder)) {
      this.skip();
    }
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    server = kind.start(folder, port);
    const settings = kind.settings(url);
    Object.assign(process.env, settings);
    while (!(await isServing(url))) {
      assert.equal(server.exitCode, null, "the server has ended");
      await delay(50);
    }
    client = kind.connect(url);
    await client.create();
    stack = await TestStack.create({ ...environmentOf(other.emulator), ...settings });
  });
  after(async () => {
    await stack?.remove();
    if (server?.kill()) {
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true });
  });

  const put = (name: string, body: Buffer | string = readFileSync(join(photos, name))) =>
    client.put(`signs/${name}`, Buffer.from(body));
  const program =
    (more: object = {}) =>
    async () => {
      new aidp.Dataset("photos", {
        batchName: "photos",
        folder: `${scheme}://pictures/signs`,
        ...more,
      });
    };
  const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

  it("become work items, and go into the space byte by byte", async () => {
    await put("rocket.jpg");
    await put("coins.png");
    await put("notes.txt", "text");
    await put("", "");
    await stack.preview(program());
    await stack.up(program());
    const { files, workItems } = await storeOf(other.emulator);
    assert.deepEqual(
      files.map((file) => file.sha256).sort(),
      ["coins.png", "rocket.jpg"].map((name) => sha256(readFileSync(join(photos, name)))).sort(),
    );
    assert.deepEqual(files.map(({ contentType }) => contentType).sort(), [
      "image/jpeg",
      "image/png",
    ]);
    assert.deepEqual(workItems.map(({ metadata }) => metadata?.pulumiFile).sort(), [
      "coins.png",
      "rocket.jpg",
    ]);
    assert.doesNotMatch(stack.stateText(), /of-the-bucket|c2VjcmV0/);
  });

  it("are sent again only if they change", async () => {
    await resetRequests(other.emulator);
    assert.deepEqual((await stack.up(program())).changes, { same: 5 });
    assert.equal((await requests(other.emulator)).total, 0);
    await put(
      "rocket.jpg",
      Buffer.concat([readFileSync(join(photos, "rocket.jpg")), Buffer.from("x")]),
    );
    await stack.up(program());
    assert.equal((await requests(other.emulator)).files.put, 1);
    await client.remove("signs/rocket.jpg");
    await stack.up(program());
    const { workItems } = await storeOf(other.emulator);
    assert.equal(workItems.filter(({ status }) => status !== "FAILED").length, 1);
  });

  it("are refused where they are empty, are not there, or cannot be listed", async () => {
    const check = async (news: object) => {
      const defaults = { projectId: undefined, spaceId: other.emulator.spaceId };
      const { failures } = await uploadSetLifecycle.check({ ...news }, {}, defaults);
      return failures.map(({ reason }) => reason).join();
    };
    await put("empty.jpg", "");
    assert.match(
      await check({ folder: `${scheme}://pictures/signs/` }),
      /file "empty\.jpg" is empty/,
    );
    const include = ["c*.png", "notes.*"];
    assert.equal(await check({ folder: `${scheme}://pictures/signs`, include }), "");
    assert.match(await check({ folder: `${scheme}://pictures/none` }), /has no file to upload/);
    const reasons = await check({ folder: `${scheme}://no-such-bucket` });
    const start = `folder ${scheme}://no-such-bucket: the bucket cannot be listed (`;
    assert.equal(reasons.slice(0, start.length), start);
    assert.match(reasons, kind.missing);
    assert.doesNotMatch(reasons, /\n/);
    assert.match(await check({ folder: "ftp://pictures" }), /must be a local folder, or s3:\/\//);
  });

  it("are read before they are sent where that is asked for", async () => {
    const defaults = { projectId: undefined, spaceId: other.emulator.spaceId };
    const news = { folder: `${scheme}://pictures/broken`, findings: { broken: "refuse" } };
    const whole = readFileSync(join(photos, "rocket.jpg"));
    await client.put("broken/whole.jpg", whole);
    await client.put("broken/cut.jpg", whole.subarray(0, -100));
    // Too large for one part.
    await client.put("broken/large.jpg", Buffer.concat([whole, Buffer.alloc(2 ** 20)]));
    const { failures } = await uploadSetLifecycle.check(news, {}, defaults);
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      [
        `folder ${scheme}://pictures/broken: file "cut.jpg" is not a whole picture: fetch it once more. Leave it out, or let it pass with findings: { broken: "ignore" }`,
      ],
    );
  });

  it("are refused if they change between preview and update", async () => {
    const defaults = { projectId: undefined, spaceId: other.emulator.spaceId };
    const news = { folder: `${scheme}://pictures/signs`, include: ["coins.png"] };
    const { inputs } = await uploadSetLifecycle.check(news, {}, defaults);
    await put("coins.png", "other bytes");
    const owner = "urn:pulumi:test::labeling::aidp:index:Any::coins";
    const creation = uploadSetLifecycle.create(
      platformOf(other.emulator, { owner }),
      inputs as unknown as Parameters<typeof uploadSetLifecycle.create>[1],
    );
    const failure = await creation.catch((error) => error);
    assert.match(failure.reasons.join(), /the file changed in the bucket since the preview/);
  });
}

/** Any answer will do: not every server has something at its root. */
async function isServing(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
