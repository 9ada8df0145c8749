import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";

/** Refuses an `--out` that cannot become a folder, before any request is sent. */
export async function refuseNoFolder(out: string): Promise<void> {
  const at = await nearest(resolve(out));
  if (!(await stat(at)).isDirectory()) {
    throw new Refusal(
      `--out ${JSON.stringify(out)} must be a folder, and ${at} is a file: name another one, which is made where there is none`,
    );
  }
}

/** The path, or the nearest existing one above it. */
async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? path : nearest(dirname(path));
}
