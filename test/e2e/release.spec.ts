import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../scripts/paths.ts";
import { notes, prepare, problems } from "../../scripts/release.ts";

describe("a release", () => {
  let root: string;
  const text = (file: string) => readFileSync(join(root, file), "utf8");

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "aidp-release-"));
    mkdirSync(join(root, "policy"));
    for (const file of ["package.json", "policy/package.json", "CHANGELOG.md"]) {
      cpSync(join(projectRoot, file), join(root, file));
    }
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("sets each version, and dates the changes", () => {
    assert.notDeepEqual(problems(root, "9.8.7"), []);
    const changes = text("CHANGELOG.md").split("## 0.1.0")[0]?.split("## Unreleased")[1]?.trim();
    prepare(root, "9.8.7", "2026-12-24");
    assert.deepEqual(problems(root, "9.8.7"), []);
    assert.equal(notes(root, "9.8.7"), changes);
    assert.match(text("CHANGELOG.md"), /^## Unreleased\n\n## 9\.8\.7 \(2026-12-24\)\n/m);
    assert.equal(
      JSON.parse(text("policy/package.json")).dependencies["pulumi-ai-data-platform"],
      "9.8.7",
    );
    // Nothing else of it changes.
    const { version: _, ...before } = JSON.parse(
      readFileSync(join(projectRoot, "package.json"), "utf8"),
    );
    const { version, ...after } = JSON.parse(text("package.json"));
    assert.deepEqual([version, after], ["9.8.7", before]);
  });

  it("refuses what is no version", () => {
    assert.throws(
      () => prepare(root, "next", "2026-12-24"),
      /three numbers like 0\.2\.0, got next/,
    );
  });

  it("has its changes under Added, Changed and Fixed", () => {
    const headings = [...text("CHANGELOG.md").matchAll(/^### (.*)$/gm)].map(([, name]) => name);
    assert.deepEqual(
      headings.filter((name) => !["Added", "Changed", "Fixed"].includes(name ?? "")),
      [],
    );
  });

  it("can be packed, and is one that npm would take", function () {
    this.timeout(120_000);
    const folder = join(root, "release");
    const run = (command: string, ...args: string[]) =>
      execFileSync(command, args, { cwd: projectRoot, encoding: "utf8", stdio: "pipe" });
    run(process.execPath, "scripts/release.ts", "pack", folder);
    assert.equal(JSON.parse(text("release/sbom.cdx.json")).bomFormat, "CycloneDX");
    assert.match(text("release/notes.md"), /\S/);
    const [tarball = ""] = globSync("*.tgz", { cwd: folder });
    const publish = ["publish", "--dry-run", "--ignore-scripts", "--json", join(folder, tarball)];
    assert.match(run("npm", ...publish), /"pulumi-ai-data-platform@/);
  });

  it("is published by a workflow that keeps no token, with actions of known commits", () => {
    for (const name of ["ci", "nightly", "release"]) {
      const file = join(projectRoot, ".github", "workflows", `${name}.yml`);
      const { jobs } = parse(readFileSync(file, "utf8")) as {
        jobs: Record<string, { steps: { uses?: string }[] }>;
      };
      const used = Object.values(jobs).flatMap(({ steps }) =>
        steps.flatMap(({ uses }) => uses ?? []),
      );
      assert.deepEqual(
        used.filter((each) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(each)),
        [],
      );
    }
    const release = readFileSync(join(projectRoot, ".github/workflows/release.yml"), "utf8");
    assert.doesNotMatch(release, /NPM_TOKEN|NODE_AUTH_TOKEN|secrets\./);
  });
});
