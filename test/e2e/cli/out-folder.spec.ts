import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requests, resetRequests } from "../../../harness/emulator.ts";
import { run } from "../../cli/support.ts";
import { useEmulator } from "../../support/emulator.ts";

describe("cli: --out", () => {
  const test = useEmulator();
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-out-"));
    file = join(folder, "file");
    writeFileSync(file, "kept");
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const command of [["import"], ["import", "--force"], ["results", "--batch", "Default"]]) {
    for (const below of ["", "below/it"]) {
      it(`of ${command.join(" ")} is refused where it is ${below ? "below " : ""}a file`, async () => {
        const out = join(file, below);
        await resetRequests(test.emulator);
        const { code, stdout, stderr } = await run(test.emulator, ...command, "--out", out);
        assert.deepEqual([code, stdout], [1, ""]);
        assert.equal(
          stderr,
          `error: --out "${out}" must be a folder, and ${file} is a file: name another one, which is made where there is none\n`,
        );
        assert.equal((await requests(test.emulator)).total, 0);
        assert.deepEqual(readdirSync(folder), ["file"]);
      });
    }
  }
});
