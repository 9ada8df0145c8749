import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { projectRoot } from "../../scripts/paths.ts";

/** The rooms of a folder, from the bottom up: a room imports only from rooms before it, and from the files beside them. */
const rooms = {
  provider: [
    "text",
    "api",
    "lifecycle",
    "disk",
    "pulumi",
    "items",
    "manifests",
    "uploads",
    "signals",
    "sets",
    "results",
    "webhooks",
    "functions",
    "resources",
    "plugin",
  ],
  report: ["engine", "build", "text", "html"],
  emulator: [
    "http",
    "store",
    "files",
    "exports",
    "webhooks",
    "dialects",
    "handlers",
    "page",
    "control",
  ],
} as const;

/** What each folder may import from; nothing is imported from the emulator by what is compared with it. */
const folders: Record<string, readonly string[]> = {
  provider: [],
  policy: ["provider"],
  report: ["provider"],
  emulator: [],
  cli: ["provider", "policy", "report", "emulator"],
};

function importsOf(folder: string): [file: string, target: string][] {
  const root = join(projectRoot, folder);
  return globSync("**/*.ts", { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)];
    return imports.map(([, path = ""]): [string, string] => [
      file,
      relative(root, resolve(root, dirname(file), path)),
    ]);
  });
}

describe("rooms", () => {
  for (const [folder, order] of Object.entries(rooms)) {
    it(`of ${folder} import only from rooms below them`, () => {
      const level = (path: string) => order.indexOf((path.split("/")[0] ?? "") as never);
      const upward = importsOf(folder).filter(
        ([file, target]) => level(file) !== -1 && level(target) > level(file),
      );
      assert.deepEqual(upward, []);
    });

    it(`of ${folder} are all in that order`, () => {
      const found = globSync("*/**/*.ts", { cwd: join(projectRoot, folder) });
      const all = new Set(found.map((file) => file.split("/")[0]));
      assert.deepEqual([...all].sort(), [...order].sort());
    });
  }

  for (const [folder, allowed] of Object.entries(folders)) {
    it(`${folder} imports from ${allowed.join(", ") || "no other"}`, () => {
      const others = importsOf(folder)
        .filter(([, target]) => target.startsWith("../"))
        .filter(([, target]) => !allowed.includes(target.split("/")[1] ?? ""));
      assert.deepEqual(others, []);
    });
  }
});
