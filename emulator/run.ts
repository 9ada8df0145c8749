import { once } from "node:events";
import { ApiError } from "./http/api-error.ts";
import { type EmulatorOptions, startEmulator } from "./server.ts";

/** The emulator cannot start, for a reason that the user can correct. */
export class CannotStart extends Error {
  override readonly name = "CannotStart";
}

/** Starts the emulator, prints where it is, and lets it run until a signal ends it. */
export async function runEmulator(
  options: Required<Pick<EmulatorOptions, "port" | "dataDir" | "latencyMs" | "dialects">>,
  asJson = false,
): Promise<void> {
  const emulator = await startEmulator(options).catch((error: unknown) => {
    throw explained(error, options);
  });
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => ending.abort());
  }
  endWithParent(() => {
    process.stderr.write("The emulator ends, as the program that started it has ended.\n");
    ending.abort();
  });
  // A program that reads this may end the emulator at once, so its signals are handled by now.
  const { url, apiKey, spaceId, projectId, origin, jwks } = emulator;
  const where = { url, apiKey, spaceId, projectId, page: `${origin}/`, jwks };
  process.stdout.write(
    asJson
      ? `${JSON.stringify(where)}\n`
      : Object.entries(where)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(""),
  );
  await once(ending.signal, "abort");
  await emulator.close();
  // Node.js takes its handlers of signals away before it ends by itself, so a second signal that
  // comes then would decide how it ends.
  process.exit();
}

/** npm passes a signal only to the shell between npm and this process, so this process ends when that shell does. */
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

/** Explains what the user can correct. Any other error is a defect and keeps its stack. */
function explained(error: unknown, { port, dataDir }: { port: number; dataDir: string }): unknown {
  if (error instanceof ApiError) {
    return new CannotStart(error.message);
  }
  if (!(error instanceof Error) || !("code" in error)) {
    return error;
  }
  const { code, message } = error;
  if (code === "EADDRINUSE") {
    return new CannotStart(
      `port ${port} is in use: stop the program that listens there, or choose another port with --port`,
    );
  }
  if (code === "EACCES" && message.startsWith("listen")) {
    return new CannotStart(
      `port ${port} is not allowed for this user: choose one above 1023 with --port`,
    );
  }
  if (message === "database is locked") {
    return new CannotStart(
      `the data folder ${dataDir} is in use by another emulator: stop that one, or choose another folder with --data`,
    );
  }
  return new CannotStart(
    `the data folder ${dataDir} cannot be used (${message}): choose a writable folder with --data`,
  );
}
