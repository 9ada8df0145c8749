import { createHmac, timingSafeEqual } from "node:crypto";
import { ApiError } from "../http/api-error.ts";

export type SignedMethod = "GET" | "PUT";

/** Signs and verifies `/_files/<space>/<path>` URLs. Each is valid for one method and a limited time. */
export class UrlSigner {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  url(
    origin: string,
    method: SignedMethod,
    spaceId: string,
    path: string,
    lifetimeSeconds: number,
  ): string {
    const expires = String(Math.ceil(Date.now() + lifetimeSeconds * 1000));
    const query = new URLSearchParams({
      expires,
      method,
      signature: this.#signature(method, spaceId, path, expires),
    });
    const encodedPath = path.split("/").map(encodeURIComponent).join("/");
    return `${origin}/_files/${spaceId}/${encodedPath}?${query}`;
  }

  verify(method: SignedMethod, spaceId: string, path: string, query: URLSearchParams): void {
    const expires = query.get("expires") ?? "";
    const signature = Buffer.from(query.get("signature") ?? "");
    const expected = Buffer.from(this.#signature(method, spaceId, path, expires));
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new ApiError(403, "BAD_SIGNATURE", `The URL is not signed for ${method} of this path`);
    }
    if (Date.now() >= Number(expires)) {
      throw new ApiError(403, "URL_EXPIRED", "The signed URL has expired");
    }
  }

  #signature(method: SignedMethod, spaceId: string, path: string, expires: string): string {
    return createHmac("sha256", this.#secret)
      .update([method, spaceId, path, expires].join("\n"))
      .digest("base64url");
  }
}
