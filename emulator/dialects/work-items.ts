import type { JsonObject } from "../model.ts";
import { asking, type Dialect, each, ofWorkItems, storing } from "./dialect.ts";

const created = ["createWorkItem"];

/** Changes every work item in an answer, except one that has only its id. */
function told(change: Parameters<typeof each>[1]): NonNullable<Dialect["around"]> {
  return each(ofWorkItems, (item, exchange) =>
    item.assetUrl === undefined ? item : change(item, exchange),
  );
}

function metadata(change: (metadata: JsonObject) => unknown): NonNullable<Dialect["around"]> {
  return storing(created, (body) =>
    body.metadata == null ? body : { ...body, metadata: change(body.metadata as JsonObject) },
  );
}

function entries(
  change: (entry: [string, unknown]) => [string, unknown][],
): NonNullable<Dialect["around"]> {
  return metadata((all) => Object.fromEntries(Object.entries(all).flatMap(change)));
}

function cut(length: number): NonNullable<Dialect["around"]> {
  return entries(([name, value]) => [
    [name, typeof value === "string" ? value.slice(0, length) : value],
  ]);
}

function isPath(assetUrl: unknown): boolean {
  return typeof assetUrl === "string" && !URL.canParse(assetUrl);
}

/** Where the service keeps the files of a space. */
const storage = "https://files.example/spaces/one";

function secondsLeft(item: JsonObject, now: number): number {
  const { createdAt, dueInSeconds } = item;
  const passed = Math.floor((now - Date.parse(String(createdAt))) / 1000);
  return Math.max(0, Number(dueInSeconds) - passed);
}

/** What a work item looks like once it is stored. */
export const workItemDialects = {
  "asset-full-url": {
    about: "assetUrl of a path in the space is answered as a whole URL",
    around: told((item) => ({
      ...item,
      ...(isPath(item.assetUrl) && { assetUrl: `${storage}/${item.assetUrl}` }),
    })),
  },
  "asset-signed-url": {
    about: "assetUrl is answered as a signed URL, with another signature each time",
    around: told((item, { platform }) => {
      const url = new URL(String(item.assetUrl), `${storage}/`);
      url.searchParams.set("X-Expires", "900");
      url.searchParams.set("X-Signature", `${platform.now()}-${Math.random()}`);
      return { ...item, assetUrl: url.href };
    }),
  },
  "metadata-sorted": {
    about: "the keys of metadata come back in another order",
    around: metadata((all) => Object.fromEntries(Object.entries(all).reverse())),
  },
  "metadata-without-nulls": {
    about: "entries of metadata that are null are dropped",
    around: entries(([name, value]) => (value === null ? [] : [[name, value]])),
  },
  "metadata-as-text": {
    about: "numbers and truth values in metadata are kept as text",
    around: entries(([name, value]) => [
      [name, ["number", "boolean"].includes(typeof value) ? String(value) : value],
    ]),
  },
  "metadata-empty-null": {
    about: "an empty object in metadata, or empty metadata, comes back as null",
    around: metadata((all) => {
      const isEmpty = (value: unknown) =>
        typeof value === "object" && value !== null && Object.keys(value).length === 0;
      const left = Object.entries(all).map(([name, value]) => [
        name,
        isEmpty(value) ? null : value,
      ]);
      return left.length === 0 ? null : Object.fromEntries(left);
    }),
  },
  "metadata-more": {
    about: "the service adds entries of its own to metadata",
    around: told((item, { platform }) => ({
      ...item,
      metadata: { ...(item.metadata as JsonObject), source: "api", seenAt: platform.now() },
    })),
  },
  "metadata-cut-255": {
    about: "texts in metadata are cut at 255 characters",
    around: cut(255),
  },
  "metadata-cut-40": {
    about: "texts in metadata are cut at 40 characters",
    around: cut(40),
  },
  "metadata-dropped": {
    about: "metadata of work items is not answered",
    around: told(({ metadata: _, ...item }) => item),
  },
  "due-left": {
    about: "dueInSeconds is what is left",
    around: told((item, { platform }) =>
      item.dueInSeconds == null
        ? item
        : { ...item, dueInSeconds: secondsLeft(item, platform.now()) },
    ),
  },
  "due-moment": {
    about: "the deadline is answered as a moment, dueAt",
    around: told(({ dueInSeconds, ...item }) =>
      dueInSeconds == null
        ? item
        : {
            ...item,
            dueAt: new Date(
              Date.parse(String(item.createdAt)) + Number(dueInSeconds) * 1000,
            ).toISOString(),
          },
    ),
  },
  "filled-in": {
    about: "difficulty, taxonomy and deadline are filled in where they are not given",
    around: storing(created, (body) => ({
      difficulty: 50,
      taxonomyVersionId: "3f2c1d90-0000-4000-8000-000000000001",
      dueInSeconds: 604_800,
      ...body,
    })),
  },
  "asset-type-folded": {
    about: "assetType is answered in capitals",
    around: told((item) => ({
      ...item,
      assetType: String(item.assetType).toUpperCase(),
    })),
  },
  "default-batch-null": {
    about: "batchId of the batch Default is answered as null",
    around: told((item, { platform, params }) => {
      const batch = platform.store.batches.byName(String(params.projectID), "Default");
      return item.batchId === batch?.id ? { ...item, batchId: null } : item;
    }),
  },
  "seconds-only": {
    about: "moments are answered in whole seconds",
    around: told((item) => ({
      ...item,
      createdAt: whole(item.createdAt),
      updatedAt: whole(item.updatedAt),
    })),
  },
  "created-exclusive": {
    about: "createdAtFrom is exclusive, and rounded up to seconds",
    around: asking(["listWorkItems"], ({ query }) => {
      const { createdAtFrom } = query;
      if (typeof createdAtFrom !== "string") {
        return {};
      }
      const ms = Math.ceil(Date.parse(createdAtFrom) / 1000) * 1000 + 1;
      return { query: { ...query, createdAtFrom: new Date(ms).toISOString() } };
    }),
  },
} satisfies Record<string, Dialect>;

function whole(moment: unknown): string {
  return new Date(Math.floor(Date.parse(String(moment)) / 1000) * 1000).toISOString();
}
