import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../scripts/paths.ts";
import { notes, prepare, problems } from "../../scripts/release.ts";
import { Checkout } from "./templates/support.ts";

const changelog = `# Changelog

## Unreleased

### Added

- Something new.

## 0.1.0

- The first.
`;
const template = "templates/labeling-typescript/package.json";

describe("a release", () => {
  let root: string;
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  const ofProject = (file: string) => readFileSync(join(projectRoot, file), "utf8");

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "aidp-release-"));
    for (const file of ["package.json", "policy/package.json", template]) {
      cpSync(join(projectRoot, file), join(root, file), { recursive: true });
    }
    writeFileSync(join(root, "CHANGELOG.md"), changelog);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("sets each version, and dates the changes", () => {
    assert.equal(problems(root, "9.8.7").length, 3);
    const { version: _, ...before } = JSON.parse(text("package.json"));
    prepare(root, "9.8.7", "2026-12-24");
    assert.deepEqual(problems(root, "9.8.7"), []);
    assert.equal(notes(root, "9.8.7"), "### Added\n\n- Something new.");
    assert.match(text("CHANGELOG.md"), /^## Unreleased\n\n## 9\.8\.7 \(2026-12-24\)\n/m);
    const dependency = (file: string) =>
      JSON.parse(text(file)).dependencies["pulumi-ai-data-platform"];
    assert.equal(dependency("policy/package.json"), "9.8.7");
    assert.equal(dependency(template), "^9.8.7");
    // Nothing else of it changes.
    const { version, ...after } = JSON.parse(text("package.json"));
    assert.deepEqual([version, after], ["9.8.7", before]);
  });

  it("refuses what is no version, one that was prepared, and one without changes", () => {
    const refuses = (version: string, why: RegExp) =>
      assert.throws(() => prepare(root, version, "2026-12-24"), why);
    refuses("next", /three numbers like 0\.2\.0, got next/);
    refuses("0.1.0", /already has a section for 0\.1\.0/);
    prepare(root, "9.8.7", "2026-12-24");
    refuses("9.8.8", /has nothing under "## Unreleased"/);
  });

  it("has its changes under Added, Changed and Fixed", () => {
    const headings = [...ofProject("CHANGELOG.md").matchAll(/^### (.*)$/gm)];
    assert.deepEqual(
      headings.filter(([, name = ""]) => !["Added", "Changed", "Fixed"].includes(name)),
      [],
    );
  });

  it("can be packed", function () {
    this.timeout(120_000);
    const folder = join(root, "release");
    const args = ["scripts/release.ts", "pack", folder];
    execFileSync(process.execPath, args, { cwd: projectRoot, stdio: "pipe" });
    const { version } = JSON.parse(ofProject("package.json"));
    assert.ok(statSync(join(folder, `pulumi-ai-data-platform-${version}.tgz`)).size > 100_000);
    assert.equal(JSON.parse(text("release/sbom.cdx.json")).bomFormat, "CycloneDX");
    assert.match(text("release/notes.md"), /\S/);
  });

  it("is published by a workflow that keeps no token, with actions of known commits", () => {
    for (const name of ["ci", "nightly", "release"]) {
      const { jobs } = parse(ofProject(`.github/workflows/${name}.yml`)) as {
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
    const release = ofProject(".github/workflows/release.yml");
    assert.doesNotMatch(release, /NPM_TOKEN|NODE_AUTH_TOKEN|secrets\./);
    // Without the dot, npm takes the path for a repository.
    assert.match(release, /npm publish --provenance --access public \.\/release\/\*\.tgz$/m);
  });

  it("moves the tag v1, which releases nothing by itself", () => {
    const { on, jobs } = parse(ofProject(".github/workflows/release.yml")) as {
      on: { push: { tags: string[] } };
      jobs: { release: { steps: { run?: string }[] } };
    };
    assert.deepEqual(on.push.tags, ["v[0-9]+.[0-9]+.[0-9]+"]);
    const linesWith = (code: number) => {
      const checkout = new Checkout([{ call: /PATCH/, code }]);
      try {
        const env = { GITHUB_REPOSITORY: "acme/aidp", GITHUB_SHA: "0123abc" };
        assert.equal(checkout.run(jobs.release.steps.at(-1)?.run ?? "", env).code, 0);
        return checkout.calls.map(({ line }) => line);
      } finally {
        checkout.remove();
      }
    };
    const moved =
      "gh api --silent --method PATCH repos/acme/aidp/git/refs/tags/v1 --raw-field sha=0123abc --field force=true";
    const made =
      "gh api --silent --method POST repos/acme/aidp/git/refs --raw-field ref=refs/tags/v1 --raw-field sha=0123abc";
    assert.deepEqual(linesWith(0), [moved]);
    assert.deepEqual(linesWith(1), [moved, made]);
  });
});
