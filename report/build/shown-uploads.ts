import type { Plain } from "../../provider/lifecycle/plain.ts";
import { isObject, valueAt } from "../../provider/lifecycle/plain.ts";
import { readProperties } from "../../provider/pulumi/properties.ts";
import { uploadSetLifecycle } from "../../provider/resources/upload-set.ts";
import { type Side, type Step, secret } from "../engine/events.ts";
import type { ItemChange } from "../model.ts";
import { unknown } from "./fields.ts";
import { isKind, type Places } from "./places.ts";

/** Why it is not known which upload an item shows, in a few words. */
export type Reason = string;

/** A file of an upload. */
export interface Upload {
  step: Step;
  /** Its name in the set. A single upload has none. */
  name?: string;
}

/** Finds the uploads of the stack that work items show. */
export class ShownUploads {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #places: Places;
  /** Uploads by their path in the space. */
  readonly #byPath = new Map<string, Upload>();

  constructor(steps: readonly Step[], places: Places) {
    this.#steps = new Map(steps.map((step) => [step.urn, step]));
    this.#places = places;
    for (const step of steps) {
      this.#keepPaths(step);
    }
  }

  /** The upload that an item shows before or after the change, or why it is not known. */
  of(change: ItemChange, side: "old" | "new"): Upload | Reason {
    const { file, assetUrl, item } = change[side] ?? {};
    const step = this.#steps.get(change.resource);
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
      .filter((set) => [set.old, set.new].some((side) => valueAt(textsOf(side), file)));
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

  /**
   * What an item shows: equal texts mean the same picture, whatever its name. Undefined if that cannot be seen before the
   * update.
   */
  pictureOf(change: ItemChange, side: "old" | "new"): string | undefined {
    const upload = this.of(change, side);
    if (typeof upload !== "string") {
      return bytesOf(upload, side);
    }
    const { assetUrl } = change[side] ?? {};
    return typeof assetUrl === "string" && assetUrl !== unknown && assetUrl !== secret
      ? assetUrl
      : undefined;
  }
}

/** What identifies the bytes of a file: their hash, or what the bucket calls them that they lie in. */
function bytesOf({ step, name }: Upload, side: "old" | "new"): string | undefined {
  const declared = step[side] ?? step.old ?? step.new;
  const text = name === undefined ? undefined : valueAt(textsOf(declared), name);
  const file = typeof text === "string" && text !== secret ? (JSON.parse(text) as Plain) : {};
  const { sha256, etag } = name === undefined ? (declared?.inputs ?? {}) : file;
  return [sha256, etag].find((each) => typeof each === "string" && each !== secret) as
    | string
    | undefined;
}

/** The files of an upload set, by name, each as its text. After an update that failed in part, the outputs have them. */
export function textsOf(side: Side | undefined): Plain {
  return [side?.outputs.files, side?.inputs.files].find(isObject) ?? {};
}
