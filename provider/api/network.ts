import {
  type ApiError,
  ConnectionLostError,
  NoAnswerError,
  type RequestFacts,
  UnreachableError,
} from "./errors.ts";
import { connectTimeout } from "./exchange.ts";

/** The errors of a connection that was never made, so that nothing was sent. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ERR_PROXY_TUNNEL",
  connectTimeout,
]);

/** The errors of a certificate that is not trusted. */
const untrusted = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** True when a request failed before the server can have seen it. */
export function wasNeverSent(error: unknown): boolean {
  const { code, isConnected } = causeOf(error);
  return !isConnected && neverSent.has(code ?? "");
}

/** True when a certificate was refused, so that nothing was sent, and nothing will be, however often one tries. */
export function isUntrusted(error: unknown): boolean {
  return untrusted.has(causeOf(error).code ?? "");
}

/** The error of a request that got no answer; `advice` is for a request that did not reach the server. */
export function networkError(facts: RequestFacts, error: unknown, advice: string): ApiError {
  // What ky throws contains the request, and so its secrets: only the error underneath becomes the cause.
  const below = error instanceof Error ? error.cause : undefined;
  const { code, message, isTimeout } = causeOf(error);
  if (wasNeverSent(error)) {
    return new UnreachableError(
      facts,
      `did not reach the service (${code})`,
      advice + emulatorHint(error),
      below,
    );
  }
  if (code !== undefined && untrusted.has(code)) {
    return new UnreachableError(
      facts,
      `was not sent, as the certificate of the service is not trusted (${code})`,
      "Where your company's own authority signed it, as of a proxy, name the authority's PEM file in NODE_EXTRA_CA_CERTS",
      below,
    );
  }
  const next = "The service may have done the work: run the update again, which looks first";
  return isTimeout
    ? new NoAnswerError(facts, "got no answer in time", next, below)
    : new ConnectionLostError(facts, `lost the connection (${code ?? message})`, next, below);
}

/** What to ask, after other advice, if this machine itself refuses the connection. */
export function emulatorHint(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    // A name with two addresses has an error for each.
    const [one = at] = at instanceof AggregateError ? at.errors : [];
    const { code, address, port } = one as { code?: string; address?: string; port?: number };
    if (code === "ECONNREFUSED" && address !== undefined && /^(127\.|::1$)/.test(address)) {
      return `. Nothing listens on port ${port} of this machine: is the emulator running?`;
    }
  }
  return "";
}

interface Cause {
  code?: string;
  message: string;
  isTimeout: boolean;
  /** Whether it broke a connection that was made: a network may also become unreachable later. */
  isConnected: boolean;
}

/** What went wrong underneath: the code, or the innermost message if there is none. */
function causeOf(error: unknown): Cause {
  let message = String(error);
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError") {
      return { message: at.message, isTimeout: true, isConnected: true };
    }
    if ("code" in at && typeof at.code === "string") {
      const { code, message } = at;
      const isConnected = "syscall" in at && (at.syscall === "read" || at.syscall === "write");
      return { code, message, isTimeout: false, isConnected };
    }
    message = at.message;
  }
  return { message, isTimeout: false, isConnected: false };
}
