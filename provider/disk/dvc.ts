import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { parse } from "yaml";
import { isObject, type Plain } from "../lifecycle/plain.ts";

// DVC keeps large files outside of git, and their hashes in git: `photos.dvc` beside `photos`, or `dvc.lock` beside the
// pipeline that makes them.

/** The hash by which DVC knows a file or folder, or the folder that it is in; undefined if DVC does not. */
export async function readDvcHash(path: string): Promise<string | undefined> {
  const target = resolve(path);
  for (let at = target; dirname(at) !== at; at = dirname(at)) {
    const folder = dirname(at);
    const outs = [
      ...outsOf(await readYaml(`${at}.dvc`)),
      ...outsOfStages(await readYaml(join(folder, "dvc.lock"))),
    ];
    const found = hashIn(outs, folder, target);
    if (found !== undefined) {
      return found;
    }
    // Neither looks beyond its repository.
    if ((await isThere(join(folder, ".dvc"))) || (await isThere(join(folder, ".git")))) {
      return undefined;
    }
  }
  return undefined;
}

function outsOf(file: unknown): unknown[] {
  return isObject(file) && Array.isArray(file.outs) ? file.outs : [];
}

function outsOfStages(lock: unknown): unknown[] {
  const stages = isObject(lock) && isObject(lock.stages) ? Object.values(lock.stages) : [];
  return stages.flatMap(outsOf);
}

function hashIn(outs: readonly unknown[], folder: string, target: string): string | undefined {
  const out = outs.find((each): each is Plain => {
    const path = isObject(each) && typeof each.path === "string" ? resolve(folder, each.path) : "";
    return path === target || (path !== "" && target.startsWith(`${path}${sep}`));
  });
  const hash = out?.md5 ?? out?.etag ?? out?.checksum;
  return typeof hash === "string" ? hash : undefined;
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
