import type { Export } from "../model.ts";
import type { Platform } from "../platform.ts";
import { exportText } from "./export-text.ts";
import { zip } from "./zip.ts";

const fileTypes = {
  COCO_JSON: { extension: "json", contentType: "application/json" },
  JSON: { extension: "json", contentType: "application/json" },
  CSV: { extension: "csv", contentType: "text/csv; charset=utf-8" },
};

/** Moves an export on to the status that it should have by now. `polled` says that a client has asked for it. */
export function advanceExport(platform: Platform, entry: Export, polled: boolean): Export {
  if (entry.status === "COMPLETED" || entry.status === "FAILED") {
    return entry;
  }
  const { exportDurationMs } = platform.settings;
  let isDone = polled && entry.status === "IN_PROGRESS";
  let isUnderWay = polled;
  if (exportDurationMs !== null) {
    const age = platform.now() - entry.createdAt;
    isDone = age >= exportDurationMs;
    isUnderWay = age >= exportDurationMs / 2;
  }
  if (isDone) {
    return finish(platform, entry);
  }
  return isUnderWay ? update(platform, { ...entry, status: "IN_PROGRESS" }) : entry;
}

function finish(platform: Platform, entry: Export): Export {
  const { settings, files } = platform;
  if (settings.exportError !== null) {
    return update(platform, { ...entry, status: "FAILED", error: settings.exportError });
  }
  const { extension, contentType } = fileTypes[entry.input.format];
  let text: string;
  try {
    text = exportText(platform, entry);
  } catch (error) {
    // The text is too long, or a file is gone. The export must end, or it would block the space's exports for good.
    return update(platform, { ...entry, status: "FAILED", error: String(error) });
  }
  const name = `${entry.id}.${extension}`;
  const path = `exports/${settings.exportZip ? `${entry.id}.zip` : name}`;
  if (settings.exportZip) {
    files.write(entry.spaceId, path, "application/zip", zip(name, text));
  } else {
    files.write(entry.spaceId, path, contentType, text);
  }
  return update(platform, { ...entry, status: "COMPLETED", path });
}

function update({ store }: Platform, entry: Export): Export {
  store.exports.update(entry);
  return entry;
}
