import { type IncomingMessage, validateHeaderName, validateHeaderValue } from "node:http";
import { findDialects } from "../dialects/table.ts";
import { ApiError } from "../http/api-error.ts";
import { type Contract, loadContract, type ValidRequest } from "../http/contract.ts";
import type { FaultInput, Faults } from "../http/faults.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { readJsonBody } from "../http/request-body.ts";
import type { RequestLog } from "../http/request-log.ts";
import type { Stats } from "../http/stats.ts";
import {
  type ItemsQuery,
  viewProject,
  viewProjects,
  viewWorkItem,
  viewWorkItems,
} from "../page/view.ts";
import type { Platform } from "../platform.ts";
import type { Settings } from "../settings.ts";
import type { WebhookKeys } from "../webhooks/webhook-keys.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import { type AnnotateInput, annotate } from "./annotators.ts";
import { dumpStore } from "./store-dump.ts";

export const controlRoot = "/_emulator";

/** What the endpoints control. */
interface Controlled {
  platform: Platform;
  faults: Faults;
  stats: Stats;
  log: RequestLog;
  webhooks: Webhooks;
  webhookKeys: WebhookKeys;
}

type Operation = (request: ValidRequest) => unknown;

/** The control endpoints next to the API, for tests and demos. Latency, faults and statistics do not apply to them. */
export class Control {
  readonly #contract: Contract;
  readonly #operations: Record<string, Operation>;

  static async load(controlled: Controlled): Promise<Control> {
    return new Control(
      await loadContract(new URL("control.yaml", import.meta.url), controlRoot),
      controlOperations(controlled),
    );
  }

  private constructor(contract: Contract, operations: Record<string, Operation>) {
    this.#contract = contract;
    this.#operations = operations;
  }

  async handle(request: IncomingMessage, path: string, search: string): Promise<Reply> {
    const method = request.method ?? "";
    const route = this.#contract.match(method, path);
    const body = await readJsonBody(request);
    const valid = this.#contract.validRequest(route, method, path, search, body);
    const operation = this.#operations[route.operationId];
    if (operation === undefined) {
      throw new Error(`Operation ${route.operationId} is not implemented`);
    }
    return jsonReply(route.operationId === "addFault" ? 201 : 200, await operation(valid));
  }
}

function controlOperations({
  platform,
  faults,
  stats,
  log,
  webhooks,
  webhookKeys,
}: Controlled): Record<string, Operation> {
  const { settings, store } = platform;
  return {
    getStats: () => stats.counts,
    resetStats: () => {
      stats.reset();
      return stats.counts;
    },
    getStore: ({ query }) => dumpStore(store, query.projectId as string | undefined),
    annotate: ({ body }) => annotate(platform, body as AnnotateInput),
    listFaults: () => ({ items: faults.list() }),
    clearFaults: () => {
      faults.clear();
      return { items: [] };
    },
    addFault: ({ body }) => {
      const input = body as FaultInput;
      checkFault(input);
      return faults.add(input);
    },
    getSettings: () => settings,
    updateSettings: ({ body }) => {
      const changes = body as Partial<Settings>;
      findDialects(changes.dialects ?? []);
      return Object.assign(settings, changes);
    },
    getWebhooks: () => webhooks.report,
    rotateWebhookKey: () => ({ keyId: webhookKeys.rotate() }),
    listRequests: () => ({ items: log.list() }),
    viewProjects: () => viewProjects(platform),
    viewProject: ({ params }) => viewProject(platform, String(params.projectID)),
    viewWorkItems: ({ params, query }) =>
      viewWorkItems(platform, String(params.projectID), query as unknown as ItemsQuery),
    viewWorkItem: ({ params }) =>
      viewWorkItem(platform, String(params.projectID), String(params.workItemID)),
  };
}

function checkFault(input: FaultInput): void {
  if (!(input.status || input.latencyMs || input.reset || input.truncate)) {
    throw invalid("a fault must have one of status, latencyMs, reset and truncate");
  }
  const needsStatus = (["headers", "body", "retryAfter", "workDone"] as const).filter(
    (field) => input[field] !== undefined && input.status === undefined,
  );
  if (needsStatus.length > 0) {
    throw invalid(`${needsStatus.join(", ")} must come with a status`);
  }
  if (input.status !== undefined && (input.reset !== undefined || input.truncate)) {
    throw invalid("status must not come with reset or truncate");
  }
  const headers = { ...input.headers, "retry-after": String(input.retryAfter ?? 0) };
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      throw invalid(error instanceof Error ? error.message : String(error));
    }
  }
}

function invalid(problem: string): ApiError {
  return new ApiError(400, "VALIDATION_FAILED", `The request is not valid: ${problem}`);
}
