import { basename, dirname, resolve } from "node:path";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { isObject, valueAt } from "../../provider/lifecycle/plain.ts";
import { readProperties } from "../../provider/pulumi/properties.ts";
import { uploadSetLifecycle } from "../../provider/resources/upload-set.ts";
import { isBucket } from "../../provider/uploads/source.ts";
import { unknown } from "../build/fields.ts";
import { type Dependencies, isKind, Places } from "../build/places.ts";
import { type Side, type Step, secret } from "../engine/events.ts";
import type { ItemChange } from "../model.ts";

/** A file on this machine that the stack declares as an upload. */
export interface LocalFile {
  /** The absolute path of the folder that the declaration names. */
  folder: string;
  /** The name of the file relative to that folder. */
  name: string;
  /** The hash of its bytes, as declared or at the last update. */
  sha256: string;
  /** The size in bytes. */
  size: number;
  /** Whether the file may be a link to somewhere else. */
  followLinks: boolean;
}

/** Why there is no file to look at, in a few words. */
export type Reason = string;

/** A file of an upload. */
interface Upload {
  step: Step;
  /** Its name in the set. A single upload has none. */
  name?: string;
}

/** Finds the local files that work items show, but only those that the stack uploads. */
export class LocalFiles {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #places: Places;
  readonly #programFolder: string;
  /** Uploads by their path in the space. */
  readonly #byPath = new Map<string, Upload>();

  constructor(steps: readonly Step[], dependencies: Dependencies, programFolder: string) {
    this.#steps = new Map(steps.map((step) => [step.urn, step]));
    this.#places = new Places(steps, dependencies);
    this.#programFolder = programFolder;
    for (const step of steps) {
      this.#keepPaths(step);
    }
  }

  /** The file that an item shows before or after the change, or why there is none. */
  of(item: ItemChange, side: "old" | "new"): LocalFile | Reason {
    const upload = this.#uploadOf(item, item[side] ?? {});
    if (typeof upload === "string") {
      return upload;
    }
    const { step, name } = upload;
    // A step may know only one side, if the stack is being deleted or only looked at.
    const declared = declaredOf(step[side] ?? step.old ?? step.new, name);
    if (declared === undefined) {
      return isBucket(String(step.new?.inputs.folder))
        ? "it lies in a bucket, and a report fetches nothing"
        : "its file is secret, or not known before the update";
    }
    // A file that has moved is where its declaration puts it now.
    const now = declaredOf(step.new, name) ?? declared;
    const { sha256, size } = declared;
    return { ...now, folder: resolve(this.#programFolder, now.folder), sha256, size };
  }

  #uploadOf({ resource }: ItemChange, fields: Plain): Upload | Reason {
    const { file, assetUrl, item } = fields;
    const step = this.#steps.get(resource);
    if ([file, assetUrl, item].includes(secret)) {
      return "what it shows is secret";
    }
    if (step === undefined) {
      return "what it shows is not known";
    }
    if (typeof file === "string" && file !== unknown) {
      return this.#inSets(step, file);
    }
    if (assetUrl === unknown && isKind(step, "WorkItem")) {
      const upload = this.#places.uploadOf(step);
      if (upload !== undefined) {
        return { step: upload };
      }
    }
    if (typeof assetUrl !== "string" || assetUrl === unknown) {
      return "what it shows is not known before the update";
    }
    if (URL.canParse(assetUrl)) {
      return "it is elsewhere, and a report fetches nothing";
    }
    return this.#byPath.get(assetUrl) ?? "its file is not one that this stack uploads";
  }

  #inSets(step: Step, file: string): Upload | Reason {
    const sets = this.#places
      .uploadsOf(step)
      .filter((set) => [set.old, set.new].some((side) => valueAt(filesOf(side), file)));
    const [set] = sets;
    if (set === undefined) {
      return "its file is not one that this stack uploads";
    }
    return sets.length === 1
      ? { step: set, name: file }
      : "several uploads of this stack have a file of this name";
  }

  #keepPaths(step: Step): void {
    for (const { outputs } of [step.old, step.new].filter((side) => side !== undefined)) {
      if (isKind(step, "SignedUpload")) {
        this.#byPath.set(String(outputs.path), { step });
      } else if (isKind(step, "UploadSet") && outputs.paths !== secret) {
        const { paths } = readProperties(outputs, uploadSetLifecycle.asText);
        for (const [name, path] of isObject(paths) ? Object.entries(paths) : []) {
          this.#byPath.set(String(path), { step, name });
        }
      }
    }
  }
}

/** What the stack declares about a file of an upload; undefined if it declares none, or if the engine hides it. */
function declaredOf(side: Side | undefined, name: string | undefined): LocalFile | undefined {
  if (side === undefined) {
    return undefined;
  }
  const { folder, source, followLinks } = side.inputs;
  if (name === undefined) {
    return typeof source === "string"
      ? fileOf(dirname(source), basename(source), false, side.inputs)
      : undefined;
  }
  const text = valueAt(filesOf(side), name);
  return typeof folder === "string" && typeof text === "string" && text !== secret
    ? fileOf(folder, name, followLinks === true, JSON.parse(text) as Plain)
    : undefined;
}

function fileOf(
  folder: string,
  name: string,
  followLinks: boolean,
  { sha256, size }: Plain,
): LocalFile | undefined {
  return typeof sha256 === "string" && typeof size === "number"
    ? { folder, name, sha256, size, followLinks }
    : undefined;
}

function filesOf(side: Side | undefined): Plain {
  const { files } = side?.inputs ?? {};
  return isObject(files) ? files : {};
}
