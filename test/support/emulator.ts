import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/server.ts";
import { clearFaults } from "../../harness/emulator.ts";

/** The emulator of a describe block. */
export interface TestEmulator {
  readonly emulator: Emulator;
  readonly dataDir: string;
  /** Ends it and starts it anew on the same data; `whileDown` runs in between. Default: on another port. */
  restart(whileDown?: () => unknown, port?: number): Promise<void>;
}

/** Starts an emulator for the describe block that calls this, and ends each spec's faults. */
export function useEmulator(options: Partial<EmulatorOptions> = {}): TestEmulator {
  let emulator: Emulator | undefined;
  let dataDir = "";
  const start = async (port: number) => {
    emulator = await startEmulator({ dataDir, port, validateResponses: true, ...options });
  };
  const running = () => {
    assert.ok(emulator, "the emulator runs within specs and hooks only");
    return emulator;
  };
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "aidp-emulator-"));
    await start(0);
  });
  beforeEach(function () {
    // Retries wait for seconds, and mocha's own limit is two. A spec's own, longer limit stays.
    const limit = this.currentTest?.timeout() ?? 0;
    this.currentTest?.timeout(Math.max(limit, 60_000));
  });
  afterEach(async () => {
    if (emulator !== undefined) {
      await clearFaults(emulator);
    }
  });
  after(async () => {
    await emulator?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get emulator() {
      return running();
    },
    get dataDir() {
      return dataDir;
    },
    async restart(whileDown, port = 0) {
      await running().close();
      await whileDown?.();
      await start(port);
    },
  };
}
