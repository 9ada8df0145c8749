import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dependenciesOf, libraryFor } from "../../../cli/import/library.ts";

const library = "pulumi-ai-data-platform";

describe("aidp import: how the program depends on the library", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-library-"));
    mkdirSync(join(folder, "project/below"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const installed = (project: object): void =>
    writeFileSync(join(folder, "project/package.json"), JSON.stringify(project));
  const seenFrom = (target: string, at = "project"): Promise<string | undefined> =>
    libraryFor(join(folder, target), join(folder, at));

  it("is the packed file that the project has, from the program's own folder", async () => {
    installed({ dependencies: { [library]: "file:../packed/library.tgz" } });
    assert.equal(await seenFrom("project/signs"), "file:../../packed/library.tgz");
    assert.equal(await seenFrom("elsewhere/signs"), "file:../../packed/library.tgz");
    assert.equal(await seenFrom("project"), "file:../packed/library.tgz");
    assert.equal(await seenFrom("signs"), "file:../packed/library.tgz");
  });

  it("is what a project above says, and any other form as it is", async () => {
    installed({ devDependencies: { [library]: "^0.1.0" } });
    writeFileSync(join(folder, "project/below/package.json"), '{"dependencies":{"other":"1"}}');
    assert.equal(await seenFrom("signs", "project/below"), "^0.1.0");
  });

  it("is left out where no project has it", async () => {
    assert.equal(await seenFrom("signs"), undefined);
    assert.deepEqual(Object.keys(dependenciesOf(undefined).dependencies ?? {}), ["@pulumi/pulumi"]);
  });
});
