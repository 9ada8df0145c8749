import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readFingerprint } from "../../provider/disk/local-file.ts";
import { type Kind, typeToken } from "../../provider/pulumi/shim.ts";
import { toJsonText } from "../../provider/text/json.ts";
import type { Dependencies } from "../../report/build/places.ts";
import { buildReport, findEffects } from "../../report/build/report.ts";
import { Listener, type Side, type Step } from "../../report/engine/events.ts";
import { LocalFiles } from "../../report/html/local-files.ts";
import type { Report } from "../../report/model.ts";

// What a look at a stack finds, without an engine: steps as it tells them.

const at = new Date("2026-12-01T09:00:00Z");

export function urnOf(kind: Kind, name: string): string {
  return `urn:pulumi:prod::labeling::${typeToken(kind)}::${name}`;
}

/** A step of a resource that is made, or that changes from what it was. */
export function step(kind: Kind, name: string, next: Partial<Side>, old?: Partial<Side>): Step {
  const sideOf = (side: Partial<Side>): Side => ({ inputs: {}, outputs: {}, ...side });
  return {
    urn: urnOf(kind, name),
    type: typeToken(kind),
    op: old === undefined ? "create" : "update",
    parent: "",
    new: sideOf(next),
    ...(old !== undefined && { old: sideOf(old) }),
    changed: [],
  };
}

/** What an upload set declares of all files of a folder. */
export async function declaredFiles(folder: string): Promise<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => /\.(jpe?g|png|svg)$/.test(name));
  const known = names.map(async (name) => {
    const fingerprint = await readFingerprint(join(folder, name));
    return [name, toJsonText({ ...fingerprint, contentType: "image/jpeg" })] as const;
  });
  return Object.fromEntries(await Promise.all(known));
}

/** Work items as a set has them. */
export function texts(items: Record<string, object>): Record<string, string> {
  const entries = Object.entries(items).map(([key, item]) => [
    key,
    toJsonText({ assetType: "image", ...item }),
  ]);
  return Object.fromEntries(entries);
}

/** What is found where the engine takes these steps. */
export function findingOf(
  steps: Step[],
  programFolder: string,
  dependencies: Dependencies = new Map(),
): { report: Report; files: LocalFiles } {
  const heard = { ...new Listener().heard, steps };
  const about = { kind: "preview", project: "labeling", stack: "prod", at, dependencies } as const;
  const effects = findEffects(heard, about);
  return {
    report: buildReport(heard, about, effects),
    files: new LocalFiles(effects.uploads, programFolder),
  };
}
