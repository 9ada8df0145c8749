import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uploadSetLifecycle } from "../../provider/resources/upload-set.ts";
import { keepEnvironment } from "./environment.ts";

export type UploadInputs = Parameters<typeof uploadSetLifecycle.create>[1];

/**
 * A folder for each spec of the describe block that calls this. In it are the folder `photos` with 25 files, and the cache of
 * what is known about them.
 */
export function useUploadFolder(
  spaceId: () => string = () => "00000000-0000-4000-8000-000000000001",
) {
  keepEnvironment("XDG_CACHE_HOME");
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-upload-set-"));
    process.env.XDG_CACHE_HOME = at(".cache");
    mkdirSync(at("photos/deep"), { recursive: true });
    for (let index = 0; index < 25; index += 1) {
      write(`deep/${index}.txt`, `photo ${index}`);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (...parts: string[]) => join(folder, ...parts);
  const write = (name: string, text: string) => writeFileSync(at("photos", name), text);

  /** What a check says of a set of the files in `photos`. */
  async function check(more: object = {}) {
    const news = { folder: at("photos"), ...more };
    const defaults = { projectId: undefined, spaceId: spaceId() };
    const { inputs, failures } = await uploadSetLifecycle.check(news, {}, defaults);
    return {
      inputs: inputs as unknown as UploadInputs,
      reasons: failures.map(({ reason }) => reason),
    };
  }
  return { at, check, write };
}
