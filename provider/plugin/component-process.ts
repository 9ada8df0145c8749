import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type messages from "@pulumi/pulumi/proto/provider_pb.js";
import { engineAddress } from "../pulumi/engine-address.ts";

type Client = InstanceType<typeof providerService.ResourceProviderClient>;

/** The argument that has the plugin's file serve components. */
export const componentsFlag = "--components";

let started: Promise<Client> | undefined;

/** Has the process for components make one. It is started for the first, since most programs have none. */
export async function construct(
  request: InstanceType<typeof messages.ConstructRequest>,
): Promise<InstanceType<typeof messages.ConstructResponse>> {
  started ??= start();
  const client = await started;
  return new Promise((resolve, reject) => {
    client.construct(request, (error, response) => {
      if (error === null) {
        resolve(response);
      } else {
        reject(Object.assign(new Error(error.details, { cause: error }), { stack: "" }));
      }
    });
  });
}

function start(): Promise<Client> {
  const [, file = ""] = process.argv;
  // The file has no extension, so Node.js loads it by what it is told.
  const load = ["-e", "require(process.argv[1])", "--", file];
  const args = [...load, componentsFlag, engineAddress() ?? ""];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      // The next component starts another one.
      started = undefined;
      reject(error);
    };
    child.once("error", fail);
    child.once("exit", (code) => fail(new Error(`the process for components ended with ${code}`)));
    createInterface(child.stdout).once("line", (port) => {
      const { ResourceProviderClient } = providerService;
      const credentials = grpc.credentials.createInsecure();
      resolve(new ResourceProviderClient(`127.0.0.1:${port}`, credentials));
    });
  });
}
