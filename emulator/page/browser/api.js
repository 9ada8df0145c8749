/**
 * @typedef {"NEW" | "IN_PROGRESS" | "COMPLETED" | "FAILED"} Status
 * @typedef {Record<Status, number>} Counts
 * @typedef {{ id: string, name: string, total: number }} ProjectSummary
 * @typedef {{ spaces: Array<{ id: string, name: string, projects: ProjectSummary[] }> }} Projects
 * @typedef {{ id: number, name: string, counts: Counts }} Batch
 * @typedef {{ id: string, name: string, counts: Counts, batches: Batch[] }} Project
 * @typedef {{ id: string, batchId: number, status: Status, isCancelled: boolean, assetUrl: string,
 *   fileName?: string, assetType: string, labelCount: number, createdAt: string, isOpen: boolean,
 *   dueAt?: string }} WorkItemSummary
 * @typedef {{ items: WorkItemSummary[], meta: { cursor_next?: string, cursor_prev?: string } }} WorkItems
 * @typedef {{ bbox?: number[], metadata?: Record<string, unknown> }} Label
 * @typedef {{ at: string, status: Status, isCancelled?: boolean, signal?: string, outcome?: string, taskType?: string,
 *   assignee?: string, feedback?: { comments: string[] }, labels?: number }} HistoryEntry
 * @typedef {WorkItemSummary & { batchName: string, details: Record<string, unknown>, labels: Label[],
 *   annotations: Array<{ name: string, bbox: number[] }>, history: HistoryEntry[],
 *   picture?: { version: string, url: string } }} WorkItem
 * @typedef {{ id: number, at: string, method: string, path: string, query: string, status?: number,
 *   milliseconds: number, fault?: string }} LoggedRequest
 */

export const statuses = /** @type {const} */ (["NEW", "IN_PROGRESS", "COMPLETED", "FAILED"]);

/** A refusal by the emulator. */
export class Refused extends Error {}

/**
 * Calls the controls of the emulator.
 *
 * @param {string} path
 * @param {object} [body] Makes it a POST.
 */
export async function call(path, body) {
  const response = await fetch(`/_emulator${path}`, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Refused(answer.error.message);
  }
  return answer;
}
