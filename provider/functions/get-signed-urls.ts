// getSignedUrls: URLs to read stored files from.
//
//   createReadUrls: once for each 1,000 paths

import * as pulumi from "@pulumi/pulumi";
import pMap from "p-map";
import { z } from "zod";
import { splitIntoGroups } from "../api/groups.ts";
import { pathsPerRequest } from "../api/signed-urls.ts";
import * as fields from "../lifecycle/fields.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { answer, answerLater, type FunctionOptions, type InputsOf } from "../pulumi/functions.ts";

/** Which files to read. */
export interface GetSignedUrlsArgs {
  /**
   * The paths of the files in the space, any number: a `path` of a `SignedUpload`, a `resultsPath` of an annotation.
   */
  paths: string[];
  /** The UUID of the space. Default: the setting `aidp:spaceId`, or `AIDP_SPACE_ID`. */
  spaceId?: string;
}

/** A URL that carries its own permission. */
export interface SignedUrl {
  /** The path of the file in the space. */
  path: string;
  /** The URL. It expires within minutes, and is a secret: whoever has it can use it. */
  signedUrl: string;
}

/** URLs to read files from. */
export interface GetSignedUrlsResult {
  /** A URL for each path, in the order of the paths. */
  signedUrls: SignedUrl[];
}

const schema = z.strictObject({
  paths: z.array(fields.text, {
    error: ({ input }) => `must be a list of paths, got ${fields.got(input)}`,
  }),
  spaceId: fields.place("spaceId"),
});

/**
 * Makes URLs to GET stored files from. Operation `createReadUrls`, 1,000 paths a request. The platform signs a path
 * whether or not there is a file.
 *
 * The URLs are secrets, and this form cannot mark them as such: use them in the program, and do not pass them to any
 * resource or output of the stack. `getSignedUrlsOutput` marks them, and so does the plugin.
 */
export function getSignedUrls(args: GetSignedUrlsArgs): Promise<GetSignedUrlsResult> {
  return answer("getSignedUrls", schema, args, async (client, { paths, spaceId }) => {
    const groups = splitIntoGroups([...new Set(paths)], pathsPerRequest);
    const lists = await pMap(groups, (group) => client.signedUrls.forReading(spaceId, group), {
      concurrency: client.concurrency,
    });
    const urls = new Map(lists.flat().map(({ path, signedUrl }) => [path, signedUrl]));
    return {
      signedUrls: paths.map((path) => {
        const signedUrl = urls.get(path);
        if (signedUrl === undefined) {
          throw new Refusal(`the service gave no URL for the path ${fields.got(path)}`);
        }
        return { path, signedUrl };
      }),
    };
  });
}

/** Like `getSignedUrls`, with arguments that may be outputs of resources. The result is secret. */
export function getSignedUrlsOutput(
  args: InputsOf<GetSignedUrlsArgs>,
  options?: FunctionOptions,
): pulumi.Output<GetSignedUrlsResult> {
  return pulumi.secret(answerLater(getSignedUrls, args, options));
}
