import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";
import { temporaryFolder } from "../scripts/temporary-folder.ts";

const passing = 'describe("good", () => { it("passes", () => {}); it("passes too", () => {}); });';

describe("npm test", () => {
  const folder = temporaryFolder();

  /** Runs the runner on specs with these texts. */
  function run(specs: Record<string, string>, ...args: string[]) {
    writeFileSync(join(folder(), "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(specs)) {
      writeFileSync(join(folder(), `${name}.spec.ts`), text);
    }
    const script = join(projectRoot, "scripts", "test.ts");
    const paths = args.some((arg) => !arg.startsWith("-")) ? args : [folder(), ...args];
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...paths], {
      cwd: folder(),
      encoding: "utf8",
    });
    return { stdout, stderr, status, lastLine: stdout.trimEnd().split("\n").at(-1) };
  }

  it("counts what passes, reads TypeScript, and names what is skipped", () => {
    const types =
      'const n: number = 1; describe("t", () => { it("x", () => n); it.skip("y", () => n); });';
    const { stdout, lastLine, status } = run({ good: passing, types });
    assert.equal(lastLine, "3 passed, 0 failed");
    assert.match(stdout, /^1 skipped$/m);
    assert.equal(status, 0);
  });

  it("fails for each kind of broken spec, with the reason above the last line", () => {
    const { stdout, lastLine, status } = run({
      good: passing,
      test: 'it("bad", () => { throw new Error("a test fails"); });',
      before:
        'describe("h", () => { before(() => { throw new Error("a hook fails"); }); it("x", () => {}); });',
      after:
        'describe("h", () => { after(() => { throw new Error("a late hook fails"); }); it("x", () => {}); });',
      load: 'throw new Error("it does not load");',
      import: 'import "./what is not there.ts";',
      syntax: "enum NotForNode { x }",
    });
    assert.equal(lastLine, "3 passed, 6 failed");
    for (const reason of [
      ...["a test fails", "a hook fails", "a late hook fails"],
      ...["load.spec.ts did not load, or ended its process: it does not load"],
      ...["import.spec.ts did not load, or ended its process: Cannot find module"],
      ...["syntax.spec.ts did not load, or ended its process: "],
    ]) {
      assert.ok(stdout.includes(reason), reason);
    }
    assert.equal(status, 1);
  });

  it("names the spec that ended its process", () => {
    const { stdout, lastLine, status } = run({
      good: passing,
      bad: 'it("ends", () => process.exit(0));',
    });
    assert.equal(lastLine, "2 passed, 1 failed");
    assert.match(stdout, /bad\.spec\.ts/);
    assert.equal(status, 1);
  });

  it("fails when there are no tests", () => {
    const { lastLine, status } = run({ good: passing }, "--grep=no such name");
    assert.equal(lastLine, "0 passed, 0 failed");
    assert.equal(status, 1);
  });

  it("runs only the file or folder that is named", () => {
    mkdirSync(join(folder(), "inner"));
    const inner = join("inner", "one");
    const specs = { good: passing, [inner]: 'it("one", () => {});' };
    assert.equal(run(specs, "inner").lastLine, "1 passed, 0 failed");
    assert.equal(run(specs, `${inner}.spec.ts`).lastLine, "1 passed, 0 failed");
    assert.equal(run(specs, "--grep=passes too").lastLine, "1 passed, 0 failed");
  });

  it("says in one sentence that a file is not there", () => {
    const { stderr, status } = run({}, "nowhere");
    assert.equal(stderr, "There is no file or folder nowhere.\n");
    assert.equal(status, 1);
  });
});
