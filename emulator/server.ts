import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Control, controlRoot } from "./control/control.ts";
import { findDialects } from "./dialects/table.ts";
import { matchFileOperation, serveFile } from "./files/file-routes.ts";
import { Files } from "./files/files.ts";
import { UrlSigner } from "./files/url-signer.ts";
import { Api } from "./handlers/api.ts";
import { ApiError } from "./http/api-error.ts";
import { loadContract } from "./http/contract.ts";
import { Faults } from "./http/faults.ts";
import { requireLocal } from "./http/guard.ts";
import { RateLimiter } from "./http/rate-limiter.ts";
import { jsonReply, reset, send } from "./http/reply.ts";
import { dropRest } from "./http/request-body.ts";
import { RequestLog } from "./http/request-log.ts";
import { Stats } from "./http/stats.ts";
import { Traffic } from "./http/traffic.ts";
import { LiveEvents } from "./page/live-events.ts";
import { pageFile, pageRoot } from "./page/page-files.ts";
import type { Platform } from "./platform.ts";
import type { RateLimit, Settings } from "./settings.ts";
import { Store } from "./store/store.ts";
import { WebhookKeys } from "./webhooks/webhook-keys.ts";
import { Webhooks } from "./webhooks/webhooks.ts";

const host = "127.0.0.1";
const apiRoot = "/api/v1";
const filesRoot = "/_files/";
const jwksPath = "/api/.well-known/jwks.json";
const eventsPath = `${pageRoot}/events`;

export interface EmulatorOptions {
  /** The data folder, made if missing. It holds everything that the emulator remembers. */
  dataDir: string;
  /** The port. Default: 0, which picks any free port. */
  port?: number;
  /** Whether to answer 500 if a response does not match the OpenAPI document. For tests. */
  validateResponses?: boolean;
  latencyMs?: number;
  consistencyDelayMs?: number;
  /** How long a signed URL is valid, in seconds. Default: 900. */
  signedUrlLifetimeSeconds?: number;
  /** How far the platform's clock is ahead of this machine's. Default: 0. For tests. */
  clockAheadMs?: number;
  /** How many requests per second the emulator accepts. Default: all. */
  rateLimit?: RateLimit;
  /** The names of the dialects that it speaks, as in `dialects/table.ts`. Default: none. */
  dialects?: string[];
}

export interface Emulator {
  /** The base URL of the API. */
  url: string;
  origin: string;
  /** The address of the keys that sign its webhooks. */
  jwks: string;
  /** The first tenant's key, space and project. */
  apiKey: string;
  spaceId: string;
  projectId: string;
  tenants: Array<{ companyId: string; spaceId: string; apiKey: string; projectIds: string[] }>;
  store: Store;
  close(): Promise<void>;
}

/** A request and its response. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  /** What follows the path's `?`. */
  search: string;
}

interface Route {
  matches: (exchange: Exchange) => boolean;
  /** Whether the page shows these requests. */
  isLogged?: true;
  /** Whether only this machine's own programs and pages may use the route. */
  isLocal?: true;
  serve: (exchange: Exchange) => Promise<void>;
}

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const contract = await loadContract(new URL("openapi.yaml", import.meta.url), apiRoot);
  mkdirSync(options.dataDir, { recursive: true });
  const settings: Settings = {
    latencyMs: options.latencyMs ?? 0,
    consistencyDelayMs: options.consistencyDelayMs ?? 0,
    signedUrlLifetimeSeconds: options.signedUrlLifetimeSeconds ?? 900,
    exportDurationMs: null,
    exportError: null,
    exportZip: false,
    webhooks: { anyHost: false, retryMs: 1000, timeoutMs: 10_000 },
    clockAheadMs: options.clockAheadMs ?? 0,
    dialects: options.dialects ?? [],
    rateLimit: options.rateLimit ?? null,
  };
  const now = () => Date.now() + settings.clockAheadMs;
  const store = new Store(join(options.dataDir, "emulator.sqlite"), now);
  findDialects(settings.dialects);
  const files = new Files(options.dataDir, store, settings);
  const signer = new UrlSigner(urlSecret(store));
  const platform: Platform = { store, files, settings, signer, now, origin: "" };
  const closing = new AbortController();
  const faults = new Faults();
  const stats = new Stats();
  const log = new RequestLog();
  const live = new LiveEvents(store, log);
  const traffic = new Traffic(settings, faults, stats, log, closing.signal);
  const webhookKeys = new WebhookKeys(store);
  const webhooks = new Webhooks(settings, webhookKeys, closing.signal);
  store.changes.on("moved", (item) => webhooks.announce(item));
  const control = await Control.load({ platform, faults, stats, log, webhooks, webhookKeys });
  const api = new Api(
    contract,
    platform,
    traffic,
    new RateLimiter(settings),
    options.validateResponses ?? false,
  );

  /** The first route that matches a request serves it. */
  const routes: readonly Route[] = [
    {
      matches: ({ path }) => path.startsWith(`${apiRoot}/`),
      isLogged: true,
      serve: ({ request, response, path, search }) => api.handle(request, response, path, search),
    },
    {
      matches: ({ path }) => path.startsWith(filesRoot),
      isLogged: true,
      serve: ({ request, response, path, search }) => {
        const { name, method } = matchFileOperation(request);
        const location = path.slice(filesRoot.length);
        return traffic.run(name, response, () =>
          serveFile(files, signer, request, method, location, search),
        );
      },
    },
    {
      matches: ({ path }) => path.startsWith(`${controlRoot}/`),
      isLocal: true,
      serve: async ({ request, response, path, search }) =>
        send(response, await control.handle(request, path, search)),
    },
    {
      matches: ({ request, path }) => request.method === "GET" && path === jwksPath,
      serve: ({ response }) => send(response, jsonReply(200, webhookKeys.jwks)),
    },
    {
      matches: ({ request, path }) => request.method === "GET" && path === eventsPath,
      isLocal: true,
      serve: async ({ response }) => live.open(response),
    },
    {
      matches: ({ request, path }) =>
        request.method === "GET" && (path === "/" || path.startsWith(`${pageRoot}/`)),
      isLocal: true,
      serve: async ({ response, path }) => send(response, await pageFile(path)),
    },
  ];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = "", search = ""] = (request.url ?? "").split(/\?(.*)/s);
    const exchange = { request, response, path, search };
    const route = routes.find(({ matches }) => matches(exchange));
    if (route === undefined) {
      throw new ApiError(404, "NOT_FOUND", `There is nothing at ${path}`);
    }
    if (route.isLogged === true) {
      log.watch(request, response, path, search);
    }
    if (route.isLocal === true) {
      requireLocal(request);
    }
    await route.serve(exchange);
  }

  // A large upload may take longer than the five minutes that Node allows for a request.
  const limits = { maxHeaderSize: 64 * 1024, requestTimeout: 0 };
  const server = createServer(limits, (request, response) => {
    response.setHeader("x-request-id", randomUUID());
    response.setHeader("date", new Date(now()).toUTCString());
    // This must run before Node's own listener, which would keep reading forever.
    response.prependOnceListener("finish", () => dropRest(request).catch(() => {}));
    answer(request, response).catch((error) => fail(response, error));
  });
  try {
    platform.origin = `http://${host}:${await listen(server, options.port ?? 0)}`;
  } catch (error) {
    store.close();
    throw error;
  }
  return {
    url: `${platform.origin}${apiRoot}`,
    origin: platform.origin,
    jwks: `${platform.origin}${jwksPath}`,
    ...describeTenants(store),
    store,
    close: async () => {
      closing.abort();
      live.close();
      await stop(server);
      await webhooks.settled();
      store.close();
    },
  };
}

function urlSecret(store: Store): string {
  const secret = store.secret("urlSigning");
  if (secret === undefined) {
    throw new Error("The data folder has no secret to sign URLs with");
  }
  return secret;
}

function describeTenants(
  store: Store,
): Pick<Emulator, "tenants" | "apiKey" | "spaceId" | "projectId"> {
  const tenants = store.tenants.list().map(({ companyId, spaceId, apiKey }) => ({
    companyId,
    spaceId,
    apiKey,
    projectIds: store.tenants.projectsOf(spaceId).map((project) => project.id),
  }));
  const first = tenants[0];
  const projectId = first?.projectIds[0];
  if (first === undefined || projectId === undefined) {
    throw new Error("The data folder has no project");
  }
  return { tenants, apiKey: first.apiKey, spaceId: first.spaceId, projectId };
}

/** Every error ends here, so that no request can end the process. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    reset(response);
    return;
  }
  const apiError = toApiError(error);
  const reply = jsonReply(apiError.status, apiError.body, apiError.headers);
  send(response, reply).catch(() => reset(response));
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) {
    return error;
  }
  // JSON.parse accepts any depth, but JSON.stringify and the validator do not.
  if (error instanceof RangeError && error.message.startsWith("Maximum call stack")) {
    return new ApiError(400, "VALIDATION_FAILED", "The body is nested too deeply");
  }
  if (error instanceof RangeError && error.message === "Invalid string length") {
    return new ApiError(507, "ANSWER_TOO_LARGE", "The answer is longer than a text can be");
  }
  return new ApiError(500, "INTERNAL", `Emulator: ${String(error)}`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Ends the server at once: open keep-alive connections would keep it running for minutes. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
