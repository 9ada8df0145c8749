import { getAnnotation } from "../functions/get-annotation.ts";
import { getBatch } from "../functions/get-batch.ts";
import { getBatches } from "../functions/get-batches.ts";
import { getProject } from "../functions/get-project.ts";
import { getProjects } from "../functions/get-projects.ts";
import { getSignedUploadUrls } from "../functions/get-signed-upload-urls.ts";
import { getSignedUrls } from "../functions/get-signed-urls.ts";
import { getWorkItem } from "../functions/get-work-item.ts";
import { getWorkItems } from "../functions/get-work-items.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { getEntries } from "./get-entries.ts";

/** What a function of the plugin does. It checks its arguments itself. */
type Ask = (args: Plain) => Promise<object>;

/** The functions of the plugin by the name that their token ends with. */
export const functions = {
  getAnnotation,
  getBatch,
  getBatches,
  getEntries,
  getProject,
  getProjects,
  getSignedUploadUrls,
  getSignedUrls,
  getWorkItem,
  getWorkItems,
} as unknown as Readonly<Record<string, Ask>>;
