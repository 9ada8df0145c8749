import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmPack } from "../../scripts/npm-pack.ts";
import { projectRoot } from "../../scripts/paths.ts";

const mostBytes = 2 * 1024 * 1024;

describe("what npm pack packs", function () {
  this.timeout(120_000);
  let folder: string;
  let files: string[];
  const text = (file: string) => readFileSync(join(folder, "package", file), "utf8");
  const manifest = () => JSON.parse(text("package.json"));

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-pack-"));
    execFileSync("npm", ["run", "prepack"], { cwd: projectRoot, stdio: "pipe" });
    // Without the build, which would take `dist` from under the other specs.
    const tarball = npmPack(folder);
    assert.ok(statSync(tarball).size < mostBytes);
    execFileSync("tar", ["-xzf", tarball], { cwd: folder });
    files = globSync("**/*", { cwd: join(folder, "package"), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "package/").length));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is what is built, with its static files, and little else", () => {
    for (const room of ["provider", "policy", "report", "cli", "emulator"]) {
      assert.ok(
        files.some((file) => file.startsWith(`dist/${room}/`)),
        room,
      );
    }
    const stat = globSync("{emulator,report}/**/*.{yaml,css,html,svg,js}", { cwd: projectRoot });
    assert.ok(stat.length > 5);
    assert.deepEqual(
      stat.filter((file) => !files.includes(join("dist", file))),
      [],
    );
    assert.ok(files.includes("docs/buckets.md") && files.includes("docs/reference/README.md"));
    // What the component for GitLab calls.
    const scripts = globSync(["ci/*.*", "ci/gitlab/*"], { cwd: projectRoot });
    assert.deepEqual(files.filter((file) => file.startsWith("ci/")).sort(), scripts.sort());
    const others = files.filter((file) => !/^(ci|dist|docs)\//.test(file));
    assert.deepEqual(others.sort(), [
      ...["LICENSE", "README.md", "package.json", "policy/PulumiPolicy.yaml", "policy/main.mjs"],
      ...["policy/package.json", "sbom.cdx.json"],
    ]);
  });

  it("is no test, no data, no picture, no key and no path of this machine", () => {
    const kinds = /\.(js|d\.ts|mjs|sh|json|yaml|md|css|html|svg)$|^LICENSE$/;
    assert.deepEqual(
      files.filter((file) => !kinds.test(file)),
      [],
    );
    assert.deepEqual(
      files.filter((file) => /(^|\/)(tests?|\.env.*|node_modules)(\/|$)|\.spec\./.test(file)),
      [],
    );
    for (const file of files) {
      const content = text(file);
      assert.ok(!content.includes(projectRoot), file);
      assert.doesNotMatch(content, /-----BEGIN [A-Z ]*PRIVATE KEY-----|sourceMappingURL/, file);
    }
  });

  it("has every entry that its manifest names, and a command that can be run", () => {
    const { exports, bin, main, types } = manifest();
    const entries = [
      main,
      types,
      ...Object.values(exports).flatMap((entry) =>
        typeof entry === "string" ? [entry] : Object.values(entry as object),
      ),
    ];
    for (const entry of entries) {
      assert.ok(existsSync(join(folder, "package", entry)), entry);
    }
    const command = join(folder, "package", bin.aidp);
    accessSync(command, constants.X_OK);
    assert.match(readFileSync(command, "utf8"), /^#!\/usr\/bin\/env node\n/);
  });

  it("says in CycloneDX what it runs on", () => {
    const sbom = JSON.parse(text("sbom.cdx.json"));
    assert.equal(sbom.bomFormat, "CycloneDX");
    assert.match(sbom.metadata.component["bom-ref"], /^pulumi-ai-data-platform@/);
    const named = new Set(
      sbom.components.map((component: { "bom-ref": string }) =>
        component["bom-ref"].replace(/@[^@]*$/, ""),
      ),
    );
    const { dependencies, optionalDependencies } = manifest();
    const runtime = Object.keys({ ...dependencies, ...optionalDependencies });
    assert.deepEqual(
      runtime.filter((name) => !named.has(name)),
      [],
    );
    assert.deepEqual(
      ["mocha", "fast-check", "knip", "typescript"].filter((name) => named.has(name)),
      [],
    );
  });
});
