import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import { inOneLine } from "../text/lines.ts";
import { engineAddress } from "./engine-address.ts";

const { LogRequest, LogSeverity } = engineMessages;
let engine: InstanceType<typeof engineService.EngineClient> | undefined;

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
  engine.log(request, () => {});
}
