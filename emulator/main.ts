import { parseArgs } from "node:util";
import { startEmulator } from "./server.ts";

const usage = "Usage: npm run emulator -- [--port 4010] [--data .demo/emulator] [--latency 0]";

const options = readOptions();
try {
  const emulator = await startEmulator(options);
  for (const name of ["url", "apiKey", "spaceId", "projectId"] as const) {
    console.log(`${name}=${emulator[name]}`);
  }
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => emulator.close());
  }
  endWithParent(() => emulator.close());
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}

/** npm passes a signal to the shell between it and us only: that shell's end is ours. */
function endWithParent(end: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(watch);
      end();
    }
  }, 500);
  watch.unref();
}

function readOptions(): { port: number; dataDir: string; latencyMs: number } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "4010" },
        data: { type: "string", default: ".demo/emulator" },
        latency: { type: "string", default: "0" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return {
      port: toInteger("--port", values.port, 65_535),
      dataDir: values.data,
      latencyMs: toInteger("--latency", values.latency, 600_000),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    console.error(`${reason} ${usage}`);
    process.exit(2);
  }
}

function toInteger(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) {
    throw new Error(`${option} must be an integer from 0 to ${max}, not "${text}".`);
  }
  return value;
}

/** Only what the user can put right; anything else is a defect and keeps its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) {
    throw error;
  }
  const { code, message } = error;
  if (code === "EADDRINUSE") {
    return `Port ${options.port} is in use: stop the program that listens there, or choose another port with --port.`;
  }
  if (code === "EACCES" && message.startsWith("listen")) {
    return `Port ${options.port} is not allowed for this user: choose one above 1023 with --port.`;
  }
  if (message === "database is locked") {
    return `The data folder ${options.dataDir} is in use by another emulator: stop that one, or choose another folder with --data.`;
  }
  return `The data folder ${options.dataDir} cannot be used (${message}): choose a writable folder with --data.`;
}
