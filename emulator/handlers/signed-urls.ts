import { randomUUID } from "node:crypto";
import type { SignedMethod } from "../files/url-signer.ts";
import type { Answer, Call, Platform } from "../platform.ts";
import { openSpace, type SpaceParams } from "./access.ts";

export function createUploadUrls(call: Call<SpaceParams, { count: number }>): Answer {
  const space = openSpace(call);
  const paths = Array.from({ length: call.query.count }, () => `uploads/${randomUUID()}`);
  return signed(call.platform, "PUT", space.spaceId, paths);
}

/** Signs any path, stored or not, like the presigner of an object store. Only reading shows whether a file is there. */
export function createReadUrls(call: Call<SpaceParams, unknown, { paths: string[] }>): Answer {
  const space = openSpace(call);
  return signed(call.platform, "GET", space.spaceId, call.body.paths);
}

function signed(
  { signer, origin, settings }: Platform,
  method: SignedMethod,
  spaceId: string,
  paths: string[],
): Answer {
  const items = paths.map((path) => ({
    path,
    signedUrl: signer.url(origin, method, spaceId, path, settings.signedUrlLifetimeSeconds),
  }));
  return { status: 200, body: { items } };
}
