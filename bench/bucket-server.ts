/** A bucket of S3 with files of random bytes, in a process of its own: prints its address. node bucket-server.ts COUNT BYTES */
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const [count = 0, bytes = 0] = process.argv.slice(2).map(Number);
const objects = new Map(
  Array.from({ length: count }, (_, index) => [`pictures/${index}.bin`, randomBytes(bytes)]),
);
const etags = new Map(
  [...objects].map(([key, body]) => [key, createHash("md5").update(body).digest("hex")]),
);
const contents = [...etags].map(
  ([key, etag]) =>
    `<Contents><Key>${key}</Key><Size>${bytes}</Size><ETag>&quot;${etag}&quot;</ETag></Contents>`,
);
const listing = `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join("")}</ListBucketResult>`;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://bucket");
  if (searchParams.has("list-type")) {
    response.end(listing);
    return;
  }
  const key = pathname.replace(/^\/bucket\//, "");
  response.writeHead(200, { "content-length": bytes, etag: `"${etags.get(key)}"` });
  response.end(objects.get(key));
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
