import { connect } from "node:net";

/** Where the engine listens: it starts the provider process with its address as an argument. */
export function engineAddress(): string | undefined {
  return process.argv.slice(2).find((argument) => /^[\w.-]+:\d+$/.test(argument));
}

/**
 * Ends this process when the engine is gone. A killed engine leaves its provider running: the provider would go on
 * creating, unseen, while the next update looks for what exists and makes the rest.
 */
export function endWithEngine(
  address: string | undefined = engineAddress(),
  wasThere = false,
): void {
  if (address === undefined) {
    return;
  }
  const [host = "", port] = address.split(":");
  let isThere = false;
  const socket = connect(Number(port), host, () => {
    isThere = true;
  });
  socket.unref();
  // Without reading, the process would not notice the end of the connection.
  socket.resume();
  socket.on("error", () => {});
  socket.once("close", () => {
    if (isThere) {
      // The engine closes connections that say nothing; a new one shows whether the engine is still there.
      endWithEngine(address, true);
    } else if (wasThere) {
      process.exit(1);
    }
  });
}
