import type { Files } from "./files/files.ts";
import type { UrlSigner } from "./files/url-signer.ts";
import type { Tenant } from "./model.ts";
import type { Settings } from "./settings.ts";
import type { Store } from "./store/store.ts";

/** What the handlers of operations work with. */
export interface Platform {
  store: Store;
  files: Files;
  settings: Settings;
  signer: UrlSigner;
  /** The platform's clock, in milliseconds. */
  now: () => number;
  /** Scheme, host and port; known once the server listens. */
  origin: string;
}

/** A valid request. The OpenAPI document has already ensured its types. */
export interface Call<Params, Query = unknown, Body = unknown> {
  platform: Platform;
  tenant: Tenant;
  params: Params;
  query: Query;
  body: Body;
  /** The body, except that whole numbers beyond 2^53 are opaque values with all their digits. */
  exact: Body;
}

export interface Answer {
  status: 200 | 201 | 204;
  body?: unknown;
}
