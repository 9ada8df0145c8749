import { unknownNames } from "../text/unknown-names.ts";
import { Annotations } from "./annotations.ts";
import { Batches } from "./batches.ts";
import { PlatformClock } from "./clock.ts";
import { apiKeyProblem, baseUrlProblem, defaultBaseUrl } from "./connection.ts";
import { Exports } from "./exports.ts";
import { Http } from "./http.ts";
import { defaultConcurrency, Limiter } from "./limiter.ts";
import { Pace } from "./pace.ts";
import { Projects } from "./projects.ts";
import { defaultTimeoutMs } from "./retry.ts";
import { routeTable } from "./routes.ts";
import { Signals } from "./signals.ts";
import { SignedUrls } from "./signed-urls.ts";
import { WorkItems } from "./work-items.ts";

/** How a client reaches the platform. */
export interface ClientOptions {
  /** The key of the space, sent as `X-API-Key`. */
  apiKey: string;
  /** Default: the real service. */
  baseUrl?: string;
  /** Whether the key and signed URLs may go unencrypted to other machines. Default: false, only to this one. */
  allowHttp?: boolean;
  /** Overrides of routes by operation, `{"setLabels": "POST /projects/{projectId}/…"}`. */
  routes?: Readonly<Record<string, string | undefined>>;
  /** How many requests may be under way at once. Default: 32; fewer while the service refuses some. */
  concurrency?: number;
  /** How many requests may begin in a second. Default: as many as the service takes. */
  requestsPerSecond?: number | undefined;
  /**
   * How long an answer may take, in milliseconds. With all retries it may take six times as long, and the transfer of a
   * file may stall for twice as long. Default: 30,000.
   */
  timeoutMs?: number;
  /** Once aborted, the client sends no further request; requests already sent are left to finish. Default: never. */
  signal?: AbortSignal;
}

const optionNames: readonly (keyof ClientOptions)[] = [
  "apiKey",
  "baseUrl",
  "allowHttp",
  "routes",
  "concurrency",
  "requestsPerSecond",
  "timeoutMs",
  "signal",
];

/** The operations of the AI Data Platform API by area: those of the published page, and exports, which are newer. */
export class Client {
  readonly batches: Batches;
  readonly projects: Projects;
  readonly workItems: WorkItems;
  readonly signals: Signals;
  readonly annotations: Annotations;
  readonly signedUrls: SignedUrls;
  readonly exports: Exports;
  /** What the dates of the answers tell about the platform's clock. */
  readonly clock: PlatformClock;
  /** As in the options. Requests to signed URLs do not go through the client: send no more than this many at once. */
  readonly concurrency: number;
  /** How long a transfer from or to a signed URL may stall, in milliseconds. */
  readonly standstillMs: number;
  /** As in the options: once aborted, send nothing new to signed URLs either. */
  readonly signal: AbortSignal | undefined;

  /** The client from which this one was derived, or the client itself: what is remembered of a platform goes by it. */
  readonly origin: Client;

  readonly #limiter: Limiter;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions, origin?: Client) {
    const {
      apiKey,
      baseUrl = defaultBaseUrl,
      allowHttp = false,
      routes,
      concurrency = defaultConcurrency,
      requestsPerSecond,
      timeoutMs = defaultTimeoutMs,
      signal,
      ...others
    } = options;
    const [unknown] = unknownNames(others, "Client", optionNames);
    if (unknown !== undefined) {
      throw new Error(unknown);
    }
    refuse("baseUrl", baseUrlProblem(baseUrl, allowHttp));
    refuse("apiKey", apiKeyProblem(apiKey));
    this.origin = origin ?? this;
    this.#options = options;
    this.clock = origin?.clock ?? new PlatformClock();
    this.#limiter =
      origin === undefined
        ? new Limiter(concurrency, new Pace(requestsPerSecond))
        : origin.#limiter;
    const http = new Http({
      baseUrl,
      apiKey,
      routes: routeTable(routes),
      limiter: this.#limiter,
      clock: this.clock,
      timeoutMs,
      signal,
    });
    this.standstillMs = 2 * timeoutMs;
    this.concurrency = concurrency;
    this.signal = signal;
    this.batches = new Batches(http);
    this.projects = new Projects(http);
    this.workItems = new WorkItems(http, this.clock);
    this.signals = new Signals(http);
    this.annotations = new Annotations(http);
    this.signedUrls = new SignedUrls(http, allowHttp);
    this.exports = new Exports(http, allowHttp);
  }

  /** The same client, for work that also ends once `signal` is aborted. */
  until(signal: AbortSignal): Client {
    const both = this.signal === undefined ? signal : AbortSignal.any([this.signal, signal]);
    return new Client({ ...this.#options, signal: both }, this.origin);
  }

  /** Whether requests are waiting because the service refused some for their rate. */
  get isHeldBack(): boolean {
    return this.#limiter.isHeldBack;
  }
}

function refuse(option: string, problem: string | undefined): void {
  if (problem !== undefined) {
    throw new Error(`${option} ${problem}`);
  }
}
