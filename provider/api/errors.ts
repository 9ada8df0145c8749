/** Where a request went and what came of it. Holds no key, no body and no query. */
export interface RequestFacts {
  readonly method: string;
  /** The path below the base URL. */
  readonly path: string;
  readonly status?: number;
  /** The server's id of the request, if it sent one. */
  readonly requestId?: string;
  /** What the server said, on one line. */
  readonly detail?: string;
  /** How long the server asked the client to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The operation, if its route is inferred: the service may have another route for it. */
  readonly inferred?: string;
}

/** A request to the platform that failed. The message is one line and says what to do. */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  readonly method: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(facts: RequestFacts, outcome: string, advice?: string, cause?: unknown) {
    const said = facts.detail === undefined ? "" : `: ${facts.detail}`;
    const request = facts.requestId === undefined ? "" : ` (request id ${facts.requestId})`;
    const todo = advice === undefined ? "" : `. ${advice}`;
    super(`${facts.method} ${facts.path} ${outcome}${said}${request}${todo}`, { cause });
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.detail = facts.detail;
    this.retryAfterMs = facts.retryAfterMs;
  }

  /** True when the server may have done the work although no good answer came. */
  readonly outcomeUnknown: boolean = false;
}

/** 400, or another 4xx without a class of its own: the request itself is wrong. */
export class BadRequestError extends ApiError {
  override readonly name = "BadRequestError";
}

/** 401: the key is missing, wrong or expired. */
export class AuthenticationError extends ApiError {
  override readonly name = "AuthenticationError";
}

/** 403: the key is good, but not for this space, project or file. */
export class PermissionDeniedError extends ApiError {
  override readonly name = "PermissionDeniedError";
}

/** 404: no such space, project, batch, work item or route. */
export class NotFoundError extends ApiError {
  override readonly name = "NotFoundError";
}

/** 409, or a 400 or 422 that says so: a name is taken, or a signal is not allowed in the item's status. */
export class ConflictError extends ApiError {
  override readonly name = "ConflictError";
}

/** 429: still too many requests after the retries. */
export class RateLimitError extends ApiError {
  override readonly name = "RateLimitError";
}

/** 5xx: the server failed, perhaps after it did the work. */
export class ServerError extends ApiError {
  override readonly name = "ServerError";
  override readonly outcomeUnknown: boolean = true;
}

/** The server was not reached: nothing was done. */
export class UnreachableError extends ApiError {
  override readonly name = "UnreachableError";
}

/** The user cancelled the update before the request was sent: nothing was done. */
export class CancelledError extends ApiError {
  override readonly name = "CancelledError";

  constructor(facts: RequestFacts) {
    super(facts, "was not sent, as it was cancelled: run it again to go on");
  }
}

/** The connection broke after the request was sent. */
export class ConnectionLostError extends ApiError {
  override readonly name = "ConnectionLostError";
  override readonly outcomeUnknown: boolean = true;
}

/** No answer came in time: the server may still be working on it. */
export class NoAnswerError extends ApiError {
  override readonly name = "NoAnswerError";
  override readonly outcomeUnknown: boolean = true;
}

/** An answer that is not what the API promises: not JSON, or a field missing. */
export class ResponseError extends ApiError {
  override readonly name = "ResponseError";
  override readonly outcomeUnknown: boolean = true;
}

/** Whether an error may soon pass: the platform is down, or gets too many requests. */
export function isPassing(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    (error.outcomeUnknown || error instanceof RateLimitError || error instanceof UnreachableError)
  );
}

/** What the user must know after correcting a setting. */
export const afterChange =
  "after a change of a setting run `pulumi up` first, as `pulumi refresh` and `pulumi destroy` use those of the last update";

/** The one place where a status becomes an error. */
export function toStatusError(
  facts: RequestFacts & { status: number },
  advice: string | undefined = adviceFor(facts),
): ApiError {
  const outcome = `answered ${facts.status}`;
  const classes: Readonly<Record<number, typeof ApiError>> = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
  };
  const other = facts.status >= 500 ? ServerError : BadRequestError;
  const Failure = isConflict(facts) ? ConflictError : (classes[facts.status] ?? other);
  return new Failure(facts, outcome, advice);
}

/** Some services answer with 400 or 422 where others report a conflict. */
function isConflict({ status, detail = "" }: RequestFacts & { status: number }): boolean {
  const isOfState = /\b(taken|already|exists|duplicate|unique|not allowed)\b/i.test(detail);
  return (status === 400 || status === 422) && isOfState;
}

function adviceFor(facts: RequestFacts & { status: number }): string | undefined {
  const parts = [statusAdvice(facts.status), routeAdvice(facts)].filter(
    (part) => part !== undefined,
  );
  return parts.length === 0 ? undefined : parts.join(". ");
}

function statusAdvice(status: number): string | undefined {
  switch (status) {
    case 401:
      return `Check the setting aidp:apiKey, or AIDP_API_KEY; ${afterChange}`;
    case 403:
      return "The key is not allowed here: check aidp:spaceId and aidp:projectId, or use a key of that space";
    case 404:
      return "Check aidp:baseUrl (the real one ends in /api/v1), aidp:spaceId and aidp:projectId, and that what the path names still exists";
    case 429:
      return "The rate limit did not clear: run the update again later";
    default:
      if (status >= 500) {
        return "The service failed: run the update again";
      }
      return status >= 300 && status < 400
        ? "Redirects are not followed: check aidp:baseUrl"
        : undefined;
  }
}

/** What to do if an operation may have another route than the one that was tried. */
function routeAdvice({ status, inferred, method, path }: RequestFacts): string | undefined {
  const isNotThere = status === 404 || status === 405 || status === 501;
  return inferred === undefined || !isNotThere
    ? undefined
    : `The route of ${inferred} is inferred, as the published page tells none: if the service has another one for it than ${method} ${path}, set aidp:routes, or AIDP_ROUTES, to {"${inferred}": "METHOD /path"}`;
}

/** Returns undefined if what was asked for is gone, and throws any other error again. */
export function unlessGone(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) {
    throw error;
  }
}

/** Returns undefined if the service refused it, and throws any other error again. */
export function unlessRefused(error: unknown): undefined {
  if (!(error instanceof PermissionDeniedError)) {
    throw error;
  }
}
