import type { IncomingMessage, ServerResponse } from "node:http";
import { type Dialect, type DialectAnswer, speak } from "../dialects/dialect.ts";
import { usualRoute } from "../dialects/routes.ts";
import { findDialects } from "../dialects/table.ts";
import { ApiError } from "../http/api-error.ts";
import type { Contract, Route } from "../http/contract.ts";
import type { RateLimiter } from "../http/rate-limiter.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import { readJsonBody } from "../http/request-body.ts";
import type { Traffic } from "../http/traffic.ts";
import type { Tenant } from "../model.ts";
import type { Answer, Call, Platform } from "../platform.ts";
import { getAnnotation } from "./annotations.ts";
import { createBatch, listBatches, updateBatch } from "./batches.ts";
import { createExport, deleteExport, getExport, listExports } from "./exports.ts";
import { getProject, listProjects } from "./projects.ts";
import { signalWorkItem, signalWorkItems } from "./signals.ts";
import { createReadUrls, createUploadUrls } from "./signed-urls.ts";
import { createWorkItem, listWorkItems, setLabels } from "./work-items.ts";

/** The handlers by operationId of the OpenAPI document. Validation by that document ensures the types of each call. */
const handlers: Record<string, (call: Call<never, never, never>) => Answer> = {
  createUploadUrls,
  createReadUrls,
  createBatch,
  listBatches,
  updateBatch,
  listProjects,
  getProject,
  signalWorkItems,
  createWorkItem,
  listWorkItems,
  setLabels,
  getAnnotation,
  signalWorkItem,
  createExport,
  listExports,
  getExport,
  deleteExport,
};

/** The API itself: it handles every request below its root. */
export class Api {
  readonly #contract: Contract;
  readonly #platform: Platform;
  readonly #traffic: Traffic;
  readonly #rateLimiter: RateLimiter;
  readonly #validateResponses: boolean;

  constructor(
    contract: Contract,
    platform: Platform,
    traffic: Traffic,
    rateLimiter: RateLimiter,
    validateResponses: boolean,
  ) {
    this.#contract = contract;
    this.#platform = platform;
    this.#traffic = traffic;
    this.#rateLimiter = rateLimiter;
    this.#validateResponses = validateResponses;
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    search: string,
  ): Promise<void> {
    const dialects = findDialects(this.#platform.settings.dialects);
    const asked = { method: request.method ?? "", path };
    const usual = usualRoute(dialects, asked, (operation) => this.#contract.routeOf(operation));
    const route = this.#contract.match(usual.method, usual.path);
    await this.#traffic.run(route.operationId, response, async () => {
      try {
        this.#rateLimiter.take();
        return this.#toReply(route, await this.#answer(route, request, usual, search, dialects));
      } catch (error) {
        if (error instanceof ApiError) {
          const put = dialects.find((dialect) => dialect.error !== undefined)?.error;
          return this.#toReply(route, put?.(error, route.operationId) ?? error);
        }
        throw error;
      }
    });
  }

  async #answer(
    route: Route,
    request: IncomingMessage,
    { method, path }: { method: string; path: string },
    search: string,
    dialects: readonly Dialect[],
  ): Promise<DialectAnswer> {
    const tenant = this.#authenticate(request);
    const body = await readJsonBody(request);
    const valid = this.#contract.validRequest(route, method, path, search, body);
    const handler = handlers[route.operationId];
    if (handler === undefined) {
      throw new Error(`Operation ${route.operationId} has no handler`);
    }
    const platform = this.#platform;
    const exchange = { operation: route.operationId, platform, ...valid };
    return speak(dialects, exchange, ({ operation: _, ...call }) =>
      handler({ tenant, ...call } as Call<never, never, never>),
    );
  }

  #authenticate(request: IncomingMessage): Tenant {
    const apiKey = request.headers["x-api-key"];
    const tenant =
      typeof apiKey === "string" ? this.#platform.store.tenants.byKey(apiKey) : undefined;
    if (tenant === undefined) {
      const problem = apiKey === undefined ? "The X-API-Key header is missing" : "Unknown API key";
      throw new ApiError(401, "UNAUTHORIZED", problem);
    }
    return tenant;
  }

  #toReply(route: Route, answer: DialectAnswer | ApiError): Reply {
    const { status, body } = answer;
    if (this.#validateResponses && this.#platform.settings.dialects.length === 0) {
      this.#contract.checkResponse(route, status, body);
    }
    const headers = "headers" in answer ? answer.headers : {};
    return "text" in answer
      ? { status, headers: { "content-type": answer.type ?? "" }, content: answer.text ?? "" }
      : jsonReply(status, body, headers);
  }
}
