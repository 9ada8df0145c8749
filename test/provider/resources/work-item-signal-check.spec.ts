import assert from "node:assert/strict";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { workItemSignalLifecycle } from "../../../provider/resources/work-item-signal.ts";
import { reasonsOf } from "../../support/batch-of-items.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const one = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const projectId = "8f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const other = "7f9619ff-8b86-4d01-b42d-00cf4fc964ff";

describe("provider: WorkItemSignal: check", () => {
  const good: Plain[] = [
    { signal: "start", workItemId: one },
    { signal: "complete", workItemId: one, taskType: "review", signalOutcome: "NOT_OK" },
    { signal: "cancel", workItemIds: [one, other], feedback: ["dark"], triggers: [1, { a: 2 }] },
    { signal: "cancel", workItemIds: { a: one }, feedbackOf: { a: ["dark"] }, skipDone: true },
    { signal: "cancel", workItemIds: [one], feedbackOf: { [one]: ["dark"] } },
    { signal: "cancel", workItemIds: [] },
    { signal: "cancel", workItemIds: { a: `${projectId}/${one}`, b: other } },
    { signal: unknown, workItemId: unknown, taskType: unknown, assignee: unknown },
    { signal: "cancel", workItemIds: unknown, feedback: unknown, feedbackOf: { a: ["dark"] } },
    { signal: "cancel", workItemIds: { a: unknown, b: unknown }, triggers: unknown },
  ];
  for (const news of good) {
    it(`takes ${JSON.stringify(news)}`, async () => {
      assert.deepEqual(await reasonsOf(workItemSignalLifecycle, { projectId, ...news }), []);
    });
  }

  const either = "workItemId or workItemIds must be given, and not both";
  const bad: [Plain, string][] = [
    [{ signal: "start" }, either],
    [{ signal: "start", workItemId: one, workItemIds: [other] }, either],
    [
      { signal: "stop", workItemId: one },
      'signal must be one of "start", "release", "complete", "cancel", "reopen", got "stop"',
    ],
    [
      { signal: "start", workItemId: `${one}/${other}` },
      `workItemId has "${one}/${other}", but this resource is of project ${projectId}: use work items of the same project`,
    ],
    [
      { signal: "start", workItemIds: [`${projectId}/${one}`, one] },
      `workItemIds has "${one}" more than once: name each once`,
    ],
    [
      { signal: "start", workItemIds: [one, "x", "y"] },
      `workItemIds[1] must be a work item's workItemId (a UUID) or id (<projectId>/<workItemId>), got "x"`,
    ],
    [
      { signal: "start", workItemIds: { a: one, b: 7 } },
      "workItemIds.b must be a work item's workItemId (a UUID) or id (<projectId>/<workItemId>), got 7",
    ],
    [
      { signal: "start", workItemIds: one },
      `workItemIds must be a list of work items' ids, or an object of them by key, got "${one}"`,
    ],
    [
      { signal: "start", workItemIds: { a: one, b: one } },
      `workItemIds has "${one}" more than once: name each once`,
    ],
    [
      { signal: "start", workItemId: one, feedback: ["dark"] },
      "feedback goes with workItemIds only, as the signal to one work item (signalWorkItem) takes no comments: use workItemIds: [id]",
    ],
    [
      { signal: "start", workItemIds: [one], assignee: "a@b.c" },
      "assignee goes with workItemId only, as the signal to many (signalWorkItems) does not take it",
    ],
    [
      { signal: "start", workItemIds: { a: one }, feedbackOf: { b: ["dark"] } },
      'feedbackOf names "b", which is not in workItemIds',
    ],
    [
      { signal: "start", workItemIds: [one], feedback: [] },
      "feedback must have a comment, or be left out",
    ],
    [{ signal: "start", workItemIds: [one], feedback: [["s3cret"]] }, "feedback[0] must be text"],
    [{ signal: "start", workItemIds: [one], feedback: [" "] }, "feedback[0] must not be empty"],
    [
      { signal: "start", workItemIds: [one], feedback: "dark" },
      "feedback must be a list of comments",
    ],
    [{ signal: "start", workItemIds: [one], triggers: "1" }, "triggers must be a list of values"],
    [
      { signal: "start", workItemId: one, outcome: "OK" },
      "outcome is not an input of this resource",
    ],
  ];
  for (const [news, reason] of bad) {
    it(`says "${reason}"`, async () => {
      assert.deepEqual(await reasonsOf(workItemSignalLifecycle, { projectId, ...news }), [reason]);
    });
  }

  it("needs a project", async () => {
    const [reason] = (
      await workItemSignalLifecycle.check(
        { signal: "start", workItemId: one },
        {},
        { projectId: undefined, spaceId: undefined },
      )
    ).failures;
    assert.match(reason?.reason ?? "", /^projectId is required: pass it/);
  });

  it("shows a change while the ids are not known", () => {
    const state = { projectId: one, signal: "cancel", workItemIds: [other], signaledIds: [other] };
    type State = Parameters<typeof workItemSignalLifecycle.update>[2];
    const news = { ...state, signaledIds: undefined, workItemIds: unknown } as unknown as State;
    const difference = workItemSignalLifecycle.diff(state as unknown as State, news);
    assert.deepEqual(difference, { changed: true, replaces: [] });
  });
});
