import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";

/**
 * Accepts requests from this machine, but not from another site's page in a browser on it. Everything that needs no key
 * is behind this check. It also checks the name in Host, because a site may point its own name to 127.0.0.1.
 */
export function requireLocal({ headers }: IncomingMessage): void {
  const { host = "", origin } = headers;
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)) {
    throw refusal(`Host must be the loopback address or localhost, not ${JSON.stringify(host)}`);
  }
  const site = headers["sec-fetch-site"] ?? "none";
  if (
    (origin !== undefined && origin !== `http://${host}`) ||
    !["none", "same-origin"].includes(`${site}`)
  ) {
    throw refusal("A page of another origin has no access");
  }
}

function refusal(message: string): ApiError {
  return new ApiError(403, "FORBIDDEN", message);
}
