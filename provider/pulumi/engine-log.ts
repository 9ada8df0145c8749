import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import { inOneLine } from "../text/lines.ts";
import { engineAddress } from "./engine-address.ts";

const { LogRequest, LogSeverity } = engineMessages;
let engine: InstanceType<typeof engineService.EngineClient> | undefined;

/** The messages on their way. */
const sending = new Set<Promise<void>>();

/** An engine that takes longer for a message than this is not waited for. */
const longestMs = 5_000;

/** Shows a message beside the resource, of one line or of several. Never fails: without an engine, it shows nothing. */
export function log(
  kind: "info" | "status" | "warning",
  message: string | readonly string[],
  urn: string | undefined,
): void {
  const address = engineAddress();
  if (address === undefined) {
    return;
  }
  engine ??= new engineService.EngineClient(address, grpc.credentials.createInsecure());
  const request = new LogRequest();
  request.setSeverity(kind === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
  request.setEphemeral(kind === "status");
  request.setMessage([message].flat().map(inOneLine).join("\n"));
  request.setUrn(urn ?? "");
  const client = engine;
  const sent = new Promise<void>((resolve) => {
    const deadline = Date.now() + longestMs;
    client.log(request, new grpc.Metadata(), { deadline }, () => resolve());
  });
  sending.add(sent);
  sent.then(() => sending.delete(sent));
}

/** Waits until the engine has all messages: it ends a preview when it has the last answer, and would never show them. */
export async function allShown(): Promise<void> {
  await Promise.all(sending);
}
