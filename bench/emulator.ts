/**
 * How many work items a second the emulator creates, over keep-alive HTTP from another process.
 * node bench/emulator.ts [--items 10000] [--concurrency 32] [--rounds 1]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    items: { type: "string", default: "10000" },
    concurrency: { type: "string", default: "32" },
    rounds: { type: "string", default: "1" },
  },
});
const items = Number(values.items);
const concurrency = Number(values.concurrency);

const dataDir = await mkdtemp(join(tmpdir(), "emulator-bench-"));
const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const emulator = spawn(process.execPath, [main, "emulator", "--port", "0", "--data", dataDir], {
  stdio: ["ignore", "pipe", "inherit"],
});
const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
try {
  const ready: Record<string, string> = {};
  for await (const line of createInterface(emulator.stdout)) {
    const [name = "", value = ""] = line.split(/=(.*)/s);
    ready[name] = value;
    if (name === "projectId") {
      break;
    }
  }
  const { url, apiKey = "", projectId } = ready;
  const target = `${url}/projects/${projectId}/workItems`;
  const ids: string[] = [];
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    await measure(`create, round ${round}`, items, async (index) => {
      const item = await call("POST", target, apiKey, {
        assetUrl: `uploads/${index}.png`,
        assetType: "image",
        metadata: { key: `item-${index}` },
        labels: [{ bbox: [10, 20, 30, 40], metadata: { category: "car" } }],
      });
      if (index % Math.ceil(items / 100) === 0) {
        ids.push(JSON.parse(item).id);
      }
    });
  }
  const batches = `${url}/projects/${projectId}/batches`;
  await measure("list batches", 1000, () => call("GET", batches, apiKey));
  await measure("list 100 items of a batch", 1000, () =>
    call("GET", `${target}?batchIds=1&limit=100`, apiKey),
  );
  await measure("list 100 items by their ids", 1000, () =>
    call("GET", `${target}?workItemIDs=${ids.slice(-100)}&limit=100`, apiKey),
  );
} finally {
  agent.destroy();
  emulator.kill();
  await once(emulator, "exit");
  await rm(dataDir, { recursive: true });
}

async function measure(
  what: string,
  count: number,
  one: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) {
        next += 1;
        await one(next);
      }
    }),
  );
  const perSecond = (count / (performance.now() - start)) * 1000;
  console.log(`${what}: ${count} requests, ${Math.round(perSecond)} a second`);
}

function call(method: string, target: string, apiKey: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "x-api-key": apiKey, "content-type": "application/json" };
    request(target, { method, agent, headers }, async (response) => {
      const answer = await text(response);
      if (response.statusCode === 200 || response.statusCode === 201) {
        resolve(answer);
      } else {
        reject(new Error(`${method} answered ${response.statusCode}: ${answer}`));
      }
    })
      .on("error", reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}
