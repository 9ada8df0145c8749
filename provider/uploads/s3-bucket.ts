import type { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { defaultTimeoutMs } from "../api/retry.ts";
import {
  installed,
  listError,
  publicUrl,
  rangeOf,
  readError,
  standstillMs,
} from "./bucket-access.ts";
import type { Bucket, BucketObject, Part } from "./bucket-source.ts";

type Sdk = typeof import("@aws-sdk/client-s3");

/** A bucket of S3, or of a service like it at `AWS_ENDPOINT_URL`. The SDK finds the credentials where it usually does. */
export class S3Bucket implements Bucket {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #name: string;
  readonly #prefix: string;

  private constructor(sdk: Sdk, name: string, prefix: string) {
    this.#sdk = sdk;
    this.#name = name;
    this.#prefix = prefix;
    this.#client = new sdk.S3Client({
      // Services of one's own have no host for each bucket.
      forcePathStyle: ownService() !== undefined,
      requestHandler: { connectionTimeout: defaultTimeoutMs, socketTimeout: standstillMs },
    });
  }

  static async open(name: string, prefix: string): Promise<S3Bucket> {
    const sdk = await installed("@aws-sdk/client-s3", import("@aws-sdk/client-s3"));
    return new S3Bucket(sdk, name, prefix);
  }

  async *list(): AsyncGenerator<[name: string, object: BucketObject]> {
    const { paginateListObjectsV2 } = this.#sdk;
    const where = { Bucket: this.#name, Prefix: this.#prefix };
    try {
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: this.#client },
        where,
      )) {
        for (const { Key = "", Size = 0, ETag = "" } of Contents) {
          yield [Key.slice(this.#prefix.length), { size: Size, etag: ETag.replaceAll('"', "") }];
        }
      }
    } catch (error) {
      throw listError(error, {
        address: await this.urlOf("").then(
          (url) => new URL(url).origin,
          () => "S3",
        ),
        endpoint: ownService() === undefined ? "AWS_REGION, AWS_ENDPOINT_URL" : "AWS_ENDPOINT_URL",
        credentials: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
        check: "its name, AWS_REGION, and the credentials of the AWS SDK",
      });
    }
  }

  async read(name: string, etag: string, part?: Part): Promise<AsyncIterable<Uint8Array>> {
    const { GetObjectCommand } = this.#sdk;
    const command = new GetObjectCommand({
      Bucket: this.#name,
      Key: `${this.#prefix}${name}`,
      IfMatch: etag,
      ...(part !== undefined && { Range: rangeOf(part) }),
    });
    try {
      const { Body } = await this.#client.send(command);
      return Body as AsyncIterable<Uint8Array>;
    } catch (error) {
      const { $metadata } = error as Partial<S3ServiceException>;
      throw readError(error, $metadata?.httpStatusCode);
    }
  }

  async urlOf(name: string): Promise<string> {
    const { endpointProvider, forcePathStyle, region } = this.#client.config;
    const endpoint = ownService();
    const { url } = endpointProvider({
      Bucket: this.#name,
      Region: await region(),
      ...(endpoint !== undefined && { Endpoint: endpoint }),
      ForcePathStyle: forcePathStyle === true,
    });
    return publicUrl(url.href, `${this.#prefix}${name}`);
  }
}

/** The address of a service like S3. */
function ownService(): string | undefined {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  return AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined;
}
