import { readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parse } from "yaml";
import { isObject, type Plain } from "../lifecycle/plain.ts";

// DVC keeps large files outside of git, and their hashes in git: `photos.dvc` beside `photos`, or `dvc.lock` beside the
// pipeline that makes them.

/** A folder with more parts than this gets no hashes: metadata must stay short. */
const mostParts = 20;

/**
 * The hashes by which DVC knows a file or folder, by path: its own, that of the folder that it is in, or those of its
 * parts. None if DVC knows nothing of it.
 */
export async function readDvcHashes(path: string): Promise<Record<string, string>> {
  const target = resolve(path);
  const parts: Out[] = [];
  for (let at = target; dirname(at) !== at; at = dirname(at)) {
    const folder = dirname(at);
    const outs = outsIn(folder, [
      await readYaml(`${at}.dvc`),
      ...stagesOf(await readYaml(join(folder, "dvc.lock"))),
    ]);
    const own = outs.find((out) => out.path === target || isWithin(target, out.path));
    if (own !== undefined) {
      return { [path]: own.hash };
    }
    parts.push(...outs.filter((out) => isWithin(out.path, target)));
    // Neither looks beyond its repository.
    if ((await isThere(join(folder, ".dvc"))) || (await isThere(join(folder, ".git")))) {
      break;
    }
  }
  parts.push(...(await partsBelow(target)));
  const found = parts.map((out) => [join(path, relative(target, out.path)), out.hash]);
  return found.length > mostParts ? {} : Object.fromEntries(found.sort());
}

/** The parts of a folder that have files of DVC within it. */
async function partsBelow(folder: string): Promise<Out[]> {
  const { glob } = await import("tinyglobby");
  const options = { cwd: folder, absolute: true, followSymbolicLinks: false };
  const files = await glob("**/*.dvc", options);
  const few = files.slice(0, mostParts + 1);
  const outs = await Promise.all(
    few.map(async (file) => outsIn(dirname(file), [await readYaml(file)])),
  );
  return outs.flat();
}

/** A file or folder that DVC keeps, and its hash. */
interface Out {
  path: string;
  hash: string;
}

/** The outputs of stages, or of files like `photos.dvc`, in a folder. */
function outsIn(folder: string, stages: readonly unknown[]): Out[] {
  const outs = stages.flatMap((stage) =>
    isObject(stage) && Array.isArray(stage.outs) ? (stage.outs as unknown[]) : [],
  );
  return outs.flatMap((out) => {
    const { path, md5, etag, checksum }: Plain = isObject(out) ? out : {};
    const hash = md5 ?? etag ?? checksum;
    return typeof path === "string" && typeof hash === "string"
      ? [{ path: resolve(folder, path), hash }]
      : [];
  });
}

function stagesOf(lock: unknown): unknown[] {
  return isObject(lock) && isObject(lock.stages) ? Object.values(lock.stages) : [];
}

function isWithin(path: string, folder: string): boolean {
  return path.startsWith(`${folder}${sep}`);
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
