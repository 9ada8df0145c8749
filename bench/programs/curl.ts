/**
 * The files of `files/`, by curl: URLs ten a request, then one `curl --parallel` for all files.
 * node curl.ts STATE_FILE
 */
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Target {
  path: string;
  signedUrl: string;
}

const { AIDP_BASE_URL, AIDP_API_KEY = "", AIDP_SPACE_ID, BENCH_CONCURRENCY = "" } = process.env;
const [stateFile = ""] = process.argv.slice(2);
const urlsPerRequest = 10;

const names = readdirSync("files");
const targets: Target[] = [];
let asked = 0;
await Promise.all(
  Array.from({ length: Number(BENCH_CONCURRENCY) }, async () => {
    while (asked < names.length) {
      asked += urlsPerRequest;
      targets.push(...(await takeUrls()));
    }
  }),
);

const paths: Record<string, string> = {};
const settings = ['header = "Content-Type: image/jpeg"', 'header = "Expect:"'];
for (const [index, name] of names.entries()) {
  const { path = "", signedUrl = "" } = targets[index] ?? {};
  settings.push(`upload-file = "${join("files", name)}"`, `url = "${signedUrl}"`);
  paths[name] = path;
}
writeFileSync("curl.config", settings.join("\n"));
writeFileSync(stateFile, JSON.stringify(paths));
const { status } = spawnSync(
  "curl",
  [
    ...["--parallel", "--parallel-max", BENCH_CONCURRENCY, "--fail"],
    ...["--no-progress-meter", "--config", "curl.config"],
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;

async function takeUrls(): Promise<Target[]> {
  const url = `${AIDP_BASE_URL}/spaces/${AIDP_SPACE_ID}/signedurls?count=${urlsPerRequest}`;
  const response = await fetch(url, { headers: { "x-api-key": AIDP_API_KEY } });
  if (!response.ok) {
    throw new Error(`${response.status}: ${await response.text()}`);
  }
  const { items } = (await response.json()) as { items: Target[] };
  return items;
}
