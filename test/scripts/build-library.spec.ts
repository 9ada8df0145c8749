import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { copyStatic } from "../../scripts/build-library.ts";

describe("what the build copies", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-build-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is static files of the rooms, and neither data nor keys that lie beside them", () => {
    const wanted = [
      "emulator/openapi.yaml",
      "emulator/page/browser/main.js",
      "report/html/page.css",
    ];
    const others = [
      ...["emulator/.env", "emulator/.env.local.js", "emulator/server.ts", "emulator/key.pem"],
      ...["emulator/data/emulator.sqlite", "emulator/data/blobs/1", "emulator/.data/page.html"],
      ...["report/out.json", "provider/a.js", "a.yaml"],
    ];
    for (const file of [...wanted, ...others]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), "");
    }
    copyStatic(folder, join(folder, "dist"));
    const copied = globSync("**/*", { cwd: join(folder, "dist"), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "dist/").length));
    assert.deepEqual(copied.sort(), wanted);
  });
});
