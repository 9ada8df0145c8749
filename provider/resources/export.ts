// Export: a file that the platform makes of the results of a space, and perhaps its local copy.
//
//   create → listExports: looks for one that an earlier update began
//            createExport, and getExport until it has come to its end
//   read   → getExport
//   update → nothing, or the file is downloaded anew
//   delete → deleteExport: the local copy is kept

import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { unlessGone } from "../api/errors.ts";
import type { ExportInput, ExportWire } from "../api/exports.ts";
import { type Fingerprint, readFingerprint } from "../disk/local-file.ts";
import { differenceByField, type Mutability } from "../lifecycle/diff.ts";
import * as fields from "../lifecycle/fields.ts";
import { batchIdText, splitId } from "../lifecycle/ids.ts";
import { type Lifecycle, PartialFailure, type Platform, Refusal } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { DynamicResource } from "../pulumi/resource.ts";
import { typeToken } from "../pulumi/shim.ts";
import { beginExport, Clock, downloadExport, isTaken } from "../results/exports.ts";
import { toJsonText } from "../text/json.ts";

/** The inputs of an export. */
export interface ExportArgs {
  /** The name that people see; a mark of this declaration is added to it. Changing it replaces the export. */
  name: pulumi.Input<string>;
  /** The format of its file: `COCO_JSON`, `JSON` or `CSV`. Changing it replaces the export. */
  format: pulumi.Input<"COCO_JSON" | "JSON" | "CSV">;
  /**
   * What it contains: `ANNOTATION`, the default, of finished work items; `INFERENCE` or `ASSET_METADATA`, not as
   * `COCO_JSON`. Changing it replaces the export.
   */
  content?: pulumi.Input<"ANNOTATION" | "INFERENCE" | "ASSET_METADATA">;
  /** The UUIDs of 1 to 50 projects. Default: all of the space. Changing it replaces the export. */
  projectIds?: pulumi.Input<pulumi.Input<string>[]>;
  /** Batches, each as `batchId` or `id`, at most 100. Default: all of the projects. Changing it replaces the export. */
  batchIds?: pulumi.Input<pulumi.Input<number | string>[]>;
  /** Only work items created at this time or later, ISO 8601. Default: all. Changing it replaces the export. */
  createdAtFrom?: pulumi.Input<string>;
  /** Only work items created at this time or earlier, ISO 8601. Default: all. Changing it replaces the export. */
  createdAtTo?: pulumi.Input<string>;
  /** Only work items updated at this time or later, ISO 8601. Default: all. Changing it replaces the export. */
  updatedAtFrom?: pulumi.Input<string>;
  /** Only work items updated at this time or earlier, ISO 8601. Default: all. Changing it replaces the export. */
  updatedAtTo?: pulumi.Input<string>;
  /**
   * The local path to download the file to, from the program's folder; its folder is made, and an existing file is
   * overwritten. Default: it is not downloaded.
   */
  path?: pulumi.Input<string>;
  /**
   * How many minutes to wait for another export of the space that is running, and for this one: 1 to 1440. Default: 60.
   */
  timeoutMinutes?: pulumi.Input<number>;
  /** Values that have a new export made when one of them changes. Default: none. Changing it replaces the export. */
  triggers?: pulumi.Input<unknown[]>;
  /**
   * The UUID of the space. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`.
   * Changing it replaces the export.
   */
  spaceId?: pulumi.Input<string>;
}

interface Inputs {
  spaceId: string;
  name: string;
  format: string;
  content?: string;
  projectIds?: string[];
  batchIds?: string[];
  createdAtFrom?: string;
  createdAtTo?: string;
  updatedAtFrom?: string;
  updatedAtTo?: string;
  path?: string;
  timeoutMinutes?: number;
  triggers?: unknown[];
}

interface State extends Inputs, Partial<Fingerprint> {
  exportId: string;
  exportName: string | undefined;
  status: string;
  createdAt: string | undefined;
}

const schema = z
  .strictObject({
    spaceId: fields.place("spaceId"),
    name: fields.text,
    format: fields.oneOf("COCO_JSON", "JSON", "CSV"),
    content: fields.oneOf("ANNOTATION", "INFERENCE", "ASSET_METADATA").optional(),
    projectIds: z.array(fields.uuid).min(1).max(50, { error: "must be at most 50" }).optional(),
    batchIds: z.array(fields.batch).max(100, { error: "must be at most 100" }).optional(),
    createdAtFrom: fields.moment.optional(),
    createdAtTo: fields.moment.optional(),
    updatedAtFrom: fields.moment.optional(),
    updatedAtTo: fields.moment.optional(),
    path: fields.text.optional(),
    timeoutMinutes: fields.wholeNumber(1, 1_440, " (a day)").optional(),
    triggers: fields.triggers.optional(),
  })
  .refine(
    ({ format, content = "ANNOTATION" }) => format !== "COCO_JSON" || content === "ANNOTATION",
    {
      path: ["content"],
      error: 'must be ANNOTATION where format is COCO_JSON: choose the format "JSON" or "CSV"',
    },
  );

/** What a change of each field requires. */
export const exportMutability: Readonly<Record<keyof Inputs, Mutability>> = {
  spaceId: "replace",
  name: "replace",
  format: "replace",
  content: "replace",
  projectIds: "replace",
  batchIds: "replace",
  createdAtFrom: "replace",
  createdAtTo: "replace",
  updatedAtFrom: "replace",
  updatedAtTo: "replace",
  path: "update",
  timeoutMinutes: "ignore",
  triggers: "replace",
};

const outputs = [
  ...Object.keys(exportMutability),
  "exportId",
  "exportName",
  "status",
  "createdAt",
  "sha256",
  "size",
];

const defaultMinutes = 60;

export const exportLifecycle: Lifecycle<Inputs, State> = {
  deleteBeforeReplace: false,
  stable: ["exportId", "exportName", "createdAt"],

  async check(news, _olds, defaults) {
    const inputs: Plain = { spaceId: defaults.spaceId, ...news };
    const failures = findFailures(schema, inputs);
    if (Array.isArray(inputs.batchIds)) {
      inputs.batchIds = inputs.batchIds.map(batchIdText);
    }
    return { inputs, failures };
  },

  diff(olds, news) {
    return differenceByField<Inputs>(exportMutability, olds, news);
  },

  async create(platform, inputs) {
    const clock = clockOf(platform, inputs);
    const begun = await beginExport(platform, inputs.spaceId, inputOf(platform, inputs), clock);
    const id = `${inputs.spaceId}/${begun.id}`;
    return { id, state: await complete(platform, id, inputs, begun, clock) };
  },

  async read({ client }, id, olds) {
    const [spaceId, exportId] = splitId(id, "export");
    const wire = await client.exports.get(spaceId, exportId).catch(unlessGone);
    if (wire === undefined) {
      return undefined;
    }
    const { exportId: _, exportName, status, createdAt, sha256, size, ...inputs } = olds as State;
    const copy = inputs.path === undefined ? undefined : await copyOf(inputs.path);
    // A path counts as declared only while its file is there and unchanged, so a missing or edited file shows as a
    // change.
    const { path, ...others } = inputs;
    const isSame = copy !== undefined && copy.sha256 === sha256;
    const found: Inputs = { ...others, spaceId, ...(isSame && path !== undefined && { path }) };
    return { inputs: found, state: stateOf(found, wire, isSame ? copy : {}) };
  },

  async update(platform, id, olds, news) {
    const { spaceId } = news;
    const wire = await platform.client.exports.get(spaceId, olds.exportId).catch(unlessGone);
    if (wire === undefined) {
      throw new Refusal(
        `export ${olds.exportId} is gone from the platform: run \`pulumi up --refresh\` to make a new one`,
      );
    }
    return complete(platform, id, news, wire, clockOf(platform, news), olds);
  },

  async delete(platform, id, { path }) {
    const [spaceId, exportId] = splitId(id, "export");
    if (isTaken(platform.client, exportId)) {
      return;
    }
    await platform.client.exports.delete(spaceId, exportId).catch(unlessGone);
    if (path !== undefined) {
      platform.info(`${path} is kept: delete it where nobody needs it`);
    }
  },
};

/**
 * The request for an export. Its name says which declaration it belongs to, so that an update finds a begun export
 * again.
 */
function inputOf({ owner }: Platform, inputs: Inputs): ExportInput {
  const { spaceId: _space, path: _path, timeoutMinutes: _minutes, triggers, ...input } = inputs;
  const declared = toJsonText({ ...input, triggers });
  const mark = createHash("sha256").update(`${owner}\n${declared}`).digest("hex").slice(0, 12);
  return { ...input, name: `${inputs.name} (${mark})` };
}

function clockOf(platform: Platform, { timeoutMinutes = defaultMinutes }: Inputs): Clock {
  return new Clock(platform, timeoutMinutes);
}

/** Waits for the export to end, and downloads its file if that is declared and not done yet. */
async function complete(
  platform: Platform,
  id: string,
  inputs: Inputs,
  begun: ExportWire,
  clock: Clock,
  olds?: State,
): Promise<State> {
  const { client } = platform;
  let wire = begun;
  try {
    while (!["COMPLETED", "FAILED"].includes(wire.status)) {
      platform.status(`${inputs.name}: ${wire.status}`);
      if (!(await clock.wait())) {
        throw new Refusal(
          `export ${wire.id} is ${wire.status} still after ${clock.minutes} minutes: run the update again to wait on, or raise timeoutMinutes`,
        );
      }
      wire = await client.exports.get(inputs.spaceId, wire.id);
    }
  } catch (error) {
    throw unfinished(id, inputs, wire, error);
  }
  if (wire.status === "FAILED") {
    await client.exports.delete(inputs.spaceId, wire.id).catch(unlessGone);
    throw new Refusal(
      `the platform could not make the export: ${wire.error ?? "it does not say why"}`,
    );
  }
  const { path } = inputs;
  if (path === undefined) {
    return stateOf(inputs, wire, {});
  }
  try {
    const copy = await copyOf(path);
    const isThere = olds?.sha256 !== undefined && copy?.sha256 === olds.sha256;
    return stateOf(
      inputs,
      wire,
      isThere ? copy : await downloadExport(client, inputs.spaceId, wire, path),
    );
  } catch (error) {
    throw unfinished(id, inputs, wire, error);
  }
}

/** Records that the export exists without its copy, so that the next update continues. */
function unfinished(id: string, inputs: Inputs, wire: ExportWire, error: unknown): Error {
  const { path: _, ...others } = inputs;
  const message = error instanceof Error ? error.message : String(error);
  return new PartialFailure(id, stateOf(others, wire, {}), message);
}

async function copyOf(path: string): Promise<Fingerprint | undefined> {
  return readFingerprint(path).catch(() => undefined);
}

function stateOf(inputs: Inputs, wire: ExportWire, copy: Partial<Fingerprint>): State {
  return {
    ...inputs,
    exportId: wire.id,
    exportName: wire.name ?? undefined,
    status: wire.status,
    createdAt: wire.createdAt ?? undefined,
    ...copy,
  };
}

/**
 * A file that the platform makes of the results of a space. Destroying it deletes the file there and keeps its copy.
 */
export class Export extends DynamicResource {
  static readonly __pulumiType = typeToken("Export");

  /** The name, as declared. */
  declare readonly name: pulumi.Output<string>;
  /** The local copy, if one is declared. */
  declare readonly path: pulumi.Output<string | undefined>;
  /** The UUID of the space. */
  declare readonly spaceId: pulumi.Output<string>;
  /** The platform's UUID of the export: `GET …/exports/{exportId}` returns its download URL, which is a secret. */
  declare readonly exportId: pulumi.Output<string>;
  /** The name on the platform, with the mark of this declaration. */
  declare readonly exportName: pulumi.Output<string | undefined>;
  /** Its status when it was last read: `COMPLETED`. */
  declare readonly status: pulumi.Output<string>;
  /** When the export was started, ISO 8601. */
  declare readonly createdAt: pulumi.Output<string | undefined>;
  /** The SHA-256 of the local copy, in hexadecimal digits. */
  declare readonly sha256: pulumi.Output<string | undefined>;
  /** The size of the local copy in bytes. */
  declare readonly size: pulumi.Output<number | undefined>;

  constructor(name: string, args: ExportArgs, options?: pulumi.CustomResourceOptions) {
    super("Export", name, { ...args }, outputs, options);
  }
}
