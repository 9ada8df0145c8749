import type * as azure from "@azure/storage-blob";
import {
  changedError,
  installed,
  listError,
  publicUrl,
  readError,
  Watch,
} from "./bucket-access.ts";
import type { Bucket, BucketObject, Part } from "./bucket-source.ts";
import { SourceError } from "./source.ts";

type Written = Pick<
  azure.BlobDownloadResponseParsed,
  "blobType" | "contentMD5" | "blobContentMD5" | "etag"
>;

/** A container of Azure Blob Storage. */
export class AzBucket implements Bucket {
  readonly #container: azure.ContainerClient;
  readonly #prefix: string;

  private constructor(service: azure.BlobServiceClient, name: string, prefix: string) {
    this.#container = service.getContainerClient(name);
    this.#prefix = prefix;
  }

  static async open(name: string, prefix: string): Promise<AzBucket> {
    const sdk = await installed("@azure/storage-blob", import("@azure/storage-blob"));
    return new AzBucket(await connect(sdk), name, prefix);
  }

  async *list(): AsyncGenerator<[name: string, object: BucketObject]> {
    const watch = new Watch();
    const where = { prefix: this.#prefix, includeMetadata: true, abortSignal: watch.signal };
    try {
      for await (const blob of watch.all(this.#container.listBlobsFlat(where))) {
        const { contentLength = 0 } = blob.properties;
        // Accounts with a hierarchical namespace list their folders as well.
        if (blob.metadata?.hdi_isfolder !== "true") {
          const object = { size: contentLength, etag: etagOf(blob.properties) };
          yield [blob.name.slice(this.#prefix.length), object];
        }
      }
    } catch (error) {
      throw listError(error, {
        address: new URL(this.#container.url).origin,
        endpoint:
          "AZURE_STORAGE_ACCOUNT, AZURE_STORAGE_SERVICE_ENDPOINT or AZURE_STORAGE_CONNECTION_STRING",
        credentials: "set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or run `az login`",
        check: "its name, AZURE_STORAGE_ACCOUNT, and the credentials of Azure",
      });
    }
  }

  async read(name: string, etag: string, part?: Part): Promise<AsyncIterable<Uint8Array>> {
    const watch = new Watch();
    const client = this.#container.getBlobClient(`${this.#prefix}${name}`);
    let answer: azure.BlobDownloadResponseParsed;
    try {
      answer = await watch.answer(
        client.download(part?.start, part?.length, { abortSignal: watch.signal }),
      );
    } catch (error) {
      throw readError(error, (error as Partial<azure.RestError>).statusCode);
    }
    const stream = answer.readableStreamBody as AsyncIterable<Uint8Array> & { destroy(): void };
    // No precondition of the store goes by the bytes, but its answer says whose they are.
    if (etagOf(answer) !== etag) {
      stream.destroy();
      throw changedError();
    }
    return watch.all(stream);
  }

  urlOf(name: string): string {
    return publicUrl(this.#container.url, `${this.#prefix}${name}`);
  }
}

/** The service, by the variables that the Azure CLI knows as well. */
async function connect(sdk: typeof azure): Promise<azure.BlobServiceClient> {
  const {
    AZURE_STORAGE_CONNECTION_STRING: connection,
    AZURE_STORAGE_ACCOUNT: account,
    AZURE_STORAGE_SERVICE_ENDPOINT: url = `https://${account}.blob.core.windows.net`,
    AZURE_STORAGE_KEY: key,
    AZURE_STORAGE_SAS_TOKEN: sas,
  } = process.env;
  // A wrong account would be asked for a minute.
  const options = { retryOptions: { maxTries: 3, retryDelayInMs: 500 } };
  try {
    if (connection) {
      return sdk.BlobServiceClient.fromConnectionString(connection, options);
    }
    if (!account) {
      throw new SourceError(
        "it needs the account: set AZURE_STORAGE_ACCOUNT or AZURE_STORAGE_CONNECTION_STRING",
      );
    }
    if (key) {
      const credential = new sdk.StorageSharedKeyCredential(account, key);
      return new sdk.BlobServiceClient(url, credential, options);
    }
    if (sas) {
      const query = sas.replace(/^\?/, "");
      return new sdk.BlobServiceClient(`${url}?${query}`, undefined, options);
    }
    const identity = await installed("@azure/identity", import("@azure/identity"));
    return new sdk.BlobServiceClient(url, new identity.DefaultAzureCredential(), options);
  } catch (error) {
    if (error instanceof SourceError) {
      throw error;
    }
    // What was wrong may be quoted in the error, and it is secret.
    throw new SourceError(
      "Azure cannot be asked with these settings: check the variables AZURE_STORAGE_…",
    );
  }
}

/**
 * A blob that was sent in blocks may have no MD5, and one that grows keeps the MD5 of before, but each writing has its
 * ETag.
 */
function etagOf({ blobType, contentMD5, blobContentMD5, etag = "" }: Written): string {
  // In the answer to a request for a part, `contentMD5` is that of the part.
  const md5 = blobContentMD5 ?? contentMD5;
  return blobType === "BlockBlob" && md5 !== undefined
    ? Buffer.from(md5).toString("base64")
    : etag.replaceAll('"', "");
}
