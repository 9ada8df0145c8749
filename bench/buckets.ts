/**
 * Uploads from a bucket beside uploads of as many files of a folder, in turn, and the ratio of their throughputs.
 * npm run bench:buckets -- [--files 1000] [--bytes 200000] [--rounds 5]
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "../provider/api/client.ts";
import type { Plain } from "../provider/lifecycle/plain.ts";
import { uploadSetLifecycle } from "../provider/resources/upload-set.ts";
import { integer } from "../scripts/integer.ts";
import { runMain } from "../scripts/main.ts";
import { table } from "../scripts/markdown-table.ts";
import { machine } from "./machine.ts";
import { median } from "./median.ts";
import { Platform } from "./platform.ts";

type Inputs = Parameters<typeof uploadSetLifecycle.create>[1];

/** The least throughput of a bucket, as a part of the folder's. */
const atLeast = 0.7;

/** How many seconds it takes to look at the files of a folder or a bucket, and to send them. */
async function seconds(folder: string): Promise<number> {
  const platform = await Platform.start(0);
  try {
    const { url, apiKey, spaceId } = platform.emulator;
    const client = new Client({ apiKey, baseUrl: url });
    const owner = "urn:pulumi:bench::buckets::aidp:index:UploadSet::pictures";
    const stack = { client, owner, info: () => {}, status: () => {}, warn: () => {} };
    const startedAt = performance.now();
    const news: Plain = { folder };
    const { inputs } = await uploadSetLifecycle.check(news, {}, { projectId: undefined, spaceId });
    await uploadSetLifecycle.create(stack, inputs as unknown as Inputs);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await platform.stop();
  }
}

await runMain(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      files: { type: "string", default: "1000" },
      bytes: { type: "string", default: "200000" },
      rounds: { type: "string", default: "5" },
    },
  });
  const files = integer("--files", values.files, 1);
  const bytes = integer("--bytes", values.bytes, 1);
  const rounds = integer("--rounds", values.rounds, 1);
  const root = mkdtempSync(join(tmpdir(), "aidp-bench-buckets-"));
  const program = join(import.meta.dirname, "bucket-server.ts");
  const server = spawn(process.execPath, [program, String(files), String(bytes)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [address] = await once(server.stdout, "data");
    Object.assign(process.env, {
      XDG_CACHE_HOME: join(root, "cache"),
      AWS_ENDPOINT_URL: String(address).trim(),
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
    const taken = { folder: [] as number[], bucket: [] as number[] };
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const folder = mkdtempSync(join(root, "files-"));
      for (let index = 0; index < files; index += 1) {
        writeFileSync(join(folder, `${index}.bin`), randomBytes(bytes));
      }
      const ofFolder = await seconds(folder);
      const ofBucket = await seconds("s3://bucket/pictures");
      if (round > 0) {
        taken.folder.push(ofFolder);
        taken.bucket.push(ofBucket);
      }
      rmSync(folder, { recursive: true });
    }
    const part = median(taken.folder) / median(taken.bucket);
    console.log(`${JSON.stringify(machine())}\n`);
    const rows = Object.entries(taken).map(([from, each]) => [from, median(each).toFixed(2)]);
    console.log(table([`${files} files of ${bytes} bytes from`, "seconds"], rows));
    const isMet = part >= atLeast;
    console.log(
      `throughput of the bucket / of the folder: ${part.toFixed(2)} (at least ${atLeast})`,
    );
    return isMet ? 0 : 1;
  } finally {
    server.kill();
    rmSync(root, { recursive: true });
  }
});
