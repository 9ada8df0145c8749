import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../disk/cache-folder.ts";
import { engineAddress } from "../pulumi/engine-address.ts";

// An engine may have several provider processes: one for dynamic resources, one for the plugin, one for each explicit
// provider. What one of them takes from a declaration of another, the other must not end. So each says in a file of the
// user's cache folder what it took.

const dayMs = 24 * 60 * 60 * 1000;

/** Whether what a process took counts: it has ended if the engine of a former update had the same address. */
const isAlive = new Map<number, boolean>();
let known: { size: number; takers: Map<string, number> } = { size: -1, takers: new Map() };

/** Tells the other processes of this engine that this one took what has this id. */
export function tellTaken(id: string): void {
  const file = fileOfEngine();
  if (file === undefined) {
    return;
  }
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    removeOld();
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
  const file = fileOfEngine();
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

function folder(): string {
  return join(cacheFolder(), "taken");
}

function fileOfEngine(): string | undefined {
  const address = engineAddress();
  return address === undefined
    ? undefined
    : join(folder(), createHash("sha256").update(address).digest("hex"));
}

function removeOld(): void {
  for (const name of readdirSync(folder())) {
    const path = join(folder(), name);
    const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > dayMs) {
      rmSync(path, { force: true });
    }
  }
}
