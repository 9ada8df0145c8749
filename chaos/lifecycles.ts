/** A process that runs lifecycles on request, until it is killed. */
import { Client } from "../provider/api/client.ts";
import { type Lifecycle, PartialFailure, type Platform } from "../provider/lifecycle/lifecycle.ts";
import type { Plain } from "../provider/lifecycle/plain.ts";
import { batchLifecycle } from "../provider/resources/batch.ts";
import { uploadSetLifecycle } from "../provider/resources/upload-set.ts";
import { workItemLifecycle } from "../provider/resources/work-item.ts";
import { workItemSetLifecycle } from "../provider/resources/work-item-set.ts";
import type { Answer, Begin, Call, Kind } from "./calls.ts";

const lifecycles = {
  Batch: batchLifecycle,
  UploadSet: uploadSetLifecycle,
  WorkItem: workItemLifecycle,
  WorkItemSet: workItemSetLifecycle,
} as unknown as Readonly<Record<Kind, Lifecycle<object, object>>>;

let begun: { client: Client; defaults: { projectId: string; spaceId: string } } | undefined;

function run({ kind, owner, method, replaced, values }: Call): unknown {
  if (begun === undefined) {
    throw new Error("a call came before the beginning");
  }
  const lifecycle = lifecycles[kind];
  const { client, defaults } = begun;
  const platform: Platform = {
    client,
    owner,
    ...(replaced !== undefined && { replaced: new Set(replaced) }),
    info: () => {},
    status: () => {},
    warn: () => {},
  };
  const [first, second, third] = values as [Plain, Plain, Plain];
  const id = String(first);
  switch (method) {
    case "check":
      return lifecycle.check(first, second, defaults);
    case "diff":
      return lifecycle.diff(first, second);
    case "create":
      return lifecycle.create(platform, first);
    case "read":
      return lifecycle.read(platform, id, second);
    case "update":
      return lifecycle.update(platform, id, second, third);
    case "delete":
      return lifecycle.delete(platform, id, second);
  }
}

async function answerOf(call: Call): Promise<Answer> {
  try {
    return { id: call.id, value: await run(call) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof PartialFailure
      ? { id: call.id, error: { message, partial: { id: error.id, state: error.state } } }
      : { id: call.id, error: { message } };
  }
}

process.on("message", async (message: Begin | Call) => {
  if ("method" in message) {
    process.send?.(await answerOf(message), () => {});
  } else {
    const { projectId, spaceId, ...connection } = message;
    begun = { client: new Client(connection), defaults: { projectId, spaceId } };
  }
});

process.on("disconnect", () => process.exit());
