import type { Plain } from "../../provider/lifecycle/plain.ts";
import { isObject, valueAt } from "../../provider/lifecycle/plain.ts";
import { readProperties } from "../../provider/pulumi/properties.ts";
import { earlierPath } from "../../provider/resources/signed-upload.ts";
import { uploadSetLifecycle } from "../../provider/resources/upload-set.ts";
import { earlierPaths } from "../../provider/uploads/earlier.ts";
import { type Side, type Step, secret } from "../engine/events.ts";
import type { UploadChange } from "../model.ts";
import { isKind } from "./places.ts";
import { textsOf } from "./shown-uploads.ts";

interface File {
  /** Identifies the file's content: the same as long as its bytes and its media type are. */
  text: string;
  size?: number;
  /** Whether people find it at its URL, so that it is not sent. */
  isLink?: boolean;
}

/** What happens to the file of an upload, or to the files of a set of them. */
export function uploadChanges(step: Step, isDrift = false): UploadChange[] {
  const olds = filesOf(step, step.old);
  const news = step.op === "delete" ? {} : filesOf(step, step.new);
  const isWhole = step.op === "replace";
  const back = pathsBack(step);
  const unsent = (file: string, next: File | undefined): UploadChange["unsent"] =>
    next?.isLink ? "link" : next !== undefined && back.has(file) ? "back" : undefined;
  const changes: UploadChange[] = [];
  const add = (file: string, action: UploadChange["action"], old?: File, next?: File) => {
    const why = unsent(file, next);
    changes.push({
      file,
      resource: step.urn,
      action,
      ...(why !== undefined && { unsent: why }),
      ...(old?.size !== undefined && { oldSize: old.size }),
      ...(next?.size !== undefined && { newSize: next.size }),
    });
  };
  for (const [file, next] of Object.entries(news)) {
    const old = valueAt(olds, file);
    if (old === undefined) {
      add(file, "add", undefined, next);
    } else if (isWhole || old.text !== next.text) {
      add(file, "change", old, next);
    }
  }
  for (const [file, old] of Object.entries(olds)) {
    if (valueAt(news, file) === undefined) {
      add(file, isDrift ? "missing" : "keep", old);
    }
  }
  return withNames(changes, olds, news);
}

/** The paths of files that an update let go and that are declared unchanged again: each gets its old path back. */
export function pathsBack(step: Step): Map<string, string> {
  const { old, new: next } = step;
  if (old === undefined || next === undefined || step.op === "replace") {
    return new Map();
  }
  if (!isKind(step, "UploadSet")) {
    const path = earlierPath(old.outputs, next.inputs as { sha256: string; contentType: string });
    return new Map(path === undefined ? [] : [[String(next.inputs.source), path]]);
  }
  // The paths of all files are not needed, and take long to read.
  const { earlier } = readProperties({ earlier: old.outputs.earlier }, uploadSetLifecycle.asText);
  const { files } = next.inputs;
  return isObject(earlier) && isObject(files)
    ? earlierPaths(
        { earlier } as Parameters<typeof earlierPaths>[0],
        files as Record<string, string>,
      )
    : new Map();
}

/** The changes, where each new file that another of the same bytes leaves for says how that was called. */
function withNames(
  changes: UploadChange[],
  olds: Record<string, File>,
  news: Record<string, File>,
): UploadChange[] {
  const kept = changes.filter(
    ({ action, file }) => action === "keep" && olds[file]?.text !== secret,
  );
  // Each group ends with its first file, because taking the first of an array moves all others.
  const leaving = Map.groupBy(kept.reverse(), ({ file }) => olds[file]?.text);
  return changes.map((change) => {
    const from =
      change.action === "add" && change.unsent === undefined
        ? leaving.get(news[change.file]?.text)?.pop()
        : undefined;
    return from === undefined ? change : { ...change, renamed: from.file };
  });
}

/** The files by name. */
function filesOf(step: Step, side: Side | undefined): Record<string, File> {
  if (side === undefined) {
    return {};
  }
  const { inputs } = side;
  if (!isKind(step, "UploadSet")) {
    // A file that has only moved is still the same file.
    const { source } = (step.new ?? side).inputs;
    return { [String(source)]: fileOf(inputs) };
  }
  return Object.fromEntries(
    Object.entries(textsOf(side)).map(([name, text]) => [
      name,
      text === secret ? { text } : fileOf(JSON.parse(String(text)) as Plain),
    ]),
  );
}

/** A file of a bucket has no hash, but what its store calls its content, and perhaps a URL, at which it stays. */
function fileOf({ sha256, contentType, etag, url, size }: Plain): File {
  const text = JSON.stringify([sha256, contentType, etag, url]);
  return {
    text,
    ...(typeof size === "number" && url === undefined && { size }),
    isLink: url !== undefined,
  };
}
