import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDvcHashes } from "../../../provider/disk/dvc.ts";
import { readRevision, withoutCredentials } from "../../../provider/disk/revision.ts";
import { commitAll } from "../../support/git.ts";

describe("provider: the revision of a folder", () => {
  let folder = "";
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-revision-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is the commit, and whether files that git knows were changed", async () => {
    writeFileSync(join(folder, "a"), "1");
    const commit = commitAll(folder);
    writeFileSync(join(folder, "report.json"), "{}");
    assert.deepEqual(await readRevision(folder, {}), { commit });
    writeFileSync(join(folder, "a"), "2");
    assert.deepEqual(await readRevision(folder, {}), { commit: `${commit}-dirty` });
  });

  it("names the remote, origin first, without credentials", async () => {
    const commit = commitAll(folder);
    git("remote", "add", "fork", "git@example.com:me/labels.git");
    assert.deepEqual(await readRevision(folder, {}), {
      repository: "git@example.com:me/labels.git",
      commit,
    });
    git("remote", "add", "origin", "https://bot:t0ken@example.com/us/labels.git");
    assert.deepEqual(await readRevision(folder, {}), {
      repository: "https://example.com/us/labels.git",
      commit,
    });
  });

  it("is that of a shallow clone with a detached head too", async () => {
    commitAll(folder);
    const commit = commitAll(folder);
    git("clone", "-q", "--depth", "1", `file://${folder}`, "clone");
    const clone = join(folder, "clone");
    execFileSync("git", ["checkout", "-q", "--detach"], { cwd: clone });
    assert.deepEqual(await readRevision(clone, {}), { repository: `file://${folder}`, commit });
  });

  it("is what a CI system says where git cannot tell, and otherwise a reason", async () => {
    const gitHub = {
      GITHUB_SHA: "1f2e",
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "us/labels",
    };
    assert.deepEqual(await readRevision(folder, gitHub), {
      repository: "https://github.example/us/labels",
      commit: "1f2e",
    });
    const gitLab = { CI_COMMIT_SHA: "3d4c", CI_PROJECT_URL: "https://gitlab.example/us/labels" };
    assert.deepEqual(await readRevision(folder, gitLab), {
      repository: "https://gitlab.example/us/labels",
      commit: "3d4c",
    });
    assert.equal(await readRevision(folder, {}), "the program's folder is in no git repository");
    git("init", "-q");
    assert.equal(await readRevision(folder, {}), "the git repository has no commit yet");
  });

  for (const [url, expected] of [
    ["https://example.com/a.git", "https://example.com/a.git"],
    ["https://t0ken@example.com/a.git?t0ken#t0ken", "https://example.com/a.git"],
    ["https://me:t0k/en@example.com:8443/a.git", "https://example.com:8443/a.git"],
    ["git@example.com:us/a.git", "git@example.com:us/a.git"],
    ["ssh://git@example.com:22/a.git", "ssh://git@example.com:22/a.git"],
    ["ssh://git:t0ken@example.com/a.git", "ssh://git@example.com/a.git"],
    ["git+ssh://git:t0k@en@example.com/a.git", "git+ssh://git@example.com/a.git"],
    ["codecommit::eu-west-1://t0ken@labels", "codecommit::eu-west-1://labels"],
    ["bot:t0ken@example.com:us/a.git", "example.com:us/a.git"],
    ["bot:t0k@en@example.com/us/a.git", "example.com/us/a.git"],
    ["example.com:us/a@v2.git", "example.com:us/a@v2.git"],
    ["C:\\code\\a@v2", "C:\\code\\a@v2"],
    ["../labels.git", "../labels.git"],
  ] as const) {
    it(`has of ${url} what lets nobody in`, () => {
      assert.equal(withoutCredentials(url), expected);
    });
  }

  it("has the hash of DVC, from the file beside it, from a folder around it, and from a pipeline", async () => {
    mkdirSync(join(folder, ".dvc"));
    mkdirSync(join(folder, "data/photos"), { recursive: true });
    writeFileSync(join(folder, "data/photos.dvc"), "outs:\n- md5: 1a2b.dir\n  path: photos\n");
    const lock =
      "schema: '2.0'\nstages:\n  split:\n    cmd: split\n    outs:\n    - path: data/items.csv\n      md5: 3c4d\n";
    writeFileSync(join(folder, "dvc.lock"), lock);
    const hash = async (path: string) => Object.values(await readDvcHashes(path));
    assert.deepEqual(await hash(join(folder, "data/photos")), ["1a2b.dir"]);
    assert.deepEqual(await hash(join(folder, "data/photos/city/1.jpg")), ["1a2b.dir"]);
    assert.deepEqual(await hash(join(folder, "data/items.csv")), ["3c4d"]);
    assert.deepEqual(await hash(join(folder, "data/others.csv")), []);
    assert.deepEqual(await hash("s3://bucket/photos"), []);
  });

  it("has the hashes of DVC of the parts of a folder, unless they are too many", async () => {
    const photos = join(folder, "photos");
    mkdirSync(join(photos, "b"), { recursive: true });
    mkdirSync(join(folder, ".dvc"));
    writeFileSync(join(photos, "a.dvc"), "outs:\n- md5: 1a.dir\n  path: a\n");
    writeFileSync(join(photos, "b/c.dvc"), "outs:\n- md5: 2b.dir\n  path: c\n");
    writeFileSync(join(photos, "broken.dvc"), "outs: [");
    const lock = "stages:\n  s:\n    outs:\n    - path: photos/z\n      md5: 3c.dir\n";
    writeFileSync(join(folder, "dvc.lock"), lock);
    assert.deepEqual(await readDvcHashes(photos), {
      [join(photos, "a")]: "1a.dir",
      [join(photos, "b/c")]: "2b.dir",
      [join(photos, "z")]: "3c.dir",
    });
    assert.deepEqual(await readDvcHashes(join(photos, "b/d")), {});
    for (let index = 0; index < 20; index += 1) {
      const file = join(photos, `${index}.jpg.dvc`);
      writeFileSync(file, `outs:\n- md5: ${index}d\n  path: ${index}.jpg\n`);
    }
    assert.deepEqual(await readDvcHashes(photos), {});
  });
});
