import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));

describe("aidp emulator", () => {
  let folder: string;
  let children: ChildProcess[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "emulator-test-"));
    children = [];
  });
  after(async () => {
    for (const child of children.filter(
      ({ exitCode, signalCode }) => (exitCode ?? signalCode) === null,
    )) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true });
  });

  function run(...args: string[]) {
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", main, "emulator", ...args],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    children.push(child);
    return child;
  }

  async function ready(child: ReturnType<typeof run>): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (lines.length === 6) {
        break;
      }
    }
    return lines;
  }

  async function failure(...args: string[]): Promise<{ code: number; stderr: string }> {
    const child = run(...args);
    const [stderr, stdout, [code]] = await Promise.all([
      text(child.stderr),
      text(child.stdout),
      once(child, "exit"),
    ]);
    assert.equal(stdout, "");
    return { code, stderr };
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints six lines that work, and ends with 0 on ${signal}`, async () => {
      const child = run("--port", "0", "--data", join(folder, signal));
      const values = Object.fromEntries((await ready(child)).map((line) => line.split("=")));
      const names = ["url", "apiKey", "spaceId", "projectId", "page", "jwks"];
      assert.deepEqual(Object.keys(values), names);
      const { url, apiKey, spaceId, projectId } = values;
      const response = await fetch(`${url}/spaces/${spaceId}/projects/${projectId}`, {
        headers: { "x-api-key": apiKey },
      });
      assert.equal(response.status, 200);
      // The connection of this fetch stays open: ending must not wait for it.
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [0, null]);
    });
  }

  it("prints one line of JSON where that is asked for", async () => {
    const child = run("--port", "0", "--data", join(folder, "json"), "--json");
    const [line] = await once(createInterface(child.stdout), "line");
    const { page, jwks, apiKey } = JSON.parse(line);
    assert.match(await (await fetch(page)).text(), /<title>/);
    const { keys } = (await (await fetch(jwks)).json()) as { keys: unknown[] };
    assert.equal(keys.length, 1);
    assert.match(apiKey, /^emulator-/);
  });

  it("ends once, however often it is told to", async () => {
    const child = run("--port", "0", "--data", join(folder, "twice"));
    await ready(child);
    const complaints = text(child.stderr);
    child.kill("SIGINT");
    const again = setInterval(() => child.kill("SIGTERM"), 1);
    const ended = await once(child, "exit");
    clearInterval(again);
    assert.deepEqual(ended, [0, null]);
    assert.equal(await complaints, "");
  });

  it("says in one line that the port, or the data folder, is in use", async () => {
    const first = run("--port", "0", "--data", join(folder, "first"));
    const [url = ""] = await ready(first);
    const port = new URL(url.slice("url=".length)).port;
    const samePort = await failure("--port", port, "--data", join(folder, "second"));
    assert.equal(samePort.code, 1);
    assert.match(samePort.stderr, new RegExp(`^error: port ${port} is in use: .*--port\n$`));
    const sameData = await failure("--port", "0", "--data", join(folder, "first"));
    assert.equal(sameData.code, 1);
    assert.match(
      sameData.stderr,
      /^error: the data folder .* is in use by another emulator: .*\n$/,
    );
  });

  it("says in one line that the data folder cannot be used", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    for (const data of [file, join(file, "below")]) {
      const { code, stderr } = await failure("--port", "0", "--data", data);
      assert.equal(code, 1);
      assert.match(stderr, /^error: the data folder .* cannot be used .*--data\n$/);
    }
  });

  for (const args of [
    ["--port", "x"],
    ["--port", "65536"],
    ["--latency", "-1"],
    ["--latency=1.5"],
    ["--unknown"],
    ["extra"],
    ["--data"],
  ]) {
    it(`refuses ${args.join(" ")} in one line`, async () => {
      const { code, stderr } = await failure(...args);
      assert.equal(code, 1);
      assert.match(stderr, /^error: [^\n]+ \(aidp emulator --help tells what there is\)\n$/);
    });
  }
});
