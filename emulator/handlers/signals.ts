import { ApiError } from "../http/api-error.ts";
import type { Signal, SignalOutcome, Status, WorkItem } from "../model.ts";
import type { Answer, Call } from "../platform.ts";
import { openProject, openWorkItem, type ProjectParams, type WorkItemParams } from "./access.ts";
import { toWorkItemJson } from "./work-item-json.ts";

interface BulkBody {
  signal: Signal;
  workItems: Array<{ workItemID: string; feedback?: { comments: string[] } }>;
}

interface SingleBody {
  signal: Signal;
  taskType: string;
  assignee?: string;
  signalOutcome: SignalOutcome;
}

/** The status that a signal leads to from each status. Any other combination is refused. */
const transitions: Record<
  Signal,
  Partial<Record<Status, Status | Record<SignalOutcome, Status>>>
> = {
  start: { NEW: "IN_PROGRESS" },
  release: { IN_PROGRESS: "NEW" },
  complete: { IN_PROGRESS: { OK: "COMPLETED", NOT_OK: "FAILED" } },
  cancel: { NEW: "FAILED", IN_PROGRESS: "FAILED" },
  reopen: { COMPLETED: "NEW", FAILED: "NEW" },
};

export function signalWorkItem(call: Call<WorkItemParams, unknown, SingleBody>): Answer {
  const { workItems } = call.platform.store;
  const item = openWorkItem(call);
  const { signal, signalOutcome, taskType, assignee } = call.body;
  requireAllowed(signal, [item]);
  const status = statusAfter(signal, item.status, signalOutcome) ?? item.status;
  const event = {
    signal,
    outcome: signalOutcome,
    taskType,
    ...(assignee !== undefined && { assignee }),
  };
  workItems.move([{ item, status, event }]);
  const moved = workItems.get(item.projectId, item.id) ?? item;
  return { status: 200, body: toWorkItemJson(moved) };
}

/** Signals many items: either every item moves or none does. The bulk form has no outcome, so it counts as OK. */
export function signalWorkItems(call: Call<ProjectParams, unknown, BulkBody>): Answer {
  const { workItems } = call.platform.store;
  const project = openProject(call);
  const { signal, workItems: entries } = call.body;
  requireDistinct(entries.map((entry) => entry.workItemID));
  const found = entries.map((entry) => ({
    entry,
    item: workItems.get(project.id, entry.workItemID),
  }));
  const unknownIds = found.filter(({ item }) => item === undefined);
  if (unknownIds.length > 0) {
    const ids = unknownIds.map(({ entry }) => entry.workItemID);
    throw new ApiError(404, "NOT_FOUND", `Work items ${ids.join(", ")} are unknown`, {
      details: ids.map((workItemID) => ({ workItemID })),
    });
  }
  const known = found.flatMap(({ entry, item }) => (item === undefined ? [] : [{ entry, item }]));
  requireAllowed(
    signal,
    known.map(({ item }) => item),
  );
  const ids = workItems.move(
    known.map(({ entry, item }) => ({
      item,
      status: statusAfter(signal, item.status, "OK") ?? item.status,
      event: { signal, ...(entry.feedback !== undefined && { feedback: entry.feedback }) },
    })),
  );
  return {
    status: 200,
    body: {
      items: known.map(({ entry }, index) => ({
        id: ids[index],
        projectID: project.id,
        ...entry,
      })),
    },
  };
}

/** The status after a signal; undefined if the signal is refused. */
export function statusAfter(
  signal: Signal,
  status: Status,
  outcome: SignalOutcome,
): Status | undefined {
  const next = transitions[signal][status];
  return typeof next === "object" ? next[outcome] : next;
}

function requireAllowed(signal: Signal, items: WorkItem[]): void {
  const refused = items.filter((item) => transitions[signal][item.status] === undefined);
  if (refused.length > 0) {
    const names = refused.map(({ id, status }) => `${id} is ${status}`).join(", ");
    throw new ApiError(409, "SIGNAL_NOT_ALLOWED", `Signal ${signal} is not allowed: ${names}`, {
      details: refused.map(({ id, status }) => ({ workItemID: id, status })),
    });
  }
}

function requireDistinct(ids: string[]): void {
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (repeated.length > 0) {
    throw new ApiError(
      400,
      "VALIDATION_FAILED",
      `The request is not valid: body/workItems names ${repeated.join(", ")} more than once`,
    );
  }
}
