import type { Plain } from "../../provider/lifecycle/plain.ts";
import { isObject, valueAt } from "../../provider/lifecycle/plain.ts";
import { type Side, type Step, secret } from "../engine/events.ts";
import type { UploadChange } from "../model.ts";
import { isKind } from "./places.ts";

interface File {
  /** Identifies the file's content: the same as long as its bytes and its media type are. */
  text: string;
  size?: number;
}

/** What happens to the file of an upload, or to the files of a set of them. */
export function uploadChanges(step: Step, isDrift = false): UploadChange[] {
  const olds = filesOf(step, step.old);
  const news = step.op === "delete" ? {} : filesOf(step, step.new);
  const isWhole = step.op === "replace";
  const changes: UploadChange[] = [];
  const add = (file: string, action: UploadChange["action"], old?: File, next?: File) =>
    changes.push({
      file,
      resource: step.urn,
      action,
      ...(old?.size !== undefined && { oldSize: old.size }),
      ...(next?.size !== undefined && { newSize: next.size }),
    });
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

/** The changes, where each new file that another of the same bytes leaves for says how that was called. */
function withNames(
  changes: UploadChange[],
  olds: Record<string, File>,
  news: Record<string, File>,
): UploadChange[] {
  const leaving = Map.groupBy(
    changes.filter(({ action, file }) => action === "keep" && olds[file]?.text !== secret),
    ({ file }) => olds[file]?.text,
  );
  return changes.map((change) => {
    const from =
      change.action === "add" ? leaving.get(news[change.file]?.text)?.shift() : undefined;
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
  const files = isObject(inputs.files) ? Object.entries(inputs.files) : [];
  return Object.fromEntries(
    files.map(([name, text]) => [
      name,
      text === secret ? { text } : fileOf(JSON.parse(String(text)) as Plain),
    ]),
  );
}

/** A file of a bucket has no hash, but what its store calls its content, and perhaps a URL, at which it stays. */
function fileOf({ sha256, contentType, etag, url, size }: Plain): File {
  const text = JSON.stringify([sha256, contentType, etag, url]);
  return { text, ...(typeof size === "number" && url === undefined && { size }) };
}
