import assert from "node:assert/strict";
import { addFault, requests, resetRequests, storeOf } from "../../../harness/emulator.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { uploadSetLifecycle } from "../../../provider/resources/upload-set.ts";
import { useEmulator } from "../../support/emulator.ts";
import { keepEnvironment } from "../../support/environment.ts";
import { platformOf } from "../../support/platform.ts";
import { RawServer } from "../../support/raw-server.ts";
import { useShortWaits } from "../../support/short-waits.ts";

type Inputs = Parameters<typeof uploadSetLifecycle.create>[1];

// `test/slow/buckets.spec.ts` has a server of S3; this one answers what the SDK asks for, two objects a page.
describe("provider: uploads from a bucket", () => {
  useShortWaits();
  const other = useEmulator();
  keepEnvironment(
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_MAX_ATTEMPTS",
  );
  const objects = new Map<string, string>();
  const server = new RawServer();
  let got: string[] = [];

  before(async () => {
    await server.start();
    server.answers(({ url, headers }, response) => {
      const { pathname, searchParams } = new URL(url, "http://s3");
      const key = decodeURIComponent(pathname.replace(/^\/pictures\/?/, ""));
      if (!pathname.startsWith("/pictures")) {
        response
          .writeHead(404)
          .end("<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>");
      } else if (searchParams.has("list-type")) {
        response.end(
          page(searchParams.get("prefix") ?? "", searchParams.get("continuation-token")),
        );
      } else {
        got.push(key);
        const body = objects.get(key) ?? "";
        const isSame = headers["if-match"] === etagOf(body);
        response
          .writeHead(isSame ? 200 : 412, { etag: `"${etagOf(body)}"` })
          .end(isSame ? body : "");
      }
    });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: server.origin,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key-of-the-bucket",
      AWS_SECRET_ACCESS_KEY: "secret-of-the-bucket",
      AWS_MAX_ATTEMPTS: "1",
    });
  });
  after(() => server.stop());
  beforeEach(() => {
    objects.clear();
    for (const name of ["a.jpg", "b c/ü.png", "d.txt", ".hidden.jpg", "folder/"]) {
      objects.set(`signs/${name}`, name.endsWith("/") ? "" : `bytes of ${name}`);
    }
    objects.set("other/e.jpg", "e");
    got = [];
  });

  const etagOf = (body: string) => `${body.length}-${body.slice(-12).replace(/\W/g, "_")}`;
  /** Two objects, and where the next page begins. */
  function page(prefix: string, token: string | null): string {
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
    const from = Number(token ?? 0);
    const contents = keys.slice(from, from + 2).map((key) => {
      const body = objects.get(key) ?? "";
      return `<Contents><Key>${key}</Key><Size>${Buffer.byteLength(body)}</Size><ETag>&quot;${etagOf(body)}&quot;</ETag></Contents>`;
    });
    const isMore = from + 2 < keys.length;
    const next = isMore ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : "";
    return `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`;
  }

  async function check(more: Plain = {}) {
    const news = { folder: "s3://pictures/signs", ...more };
    const defaults = { projectId: undefined, spaceId: other.emulator.spaceId };
    const { inputs, failures, warning } = await uploadSetLifecycle.check(news, {}, defaults);
    const reasons = failures.map(({ reason }) => reason).join();
    return { inputs: inputs as unknown as Inputs, reasons, warning };
  }
  const platform = () =>
    platformOf(other.emulator, { owner: "urn:pulumi:test::labeling::aidp:index:Any::bucket" });

  it("lists all pages, and sends what the patterns mean", async () => {
    const { inputs, reasons } = await check();
    assert.equal(reasons, "");
    assert.deepEqual(Object.keys(inputs.files), ["a.jpg", "b c/ü.png", "d.txt"]);
    assert.deepEqual(got, [], "no object is read at preview");
    const some = await check({ include: ["**/*.{jpg,png}"], exclude: ["b*/**"] });
    assert.deepEqual(Object.keys(some.inputs.files), ["a.jpg"]);
    for (const patterns of [
      { include: ["**/*.{jpg,png}", "!b c/**"] },
      { include: ["**/*.{jpg,png}"], exclude: ["b c"] },
      { include: ["**/*.{jpg,png}"], exclude: ["b c/"] },
    ]) {
      assert.deepEqual(Object.keys((await check(patterns)).inputs.files), ["a.jpg"]);
    }
    assert.deepEqual(Object.keys((await check({ folder: "s3://pictures" })).inputs.files), [
      "other/e.jpg",
      "signs/a.jpg",
      "signs/b c/ü.png",
      "signs/d.txt",
    ]);
    const { state } = await uploadSetLifecycle.create(platform(), inputs);
    const { files } = await storeOf(other.emulator);
    const sizes = Object.values(state.paths).map(
      (path) => files.find((each) => each.path === path)?.size,
    );
    assert.deepEqual(
      sizes,
      ["a.jpg", "b c/ü.png", "d.txt"].map((name) => Buffer.byteLength(`bytes of ${name}`)),
    );
    assert.doesNotMatch(JSON.stringify(state), /of-the-bucket/);
  });

  it("sends an object again if it changed, reads it again for a second attempt, and refuses it if it changes late", async () => {
    const { inputs } = await check();
    const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
    assert.equal(uploadSetLifecycle.diff(state, (await check()).inputs).changed, false);
    objects.set("signs/a.jpg", "other bytes of a.jpg");
    const changed = (await check()).inputs;
    assert.equal(uploadSetLifecycle.diff(state, changed).changed, true);
    got = [];
    await resetRequests(other.emulator);
    await addFault(other.emulator, { operation: "putFile", status: 503, times: 1 });
    await uploadSetLifecycle.update(platform(), id, state, changed);
    assert.deepEqual(got, ["signs/a.jpg", "signs/a.jpg"]);
    assert.equal((await requests(other.emulator)).files.put, 2);
    objects.set("signs/a.jpg", "bytes of the last moment");
    const late = await uploadSetLifecycle
      .update(platform(), id, state, changed)
      .catch((error) => error);
    assert.match(late.reasons.join(), /"a\.jpg": the file changed in the bucket since the preview/);
  });

  it("names public objects by their URLs instead, and sends nothing", async () => {
    const { inputs, reasons } = await check({ by: "url" });
    assert.equal(reasons, "");
    await resetRequests(other.emulator);
    const { id, state } = await uploadSetLifecycle.create(platform(), inputs);
    assert.deepEqual(state.paths, {
      "a.jpg": `${server.origin}/pictures/signs/a.jpg#${etagOf("bytes of a.jpg")}`,
      "b c/ü.png": `${server.origin}/pictures/signs/b%20c/%C3%BC.png#${etagOf("bytes of b c/ü.png")}`,
      "d.txt": `${server.origin}/pictures/signs/d.txt#${etagOf("bytes of d.txt")}`,
    });
    const read = await uploadSetLifecycle.read(platform(), id, state);
    assert.deepEqual(read?.state.paths, state.paths);
    assert.deepEqual([got, (await requests(other.emulator)).total], [[], 0]);
    objects.set("signs/a.jpg", "other bytes of a.jpg");
    const changed = (await check({ by: "url" })).inputs;
    assert.equal(uploadSetLifecycle.diff(state, changed).changed, true);
    const next = await uploadSetLifecycle.update(platform(), id, state, changed);
    assert.match(next.paths["a.jpg"] ?? "", /#20-/);
    // Copies take the place of the URLs.
    const copies = await uploadSetLifecycle.update(platform(), id, next, (await check()).inputs);
    assert.match(copies.paths["a.jpg"] ?? "", /^uploads/);
    const local = await check({ folder: "test", by: "url" });
    assert.match(local.reasons, /^folder test: its files have no URL: by: "url" is for pictures/);
  });

  it("decodes no picture, and says so", async () => {
    const said = await check({ findings: { similar: "warn" } });
    assert.match(said.warning ?? "", /"similar" was not looked for, as pictures in a bucket/);
    const refused = await check({ findings: { damaged: "refuse" } });
    assert.match(refused.reasons, /"damaged" was not looked for, .*set findings: \{ damaged: /);
  });

  it("refuses what is empty, not there, or cannot be listed, and warns of the same bytes twice", async () => {
    objects.set("signs/f.jpg", "bytes of a.jpg");
    assert.match((await check()).warning ?? "", /duplicate: 1 file, .*: f\.jpg \(as a\.jpg\)/);
    objects.set("signs/empty.jpg", "");
    assert.match((await check()).reasons, /file "empty\.jpg" is empty/);
    assert.match((await check({ folder: "s3://pictures/none" })).reasons, /has no file to upload/);
    const { reasons } = await check({ folder: "s3://missing/x" });
    assert.match(
      reasons,
      /^folder s3:\/\/missing\/x: the bucket cannot be listed \(NoSuchBucket: no\)/,
    );
    assert.match((await check({ folder: "gs://x" })).reasons, /must be a local folder, or s3:\/\//);
  });
});
