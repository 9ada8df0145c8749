import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";

const own = [
  "Pulumi.yaml",
  "package.json",
  "tsconfig.json",
  "index.ts",
  "requirements.txt",
  "__main__.py",
  "manifests",
];

/** Refuses to overwrite existing files. */
export async function refuseToOverwrite(folder: string): Promise<void> {
  for (const name of own) {
    const file = join(folder, name);
    if (await exists(file)) {
      throw new Refusal(
        `${file} is there already: choose another --out, or pass --force to write over it`,
      );
    }
  }
}

/**
 * Writes a program's files to a temporary folder next to their destination, and moves them once all are complete, so
 * that a command that fails leaves nothing half written. `work` writes the manifests itself, to the folder that it
 * gets.
 */
export async function writeProgram<T>(
  folder: string,
  work: (staging: string) => Promise<{ files: Record<string, string>; result: T }>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const staging = await mkdtemp(join(folder, ".aidp-import-"));
  try {
    await mkdir(join(staging, "manifests"));
    const { files, result } = await work(staging);
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(staging, name), text);
    }
    const manifests = await readdir(join(staging, "manifests"));
    if (manifests.length > 0) {
      await mkdir(join(folder, "manifests"), { recursive: true });
    }
    for (const name of [...manifests.map((each) => `manifests/${each}`), ...Object.keys(files)]) {
      await rename(join(staging, name), join(folder, name));
    }
    return result;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
