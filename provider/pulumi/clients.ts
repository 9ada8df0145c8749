import { Client } from "../api/client.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { cancellation } from "./cancellation.ts";
import { type Configuration, howToSet } from "./configuration.ts";

/** One client for all that one configuration asks for, so that the limiter counts the requests of it all. */
const clients = new Map<string, Client>();

/** The client of a configuration. */
export function clientOf({
  apiKey,
  baseUrl,
  allowHttp,
  routes,
  concurrency,
}: Configuration): Client {
  if (apiKey === undefined) {
    throw new Refusal(`the API key is missing: ${howToSet("apiKey")}`);
  }
  const options = { apiKey, baseUrl, allowHttp, routes, concurrency };
  const name = JSON.stringify(options);
  const client = clients.get(name) ?? new Client({ ...options, signal: cancellation });
  clients.set(name, client);
  return client;
}
