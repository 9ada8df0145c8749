import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import * as aidp from "pulumi-ai-data-platform";
import { requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { uploadSetLifecycle } from "../../provider/resources/upload-set.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { keepEnvironment } from "../support/environment.ts";
import { platformOf } from "../support/platform.ts";
import { TestStack } from "../support/stack.ts";

const photos = join(projectRoot, "examples", "quickstart", "photos");

describe("pictures in a bucket of S3", function () {
  this.timeout(300_000);
  const other = useEmulator();
  const names = ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
  keepEnvironment(...names);
  const folder = mkdtempSync(join(tmpdir(), "aidp-buckets-"));
  let server: ChildProcess | undefined;
  let client: S3Client;
  let stack: TestStack;

  before(async function () {
    const bin = join(folder, "venv", "bin");
    const hasVenv = spawnSync("python3", ["-m", "venv", join(folder, "venv")]).status === 0;
    const install = ["-m", "pip", "install", "-q", "moto[server]"];
    if (!hasVenv || spawnSync(join(bin, "python"), install).status !== 0) {
      // The server of S3 is a package of Python.
      this.skip();
    }
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    server = spawn(join(bin, "moto_server"), ["-p", String(port)], { stdio: "ignore" });
    const settings = {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key-of-the-bucket",
      AWS_SECRET_ACCESS_KEY: "secret-of-the-bucket",
    };
    Object.assign(process.env, settings);
    client = new S3Client({ forcePathStyle: true });
    while (!(await isServing(url))) {
      await delay(50);
    }
    await client.send(new CreateBucketCommand({ Bucket: "pictures" }));
    stack = await TestStack.create({ ...environmentOf(other.emulator), ...settings });
  });
  after(async () => {
    await stack?.remove();
    server?.kill();
    rmSync(folder, { recursive: true });
  });

  const put = (name: string, body: Buffer | string = readFileSync(join(photos, name))) =>
    client.send(new PutObjectCommand({ Bucket: "pictures", Key: `signs/${name}`, Body: body }));
  const program =
    (more: object = {}) =>
    async () => {
      new aidp.Dataset("photos", { batchName: "photos", folder: "s3://pictures/signs", ...more });
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
    assert.doesNotMatch(stack.stateText(), /of-the-bucket/);
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
    await client.send(new DeleteObjectCommand({ Bucket: "pictures", Key: "signs/rocket.jpg" }));
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
    assert.match(await check({ folder: "s3://pictures/signs/" }), /file "empty\.jpg" is empty/);
    const include = ["c*.png", "notes.*"];
    assert.equal(await check({ folder: "s3://pictures/signs", include }), "");
    assert.match(await check({ folder: "s3://pictures/none" }), /has no file to upload/);
    assert.match(
      await check({ folder: "s3://no-such-bucket" }),
      /folder s3:\/\/no-such-bucket: the bucket cannot be listed \(NoSuchBucket: .*\): check its name/,
    );
    assert.match(await check({ folder: "ftp://pictures" }), /must be a local folder, or s3:\/\//);
  });

  it("are refused if they change between preview and update", async () => {
    const defaults = { projectId: undefined, spaceId: other.emulator.spaceId };
    const news = { folder: "s3://pictures/signs", include: ["coins.png"] };
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
});

async function isServing(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
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
