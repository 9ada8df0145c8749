import type { IncomingMessage } from "node:http";
import { ApiError, notFound } from "../http/api-error.ts";
import type { Reply } from "../http/reply.ts";
import type { Files } from "./files.ts";
import type { SignedMethod, UrlSigner } from "./url-signer.ts";

/** The operations by HTTP method, with the names that faults and statistics use. */
const operations: Record<string, { name: string; method: SignedMethod }> = {
  PUT: { name: "putFile", method: "PUT" },
  GET: { name: "getFile", method: "GET" },
  HEAD: { name: "getFile", method: "GET" },
};

export function matchFileOperation(request: IncomingMessage): {
  name: string;
  method: SignedMethod;
} {
  const operation = operations[request.method ?? ""];
  if (operation === undefined) {
    throw new ApiError(405, "METHOD_NOT_ALLOWED", "A file has GET, HEAD and PUT", {
      headers: { allow: "GET, HEAD, PUT" },
    });
  }
  return operation;
}

/** Serves `<spaceId>/<path>`, still encoded, behind a signed URL. The signature is the authorization. */
export async function serveFile(
  files: Files,
  signer: UrlSigner,
  request: IncomingMessage,
  method: SignedMethod,
  encodedLocation: string,
  search: string,
): Promise<Reply> {
  const [spaceId, path] = parseLocation(encodedLocation);
  signer.verify(method, spaceId, path, new URLSearchParams(search));
  return method === "PUT"
    ? await receive(files, request, spaceId, path)
    : read(files, spaceId, path);
}

async function receive(
  files: Files,
  request: IncomingMessage,
  spaceId: string,
  path: string,
): Promise<Reply> {
  const contentType = request.headers["content-type"];
  if (contentType === undefined || contentType === "") {
    throw new ApiError(400, "CONTENT_TYPE", "An upload must have a Content-Type header");
  }
  const expectedBytes = Number(request.headers["content-length"] ?? 0);
  const file = await files.receive(spaceId, path, contentType, request, expectedBytes);
  return { status: 200, headers: { etag: `"${file.sha256}"` } };
}

function read(files: Files, spaceId: string, path: string): Reply {
  const file = files.find(spaceId, path);
  if (file === undefined) {
    throw notFound(`File ${path}`);
  }
  return {
    status: 200,
    headers: {
      "content-type": file.contentType,
      etag: `"${file.sha256}"`,
      // A file shares its origin with the controls, so it must not run when someone opens it in a browser.
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
    },
    content: { file: files.blobFile(file.blob), size: file.size },
  };
}

function parseLocation(encoded: string): [spaceId: string, path: string] {
  const slash = encoded.indexOf("/");
  try {
    return [encoded.slice(0, slash), decodeURIComponent(encoded.slice(slash + 1))];
  } catch {
    throw new ApiError(400, "VALIDATION_FAILED", "The path of the URL is not well encoded");
  }
}
