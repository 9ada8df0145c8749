import type { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { defaultTimeoutMs } from "../api/retry.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import type { Bucket, BucketObject } from "./bucket-source.ts";
import { SourceError } from "./source.ts";

type Sdk = typeof import("@aws-sdk/client-s3");

/** A bucket of S3, or of a service like it at `AWS_ENDPOINT_URL`. The SDK finds the credentials where it usually does. */
export class S3Bucket implements Bucket {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #name: string;
  readonly #prefix: string;

  /** Where the bucket's objects have their URLs. */
  readonly #origin: string;

  private constructor(sdk: Sdk, client: S3Client, name: string, prefix: string, origin: string) {
    this.#sdk = sdk;
    this.#client = client;
    this.#name = name;
    this.#prefix = prefix;
    this.#origin = origin;
  }

  static async open(name: string, prefix: string): Promise<S3Bucket> {
    const sdk = await import("@aws-sdk/client-s3").catch(() => {
      throw new SourceError(
        "it needs the package @aws-sdk/client-s3: npm install @aws-sdk/client-s3",
      );
    });
    const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 = AWS_ENDPOINT_URL } = process.env;
    const client = new sdk.S3Client({
      // Services of one's own have no host for each bucket.
      forcePathStyle: AWS_ENDPOINT_URL_S3 !== undefined,
      // A read that stands still would hold up the upload for good.
      requestHandler: { connectionTimeout: defaultTimeoutMs, socketTimeout: 2 * defaultTimeoutMs },
    });
    const origin =
      AWS_ENDPOINT_URL_S3 === undefined
        ? `https://${name}.s3.${await client.config.region().catch(() => "")}.amazonaws.com`
        : `${AWS_ENDPOINT_URL_S3.replace(/\/$/, "")}/${name}`;
    return new S3Bucket(sdk, client, name, prefix, origin);
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
          const name = Key.slice(this.#prefix.length);
          // Consoles make empty objects to show folders.
          if (name !== "" && !name.endsWith("/")) {
            yield [name, { size: Size, etag: ETag.replaceAll('"', "") }];
          }
        }
      }
    } catch (error) {
      throw new SourceError(
        `the bucket cannot be listed (${textOf(error)}): check its name, AWS_REGION, and the credentials of the AWS SDK`,
      );
    }
  }

  async read(name: string, etag: string): Promise<AsyncIterable<Uint8Array>> {
    const { GetObjectCommand } = this.#sdk;
    const command = new GetObjectCommand({
      Bucket: this.#name,
      Key: `${this.#prefix}${name}`,
      IfMatch: etag,
    });
    try {
      const { Body } = await this.#client.send(command);
      return Body as AsyncIterable<Uint8Array>;
    } catch (error) {
      const { $metadata } = error as Partial<S3ServiceException>;
      const isOther = [404, 412].includes($metadata?.httpStatusCode ?? 0);
      throw new Refusal(
        isOther
          ? "the file changed in the bucket since the preview: run the update again"
          : `the file cannot be read from the bucket (${textOf(error)})`,
      );
    }
  }

  urlOf(name: string): string {
    const path = `${this.#prefix}${name}`.split("/").map(encodeURIComponent).join("/");
    return `${this.#origin}/${path}`;
  }
}

/** What went wrong. Whatever gives credentials may have put some into its message. */
function textOf(error: unknown): string {
  const { name, message } = error as Error;
  return /credential/i.test(name) ? name : `${name}: ${message}`;
}
