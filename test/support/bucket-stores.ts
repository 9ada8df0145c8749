import { createHash } from "node:crypto";
import { keepEnvironment } from "./environment.ts";
import { type Answer, RawServer } from "./raw-server.ts";

/** What a store of objects says in its protocol. */
interface Protocol {
  scheme: string;
  /** The settings with which its SDK comes to the server. */
  environment(origin: string): Record<string, string>;
  /** The key in the path of a request, "" for a list; undefined outside the bucket `pictures`. */
  keyOf(pathname: string): string | undefined;
  readonly missing: { contentType: string; body: string; text: RegExp };
  page(objects: [key: string, object: Stored][], next: number | undefined): string;
  tokenParameter: string;
  headers(object: Stored): Record<string, string>;
}

interface Stored {
  body: string | Uint8Array;
  /** Counts the writings. */
  generation: number;
  /** Stores do not know it of objects that were put together. */
  md5: string | undefined;
  isFolder: boolean;
}

export const s3: Protocol = {
  scheme: "s3",
  environment: (origin) => ({
    AWS_ENDPOINT_URL: origin,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "key-of-the-bucket",
    AWS_SECRET_ACCESS_KEY: "secret-of-the-bucket",
    AWS_MAX_ATTEMPTS: "1",
  }),
  keyOf: (pathname) => /^\/pictures\/?(.*)$/.exec(pathname)?.[1],
  missing: {
    contentType: "application/xml",
    body: "<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>",
    text: /\(NoSuchBucket: no\): check its name, AWS_REGION, and the credentials of the AWS SDK$/,
  },
  tokenParameter: "continuation-token",
  page(objects, next) {
    const contents = objects.map(
      ([key, object]) =>
        `<Contents><Key>${key}</Key><Size>${sizeOf(object)}</Size><ETag>&quot;${s3Etag(object)}&quot;</ETag></Contents>`,
    );
    const token =
      next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
    return `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`;
  },
  headers: (object) => ({ etag: `"${s3Etag(object)}"` }),
};

export const gs: Protocol = {
  scheme: "gs",
  environment: (origin) => ({ STORAGE_EMULATOR_HOST: origin }),
  keyOf: (pathname) => /^\/(?:storage\/v1\/b\/pictures\/o|pictures)\/?(.*)$/.exec(pathname)?.[1],
  missing: {
    contentType: "application/json",
    body: '{"error":{"code":404,"message":"The specified bucket does not exist."}}',
    text: /\(Error: The specified bucket does not exist\.\): check its name, and the Application Default Credentials$/,
  },
  tokenParameter: "pageToken",
  page: (objects, next) =>
    JSON.stringify({
      kind: "storage#objects",
      nextPageToken: next === undefined ? undefined : String(next),
      items: objects.map(([name, object]) => ({
        name,
        size: String(sizeOf(object)),
        generation: String(object.generation),
        md5Hash: object.md5,
      })),
    }),
  headers: ({ md5, generation }) => ({
    "x-goog-generation": String(generation),
    "x-goog-hash": md5 === undefined ? "crc32c=AAAAAA==" : `crc32c=AAAAAA==,md5=${md5}`,
  }),
};

export const az: Protocol = {
  scheme: "az",
  environment: (origin) => ({
    AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=${Buffer.from("secret-of-the-bucket").toString("base64")};BlobEndpoint=${origin}/account`,
  }),
  keyOf: (pathname) => /^\/account\/pictures\/?(.*)$/.exec(pathname)?.[1],
  missing: {
    contentType: "application/xml",
    body: "<?xml version='1.0'?><Error><Code>ContainerNotFound</Code><Message>No such container.\nRequestId:1</Message></Error>",
    text: /\(ContainerNotFound: No such container\.\): check its name, AZURE_STORAGE_ACCOUNT, and the credentials of Azure$/,
  },
  tokenParameter: "marker",
  page(objects, next) {
    const blobs = objects.map(([key, object]) => {
      const md5 = object.md5 === undefined ? "" : `<Content-MD5>${object.md5}</Content-MD5>`;
      const metadata = object.isFolder ? "<hdi_isfolder>true</hdi_isfolder>" : "";
      return `<Blob><Name>${key}</Name><Properties><Last-Modified>Mon, 02 Nov 2026 00:00:00 GMT</Last-Modified><Etag>0x${object.generation}</Etag><Content-Length>${sizeOf(object)}</Content-Length><BlobType>BlockBlob</BlobType>${md5}</Properties><Metadata>${metadata}</Metadata></Blob>`;
    });
    return `<?xml version="1.0"?><EnumerationResults ServiceEndpoint="http://a/" ContainerName="pictures"><Blobs>${blobs.join("")}</Blobs><NextMarker>${next ?? ""}</NextMarker></EnumerationResults>`;
  },
  headers: ({ md5, generation }): Record<string, string> => ({
    etag: `"0x${generation}"`,
    "x-ms-blob-type": "BlockBlob",
    ...(md5 !== undefined && { "content-md5": md5 }),
  }),
};

const sizeOf = ({ body }: Stored) => Buffer.byteLength(body);
/** Azure has the MD5 of a whole blob under another name where only a part of it is asked for. */
const ofPart = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name === "content-md5" ? "x-ms-blob-content-md5" : name,
      value,
    ]),
  );
const s3Etag = ({ md5 }: Stored) => Buffer.from(md5 ?? "", "base64").toString("hex");

/** A store that answers what its SDK asks for, two objects a page. */
export class BucketStore {
  readonly server = new RawServer();
  readonly objects = new Map<string, Stored>();
  /** The keys that were read. */
  got: string[] = [];
  /** The parts of objects that were asked for. */
  ranges: string[] = [];
  /** Whether objects are read with credentials only. */
  isPrivate = false;
  #generation = 0;

  put(key: string, body: string | Uint8Array, { isComposed = false, isFolder = false } = {}): void {
    const md5 = isComposed ? undefined : createHash("md5").update(body).digest("base64");
    this.#generation += 1;
    this.objects.set(key, { body, md5, isFolder, generation: this.#generation });
  }

  answer(protocol: Protocol): Answer {
    return ({ url, headers }, response) => {
      const { pathname, searchParams } = new URL(url, "http://store");
      const key = protocol.keyOf(pathname);
      if (key === undefined) {
        const { contentType, body } = protocol.missing;
        response.writeHead(404, { "content-type": contentType }).end(body);
      } else if (key === "") {
        const prefix = searchParams.get("prefix") ?? "";
        const found = [...this.objects].filter(([each]) => each.startsWith(prefix));
        const from = Number(searchParams.get(protocol.tokenParameter) ?? 0);
        const next = from + 2 < found.length ? from + 2 : undefined;
        const type = protocol.scheme === "gs" ? "application/json" : "application/xml";
        response
          .writeHead(200, { "content-type": type })
          .end(protocol.page(found.slice(from, from + 2), next));
      } else {
        const name = decodeURIComponent(key);
        this.got.push(name);
        const object = this.objects.get(name);
        const own = object && protocol.headers(object);
        const range = headers.range ?? headers["x-ms-range"];
        const asked = headers["if-match"]?.replaceAll('"', "");
        if (this.isPrivate && headers.authorization === undefined) {
          response.writeHead(403).end();
        } else if (object === undefined || own === undefined) {
          response.writeHead(404).end();
        } else if (asked !== undefined && own.etag !== `"${asked}"`) {
          response.writeHead(412, own).end();
        } else if (typeof range === "string") {
          this.ranges.push(range);
          const [, from = Number.NaN, to = 0] =
            /^bytes=(\d+)-(\d+)$/.exec(range)?.map(Number) ?? [];
          if (!(from <= to && to < sizeOf(object))) {
            response.writeHead(416).end();
            return;
          }
          const part = Buffer.from(object.body).subarray(from, to + 1);
          const place = `bytes ${from}-${to}/${sizeOf(object)}`;
          const about = { "content-length": part.length, "content-range": place };
          response.writeHead(206, { ...ofPart(own), ...about }).end(part);
        } else {
          response.writeHead(200, { ...own, "content-length": sizeOf(object) }).end(object.body);
        }
      }
    };
  }
}

/** A store for the describe block that calls this. */
export function useBucketStore(protocol: Protocol): BucketStore {
  const store = new BucketStore();
  keepEnvironment(...Object.keys(protocol.environment("")));
  before(async () => {
    await store.server.start();
    Object.assign(process.env, protocol.environment(store.server.origin));
  });
  after(() => store.server.stop());
  beforeEach(() => {
    store.server.answers(store.answer(protocol));
    store.objects.clear();
    for (const name of ["a.jpg", "b c/ü.png", "d.txt", ".hidden.jpg", "folder/"]) {
      store.put(`signs/${name}`, name.endsWith("/") ? "" : `bytes of ${name}`);
    }
    store.put("other/e.jpg", "e");
    store.got = [];
    store.ranges = [];
    store.isPrivate = false;
  });
  return store;
}
