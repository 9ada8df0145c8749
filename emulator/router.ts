import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "./api-error.ts";
import type { Contract, Route } from "./contract.ts";
import { getAnnotation } from "./handlers/annotations.ts";
import { createBatch, listBatches, updateBatch } from "./handlers/batches.ts";
import { createExport, deleteExport, getExport, listExports } from "./handlers/exports.ts";
import { getProject, listProjects } from "./handlers/projects.ts";
import { signalWorkItem, signalWorkItems } from "./handlers/signals.ts";
import { createReadUrls, createUploadUrls } from "./handlers/signed-urls.ts";
import { createWorkItem, listWorkItems, setLabels } from "./handlers/work-items.ts";
import type { Tenant } from "./model.ts";
import type { Answer, Call, Platform } from "./platform.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { jsonReply, type Reply } from "./reply.ts";
import { readJsonBody } from "./request-body.ts";
import type { Traffic } from "./traffic.ts";

/** By operationId of the OpenAPI document, which also vouches for the types of each call. */
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

/** The API itself: every request below its root. */
export class Router {
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
    const route = this.#contract.match(request.method ?? "", path);
    await this.#traffic.run(route.operationId, response, async () => {
      try {
        this.#rateLimiter.take();
        return this.#toReply(route, await this.#answer(route, request, path, search));
      } catch (error) {
        if (error instanceof ApiError) {
          return this.#toReply(route, error);
        }
        throw error;
      }
    });
  }

  async #answer(
    route: Route,
    request: IncomingMessage,
    path: string,
    search: string,
  ): Promise<Answer> {
    const tenant = this.#authenticate(request);
    const body = await readJsonBody(request);
    const valid = this.#contract.validRequest(route, request.method ?? "", path, search, body);
    const handler = handlers[route.operationId];
    if (handler === undefined) {
      throw new Error(`Operation ${route.operationId} has no handler`);
    }
    return handler({ platform: this.#platform, tenant, ...valid } as Call<never, never, never>);
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

  #toReply(route: Route, { status, body, ...rest }: Answer | ApiError): Reply {
    if (this.#validateResponses) {
      this.#contract.checkResponse(route, status, body);
    }
    return jsonReply(status, body, "headers" in rest ? rest.headers : {});
  }
}
