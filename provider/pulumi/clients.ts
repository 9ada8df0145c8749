import { Client } from "../api/client.ts";
import { useProxy } from "../api/proxy.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { howToSet } from "../lifecycle/settings.ts";
import { cancellation } from "./cancellation.ts";
import type { Configuration } from "./configuration.ts";

/** Clocks that differ by less than this count as equal: the platform tells its time in whole seconds. */
const clockToleranceMs = 2 * 60_000;
let hasToldClock = false;

/** One client for everything that uses one configuration, so that the limiter counts all of its requests. */
const clients = new Map<string, Client>();

/** The client of a configuration. */
export function openClient({
  apiKey,
  baseUrl,
  allowHttp,
  routes,
  concurrency,
  requestsPerSecond,
}: Configuration): Client {
  if (apiKey === undefined) {
    throw new Refusal(`the API key is missing: ${howToSet("apiKey")}`);
  }
  useProxy();
  const options = { apiKey, baseUrl, allowHttp, routes, concurrency, requestsPerSecond };
  const name = JSON.stringify(options);
  const client = clients.get(name) ?? new Client({ ...options, signal: cancellation });
  clients.set(name, client);
  return client;
}

/** What is wrong with the clock of this machine, judging by the platform's answers; reported once per process. */
export function clockProblem(): string | undefined {
  const aheadMs = [...clients.values()]
    .map(({ clock }) => clock.aheadMs())
    .find((ms) => Math.abs(ms) > clockToleranceMs);
  if (aheadMs === undefined || hasToldClock) {
    return undefined;
  }
  hasToldClock = true;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return `the clock of this machine is ${minutes} minutes ${aheadMs > 0 ? "ahead of" : "behind"} the platform's: set it right. Updates go by the platform's, but a preview judges \`dueAt\` by this one`;
}
