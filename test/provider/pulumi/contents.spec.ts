import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestEntries, isDigest } from "../../../provider/lifecycle/packed-values.ts";
import { hold, leave, open, pickUp, recall, share } from "../../../provider/pulumi/contents.ts";
import { pack, unpackedValue } from "../../../provider/pulumi/packing.ts";
import { keepEnvironment } from "../../support/environment.ts";

const module = new URL("../../../provider/pulumi/contents.ts", import.meta.url).href;

/** What another process prints that runs this code with `open` at hand. */
function elsewhere(code: string): string {
  const script = `import { open } from ${JSON.stringify(module)}; ${code}`;
  const options = { maxBuffer: 64 * 1024 * 1024 };
  return execFileSync(
    process.execPath,
    ["--input-type=module", "--eval", script],
    options,
  ).toString();
}

/** A map that is too large for one chunk. */
function large(): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 60_000 }, (_, index) => [`key ${index}`, `${index} ${"x".repeat(100)}`]),
  );
}

describe("provider: the contents of large maps", () => {
  let folder: string;
  keepEnvironment("XDG_CACHE_HOME");
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-cache-"));
    process.env.XDG_CACHE_HOME = folder;
  });
  after(() => rmSync(folder, { recursive: true }));
  const shared = () => join(folder, "pulumi-ai-data-platform", "contents");

  it("have one digest in whatever order, and another one for whatever differs", () => {
    const digest = digestEntries({ a: "1", b: "2" });
    assert.match(digest, /^2 entries, SHA-256 [0-9a-f]{64}$/);
    assert.equal(digestEntries({ b: "2", a: "1" }), digest);
    const others = [{ a: "1", b: "3" }, { a: "1", c: "2" }, { a: "1" }, ["1", "2"], { a: '1","b' }];
    assert.equal(new Set([digest, ...others.map(digestEntries)]).size, others.length + 1);
    assert.notEqual(digestEntries(["1", "2"]), digestEntries(["2", "1"]));
    assert.ok(isDigest(digest) && !isDigest(`${digest} `) && !isDigest({ [digest]: [] }));
  });

  it("come out of outputs as they went in, in another process too", () => {
    for (const value of [large(), Object.keys(large()), {}, JSON.parse('{"__proto__":"own"}')]) {
      const packed = pack(value);
      assert.deepEqual(Object.keys(packed), [digestEntries(value)]);
      assert.deepEqual(unpackedValue(packed), value);
    }
    writeFileSync(join(folder, "packed.json"), JSON.stringify(pack(large())));
    const packing = new URL("../../../provider/pulumi/packing.ts", import.meta.url).href;
    const code = `const { unpackedValue } = await import(${JSON.stringify(packing)});
      const packed = JSON.parse((await import("node:fs")).readFileSync(${JSON.stringify(join(folder, "packed.json"))}));
      process.stdout.write(Object.values(unpackedValue(packed)).join());`;
    assert.equal(elsewhere(code), Object.values(large()).join());
  });

  it("are at hand in the process that holds them, and in another one once they are shared", () => {
    const digest = hold({ a: "held here" });
    assert.deepEqual(
      recall(digest, () => []),
      { a: "held here" },
    );
    const code = `process.stdout.write(JSON.stringify(open(${JSON.stringify(digest)}) ?? null));`;
    assert.equal(elsewhere(code), "null");
    share(digest);
    assert.equal(elsewhere(code), '{"a":"held here"}');
  });

  it("cannot be read from the cache without the digest, and are not taken if somebody changed them", () => {
    const digest = hold({ a: "seen by nobody" });
    share(digest);
    const files = readdirSync(shared()).map((name) => join(shared(), name));
    const texts = files.map((file) => readFileSync(file, "latin1")).join();
    assert.ok(files.length > 0 && !/seen|H4sI|[0-9a-f]{64}/.test(texts));
    for (const file of files) {
      const bytes = readFileSync(file);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    }
    const code = `process.stdout.write(String(open(${JSON.stringify(digest)})));`;
    assert.equal(elsewhere(code), "undefined");
  });

  it("that a program leaves are picked up in another process, whatever its own cache folder is", () => {
    const value = JSON.parse('{"b":"left","a":"here","__proto__":"own"}');
    const left = leave(value, JSON.stringify(value));
    const code = `const { pickUp } = await import(${JSON.stringify(module)});
      process.env.XDG_CACHE_HOME = "/nonexistent";
      process.stdout.write(JSON.stringify(pickUp(${JSON.stringify(left)})));`;
    assert.equal(elsewhere(code), JSON.stringify(value));
    for (const other of [undefined, "text", {}, { a: "text" }, pack({ a: "packed" }), [left]]) {
      assert.equal(pickUp(other), undefined);
    }

    for (const name of readdirSync(shared())) {
      writeFileSync(join(shared(), name), "damaged");
    }
    assert.throws(() => pickUp(left));
    assert.deepEqual(pickUp(leave(value, JSON.stringify(value))), value);
  });

  it("that a program leaves stay while it waits, for thirty days", () => {
    const code = `const { leave } = await import(${JSON.stringify(module)});
      const { mock } = await import("node:test");
      const { readdirSync, statSync, utimesSync } = await import("node:fs");
      mock.timers.enable({ apis: ["Date", "setInterval"], now: Date.now() });
      leave({ a: "waits" }, '{"a":"waits"}');
      const folder = ${JSON.stringify(shared())};
      const isRenewedIn = (days) => {
        for (const name of readdirSync(folder)) {
          utimesSync(folder + "/" + name, new Date(0), new Date(0));
        }
        mock.timers.tick(days * 24 * 60 * 60 * 1000);
        return readdirSync(folder).some((name) => statSync(folder + "/" + name).mtimeMs > 0);
      };
      process.stdout.write([isRenewedIn(1), isRenewedIn(28), isRenewedIn(2)].join());`;
    assert.equal(elsewhere(code), "true,true,false");
  });

  it("leave the cache after a day without use", () => {
    share(hold({ a: "old" }));
    const past = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const name of readdirSync(shared())) {
      utimesSync(join(shared(), name), past, past);
    }
    share(hold({ a: "new" }));
    assert.equal(readdirSync(shared()).length, 1);
  });

  it("are not shared where there is no place for them, which is no failure", () => {
    process.env.XDG_CACHE_HOME = join(folder, "packed.json");
    const digest = hold({ a: "no place" });
    share(digest);
    assert.deepEqual(open(digest), { a: "no place" });
    assert.equal(leave({ a: "no place" }, '{"a":"no place"}'), undefined);
    process.env.XDG_CACHE_HOME = folder;
  });
});
