import { join } from "node:path";
import type { Contender } from "./contender.ts";
import { filesAsDeclared, makeFiles } from "./files-as-declared.ts";

/** A plain script that gets the URLs, and one `curl --parallel` that sends the files. */
export const curl: Contender = {
  name: "curl",
  title: "curl --parallel",
  of: "files",
  mostItems: Number.POSITIVE_INFINITY,
  usesLibrary: false,
  check: filesAsDeclared,

  async prepare({ concurrency, folder, environment, ...size }) {
    makeFiles(join(folder, "files"), size);
    const stateFile = join(folder, "paths.json");
    const script = join(import.meta.dirname, "..", "programs", "curl.ts");
    const env = { ...process.env, ...environment, BENCH_CONCURRENCY: String(concurrency) };
    return {
      steps: {
        create: { file: process.execPath, args: [script, stateFile], cwd: folder, env },
      },
      stateFile,
      roles: { provider: /^curl / },
    };
  },
};
