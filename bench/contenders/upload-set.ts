import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Contender } from "./contender.ts";
import { filesAsDeclared, makeFiles } from "./files-as-declared.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** Ours, one `UploadSet` of a folder. */
export const uploadSet: Contender = {
  name: "upload-set",
  title: "ours, one set of uploads",
  of: "files",
  mostItems: Number.POSITIVE_INFINITY,
  usesLibrary: true,
  check: filesAsDeclared,
  prepare(task) {
    const files = join(task.folder, "files");
    makeFiles(files, task);
    writeFileSync(join(files, "new.jpg"), "new");
    return pulumiProgram("upload-set.ts", task);
  },
};
