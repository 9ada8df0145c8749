import * as settings from "@pulumi/pulumi/runtime/settings.js";

// The SDK shares a connection among all programs of a process that have its address. Each engine has a new address, but
// one may get that of an engine that has just ended. If the shared connection is still waiting to be tried again, the SDK
// takes that for the end of the program, and the engine deletes everything that the program did not declare.
Object.assign((settings as { grpcClientOptions?: object }).grpcClientOptions ?? {}, {
  "grpc.use_local_subchannel_pool": 1,
});
