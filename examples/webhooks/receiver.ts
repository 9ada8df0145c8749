// Receives the platform's webhooks: each change of a work item's status, verified, on standard output as a line of
// JSON. Start it, and give its address to work items as `callbackUrl`. AIDP_JWKS is the address of the platform's keys:
// `aidp emulator` prints its own as jwks.

import { createServer, type IncomingMessage } from "node:http";
import { verifyWebhook, WebhookError } from "pulumi-ai-data-platform";

const jwks = process.env.AIDP_JWKS ?? "https://api.ai.cloudfactory.app/api/.well-known/jwks.json";
const port = Number(process.env.PORT ?? 8080);
const mostBytes = 64 * 1024;

const server = createServer(async (request, response) => {
  const answer = (status: number, why = "") => response.writeHead(status).end(why);
  if (request.method !== "POST") {
    answer(405);
    return;
  }
  try {
    // The signature is over the bytes as they came in: nothing may parse them before.
    const body = await bodyOf(request);
    if (body === undefined) {
      response.setHeader("connection", "close");
      answer(413);
      return;
    }
    const { workItemID, status, updatedAt } = await verifyWebhook(body, request.headers, { jwks });
    process.stdout.write(`${JSON.stringify({ workItemID, status, updatedAt })}\n`);
    answer(204);
  } catch (error) {
    // Where the keys cannot be had nothing is known of the webhook: with 503 it comes again.
    const isRefused = error instanceof WebhookError;
    process.stderr.write(`${String(error)}\n`);
    answer(isRefused ? 401 : 503, isRefused ? error.message : "");
  }
});

/** The body of a request; nothing where it is too long, whatever length it claims to have. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    size += part.length;
    if (size > mostBytes) {
      return undefined;
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  const at = typeof address === "object" ? address?.port : port;
  process.stderr.write(`listening on http://127.0.0.1:${at}/\n`);
});
