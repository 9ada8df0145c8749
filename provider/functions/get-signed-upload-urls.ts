// getSignedUploadUrls: new paths in a space, with URLs to upload files to.
//
//   createUploadUrls: once for each 10

import * as pulumi from "@pulumi/pulumi";
import pMap from "p-map";
import { z } from "zod";
import { urlsPerRequest } from "../api/signed-urls.ts";
import * as fields from "../lifecycle/fields.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";
import type { SignedUrl } from "./get-signed-urls.ts";

/** How many files to upload, and to which space. */
export interface GetSignedUploadUrlsArgs {
  /** How many URLs to make, 1 to 1000. Default: 1. */
  count?: number;
  /** The UUID of the space. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`. */
  spaceId?: string;
}

/** URLs to upload files to. */
export interface GetSignedUploadUrlsResult {
  /** As many URLs as requested, each with a path that no file has yet. */
  signedUrls: SignedUrl[];
}

/** The URLs expire within minutes, so nobody could use more of them in time. */
const mostUrls = 1000;

const schema = z.strictObject({
  count: fields.wholeNumber(1, mostUrls).optional(),
  spaceId: fields.place("spaceId"),
});

/**
 * Makes URLs to PUT files to; those requests must have the header `Content-Type`. Operation `createUploadUrls`, 10 URLs
 * a request. Each call makes new paths, at preview too: for a file that belongs to a stack, declare a `SignedUpload`.
 *
 * The URLs are secrets, and this form cannot mark them as such: use them in the program, and do not pass them to any
 * resource or output of the stack. `getSignedUploadUrlsOutput` marks them, and so does the plugin.
 */
export function getSignedUploadUrls(
  args: GetSignedUploadUrlsArgs = {},
): Promise<GetSignedUploadUrlsResult> {
  return answer("getSignedUploadUrls", schema, args, async (client, { count = 1, spaceId }) => {
    const counts = Array.from({ length: Math.ceil(count / urlsPerRequest) }, (_, request) =>
      Math.min(urlsPerRequest, count - request * urlsPerRequest),
    );
    const lists = await pMap(counts, (each) => client.signedUrls.forUpload(spaceId, each), {
      concurrency: client.concurrency,
    });
    const signedUrls = lists.flat().map(({ path, signedUrl }) => ({ path, signedUrl }));
    if (signedUrls.length < count) {
      throw new Refusal(`count ${count} was asked for, but the service gave ${signedUrls.length}`);
    }
    return { signedUrls };
  });
}

/** Like `getSignedUploadUrls`, with arguments that may be outputs of resources. The result is secret. */
export function getSignedUploadUrlsOutput(
  args: InputsOf<GetSignedUploadUrlsArgs> = {},
  options?: FunctionOptions,
): pulumi.Output<GetSignedUploadUrlsResult> {
  return pulumi.secret(answerLater(getSignedUploadUrls, args, options));
}
