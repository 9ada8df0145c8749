import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";

/** Refuses a folder of `--out` that cannot be one, before anything is asked for. */
export async function refuseNoFolder(out: string): Promise<void> {
  const at = await nearest(resolve(out));
  if (!(await stat(at)).isDirectory()) {
    throw new Refusal(
      `--out ${JSON.stringify(out)} must be a folder, and ${at} is a file: name another one, which is made where there is none`,
    );
  }
}

/** A path, or the nearest above it that there is. */
async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? path : nearest(dirname(path));
}
