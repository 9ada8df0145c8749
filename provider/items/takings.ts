import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder, removeOldFiles } from "../disk/cache-folder.ts";
import { engineAddress } from "../pulumi/engine-address.ts";

// An engine may have several provider processes: one for dynamic resources, one for the plugin, one for each explicit
// provider. What one of them takes from a declaration of another, the other must not end. So each says in a file of the
// user's cache folder what it took.

/** The file of this process's engine; undefined without an engine. */
const file = fileOf(engineAddress());

/** Whether what a process took counts: it has ended if the engine of a former update had the same address. */
const isAlive = new Map<number, boolean>();
let known: { size: number; takers: Map<string, number> } = { size: -1, takers: new Map() };

let hasTold = false;

/** Tells the other processes of this engine that this one took what has this id. */
export function tellTaken(id: string): void {
  if (file === undefined) {
    return;
  }
  try {
    if (!hasTold) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      removeOldFiles(dirname(file));
      hasTold = true;
    }
    appendFileSync(file, `${process.pid} ${id}\n`, { mode: 0o600 });
  } catch {
    // Without a cache folder, each process knows its own only.
  }
}

/** Whether another process of this engine took it. */
export function isTakenElsewhere(id: string): boolean {
  const taker = takers().get(id);
  if (taker === undefined || taker === process.pid) {
    return false;
  }
  const alive = isAlive.get(taker) ?? runs(taker);
  isAlive.set(taker, alive);
  return alive;
}

/** The process that last took each id. The file is read again once it has grown. */
function takers(): ReadonlyMap<string, number> {
  const size = file === undefined ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  if (file === undefined || size === 0) {
    return new Map();
  }
  if (known.size !== size) {
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const entries = lines.map((line): [string, number] => {
      const [pid = "", id = ""] = line.split(" ");
      return [id, Number(pid)];
    });
    known = { size, takers: new Map(entries) };
  }
  return known.takers;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function fileOf(engine: string | undefined): string | undefined {
  return engine === undefined
    ? undefined
    : join(cacheFolder(), "taken", createHash("sha256").update(engine).digest("hex"));
}
