import { subscribe } from "node:diagnostics_channel";

const controller = new AbortController();

/** Aborted once the engine asks the provider to stop: at the first Ctrl-C. */
export const cancellation: AbortSignal = controller.signal;

/** Has this process send nothing new. */
export function cancel(): void {
  controller.abort();
}

/**
 * Listens for the engine's `Cancel`. The SDK answers that call without telling a dynamic provider, so this function
 * watches for it at the HTTP/2 server of the process. Node.js before 24 has no such channel: there, the update finishes
 * a set before it stops.
 */
export function watchForCancel(): void {
  subscribe("http2.server.stream.created", (message) => {
    const { headers } = message as { headers: { ":path"?: string } };
    if (headers[":path"] === "/pulumirpc.ResourceProvider/Cancel") {
      cancel();
    }
  });
}
