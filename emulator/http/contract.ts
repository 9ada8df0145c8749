import { readFile } from "node:fs/promises";
import { type Document, OpenAPIBackend } from "openapi-backend";
import { parse } from "yaml";
import { ApiError } from "./api-error.ts";
import { rounded } from "./exact-json.ts";
import type { JsonBody } from "./request-body.ts";

type Operation = NonNullable<ReturnType<OpenAPIBackend["matchOperation"]>>;
type ValidationErrors = ReturnType<OpenAPIBackend["validateRequest"]>["errors"];

export interface ValidRequest {
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  /** The body with all digits of its numbers, but without the defaults that the document fills in. */
  exact: unknown;
}

export interface Route {
  operationId: string;
  operation: Operation;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const dateTime = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const maxReportedErrors = 20;

/** Cached, because tests start many emulators in one process. */
const loaded = new Map<string, Promise<Contract>>();

/** Loads an OpenAPI document, once in a process. */
export function loadContract(document: URL, apiRoot: string): Promise<Contract> {
  const contract = loaded.get(document.href) ?? compileContract(document, apiRoot);
  loaded.set(document.href, contract);
  return contract;
}

/**
 * Compiles an OpenAPI document. If it `isThorough`, it also checks the whole document, which takes seconds. By default
 * it compiles each operation on first use, and takes the document to be valid, which a test has shown.
 */
export async function compileContract(
  document: URL,
  apiRoot: string,
  isThorough = false,
): Promise<Contract> {
  const text = await readFile(document, "utf8");
  const api = new OpenAPIBackend({
    definition: parse(text) as Document,
    apiRoot,
    quick: !isThorough,
    strict: true,
    coerceTypes: true,
    // 1e400 is valid JSON, but not a number that can be stored and sent back.
    ajvOpts: {
      allErrors: true,
      useDefaults: true,
      strictNumbers: true,
      validateSchema: isThorough,
    },
    customizeAjv: (ajv) =>
      ajv
        .addFormat("uuid", uuid)
        // JavaScript rounds a number near the bounds to a bound.
        .addFormat("int64", {
          type: "number",
          validate: (number: number) => Number.isInteger(number) && Math.abs(number) <= 2 ** 63,
        })
        .addFormat("uri", { validate: (text: string) => URL.canParse(text) })
        .addFormat("date-time", { validate: isDateTime }),
  });
  await api.init();
  return new Contract(api);
}

/** A compiled OpenAPI document. It finds the operation of a request, and validates requests and responses. */
export class Contract {
  readonly #api: OpenAPIBackend;
  readonly #arrayParameters: Set<string>;

  constructor(api: OpenAPIBackend) {
    this.#api = api;
    const operations = api.router.getOperations();
    // The library rebuilds this list three times per request, which takes two thirds of the routing time.
    api.router.getOperations = () => operations;
    this.#arrayParameters = new Set(
      operations
        .flatMap((operation) => operation.parameters ?? [])
        .filter((parameter) => "schema" in parameter && isArraySchema(parameter.schema))
        .map((parameter) => ("name" in parameter ? parameter.name : "")),
    );
  }

  match(method: string, path: string): Route {
    if (!isWellEncoded(path)) {
      throw new ApiError(400, "VALIDATION_FAILED", "The path of the URL is not well encoded");
    }
    const operation = this.#api.matchOperation({ method, path, headers: {} });
    if (operation?.operationId === undefined) {
      throw new ApiError(404, "NOT_FOUND", `There is no operation ${method} ${path}`);
    }
    return { operationId: operation.operationId, operation };
  }

  /** The route of an operation, including the root of the API. */
  routeOf(operationId: string): { method: string; path: string } | undefined {
    const operation = this.#api.getOperation(operationId);
    return (
      operation && {
        method: operation.method.toUpperCase(),
        path: `${this.#api.apiRoot}${operation.path}`,
      }
    );
  }

  validRequest(
    { operation }: Route,
    method: string,
    path: string,
    search: string,
    { rounded: body, exact }: JsonBody,
  ): ValidRequest {
    const { errors, coerced } = this.#api.validateRequest(
      {
        method,
        path,
        // The type of the body was checked when the body was read, but the library checks it again.
        headers: { "content-type": "application/json" },
        query: this.#parseQuery(search),
        body,
      },
      operation,
    );
    if (errors) {
      throw new ApiError(400, "VALIDATION_FAILED", `The request is not valid: ${toText(errors)}`, {
        details: errors.slice(0, maxReportedErrors).map(({ instancePath, message }) => ({
          path: toRequestPath(instancePath),
          message,
        })),
      });
    }
    return { params: coerced?.params ?? {}, query: coerced?.query ?? {}, body, exact };
  }

  checkResponse({ operation, operationId }: Route, status: number, body: unknown): void {
    // For the library, null stands for a missing body.
    const { errors } = this.#api.validateResponse(
      body === undefined ? null : rounded(body),
      operation,
      status,
    );
    if (errors) {
      throw new Error(`The ${status} response of ${operationId} is not valid: ${toText(errors)}`);
    }
  }

  /** Arrays come as repeated keys, as comma-separated values, or as both. */
  #parseQuery(search: string): Record<string, string | string[]> {
    const query = new Map<string, string | string[]>();
    for (const [name, value] of new URLSearchParams(search)) {
      const earlier = query.get(name);
      if (this.#arrayParameters.has(name)) {
        query.set(name, [...(earlier ?? []), ...value.split(",")]);
      } else {
        query.set(name, earlier === undefined ? value : [earlier, value].flat());
      }
    }
    return Object.fromEntries(query);
  }
}

function isDateTime(text: string): boolean {
  const day = text.slice(0, "2024-02-30".length);
  // JavaScript reads 30 February as 1 March.
  return (
    dateTime.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(day).toISOString().startsWith(day)
  );
}

/** Whether a path can be decoded: the library decodes its parts, and throws on a lone percent sign. */
function isWellEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isArraySchema(schema: unknown): boolean {
  return (
    typeof schema === "object" && schema !== null && "type" in schema && schema.type === "array"
  );
}

function toText(errors: NonNullable<ValidationErrors>): string {
  const [first] = errors;
  return `${toRequestPath(first?.instancePath ?? "")} ${first?.message ?? ""}`.trim();
}

/** Turns `/requestBody/name` into `body/name`. */
function toRequestPath(instancePath: string): string {
  return instancePath.slice(1).replace(/^requestBody/, "body");
}
