import { loopback } from "./connection.ts";

// Its import as an ES module would load all that `fetch` is made of, at every start of a program.
const http = process.getBuiltinModule("node:http");

type Environment = Readonly<Record<string, string | undefined>>;

/** Requests to this machine use no proxy, whatever the environment says: the emulator is here. */
const thisMachine = [...loopback, "::1"];

let restore: (() => void) | undefined;

/**
 * Sends requests through the proxy that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), by the means
 * that Node.js has. Takes effect once per process; if `NODE_USE_ENV_PROXY` is set, Node.js already does so itself.
 */
export function useProxy(environment: Environment = process.env): void {
  if (restore !== undefined || !hasProxy(environment) || !canUseProxy(environment)) {
    return;
  }
  const { NO_PROXY, no_proxy: lower = NO_PROXY } = environment;
  const without = [...(lower === undefined ? [] : [lower]), ...thisMachine].join(",");
  restore = http.setGlobalProxyFromEnv({ ...environment, NO_PROXY: without, no_proxy: without });
}

/** Undoes `useProxy`, for tests. */
export function forgetProxy(): void {
  restore?.();
  restore = undefined;
}

/** The proxy that the environment names for a URL, without its user name and password. */
export function findProxy(
  url: string,
  environment: Environment = process.env,
): { proxy: string; isUsed: boolean } | undefined {
  const { protocol, hostname } = new URL(url);
  const value = proxyIn(environment, protocol === "https:" ? "https_proxy" : "http_proxy");
  if (value === "" || loopback.has(hostname)) {
    return undefined;
  }
  const proxy = URL.canParse(value) ? new URL(value).host : value.replace(/.*@/, "");
  return { proxy, isUsed: isToldAlready(environment) || canUseProxy(environment) };
}

function hasProxy(environment: Environment): boolean {
  return ["https_proxy", "http_proxy"].some((name) => proxyIn(environment, name) !== "");
}

/** The value of a variable; its lower-case name comes first. */
function proxyIn(environment: Environment, name: string): string {
  return environment[name] ?? environment[name.toUpperCase()] ?? "";
}

/** Before there was an option for it, the variable concerned `fetch` only. */
function isToldAlready({ NODE_USE_ENV_PROXY }: Environment): boolean {
  return NODE_USE_ENV_PROXY === "1" && process.allowedNodeEnvironmentFlags.has("--use-env-proxy");
}

/** Older releases of Node.js take a proxy from the environment only when they start, or never. */
function canUseProxy(environment: Environment): boolean {
  return !isToldAlready(environment) && typeof http.setGlobalProxyFromEnv === "function";
}
