import grpc from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import type { Message } from "google-protobuf";
import anyMessages from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Plain } from "../lifecycle/plain.ts";
import { Incomplete, isForUser } from "../pulumi/adapter.ts";
import { construct } from "./component-process.ts";
import type { PropertyChange } from "./detailed-diff.ts";
import { type WithStructs, withPlainStructs } from "./messages.ts";

// Pulumi's provider protocol over plain objects. It is written on the messages that the SDK ships, because the SDK's own
// server for providers passes on neither configuration nor timeouts, old inputs, previews and detailed diffs.

/** A resource that a call is about. */
export interface Call {
  urn: string;
  type: string;
  isPreview: boolean;
  /** How long the call may take, in seconds; 0 if nobody says. */
  timeoutSeconds: number;
}

/** Completed inputs, and what is wrong with them. */
export interface Checked {
  inputs: Plain;
  reasons: string[];
}

/** What has changed, and what that asks of the engine. */
export interface Diff {
  changed: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
  /** The changes by the path of the property. */
  detailed: ReadonlyMap<string, PropertyChange>;
}

/** What the protocol asks of a plugin. Values are as the engine sends and keeps them. */
export interface Plugin {
  readonly version: string;
  schema(): string;
  checkConfig(news: Plain): Checked;
  diffConfig(olds: Plain, news: Plain): boolean;
  configure(args: Plain): void;
  check(call: Call, olds: Plain, news: Plain): Promise<Checked>;
  diff(call: Call, olds: Plain, oldInputs: Plain, news: Plain): Promise<Diff>;
  create(call: Call, news: Plain): Promise<{ id: string; properties: Plain }>;
  read(
    call: Call,
    id: string,
    properties: Plain,
    inputs: Plain,
  ): Promise<{ properties: Plain; inputs: Plain } | undefined>;
  update(call: Call, id: string, olds: Plain, news: Plain): Promise<Plain>;
  delete(call: Call, id: string, properties: Plain): Promise<void>;
  invoke(token: string, args: Plain): Promise<Plain>;
  cancel(): void;
}

type Answer = WithStructs<Message>;
type Structs = WithStructs<Message>["structs"];

/** What has the getters that the requests about a resource share. */
interface ResourceRequest {
  getUrn(): string;
  getType(): string;
  getPreview?(): boolean;
  getTimeout?(): number;
}

/** What answers a method. */
type Handler<Request> = (request: Request, structs: Structs) => Answer | Promise<Answer>;

type Handlers = ReturnType<typeof handlersOf>;

function handlersOf(plugin: Plugin) {
  return {
    handshake: () => {
      const answer = new messages.ProviderHandshakeResponse();
      // The plugin decides what is secret. A resource or an output as an input reaches it as its id or its value.
      answer.setAcceptSecrets(true);
      return plain(answer);
    },
    attach: () => plain(new emptyMessages.Empty()),
    getPluginInfo: () => {
      const answer = new pluginMessages.PluginInfo();
      answer.setVersion(plugin.version);
      return plain(answer);
    },
    getSchema: () => {
      const answer = new messages.GetSchemaResponse();
      answer.setSchema(plugin.schema());
      return plain(answer);
    },
    checkConfig: (_: unknown, { news = {} }: Structs) => checked(plugin.checkConfig(news)),
    diffConfig: (_: unknown, { oldInputs = {}, news = {} }: Structs) => {
      const { DiffChanges } = messages.DiffResponse;
      const answer = new messages.DiffResponse();
      const isChanged = plugin.diffConfig(oldInputs, news);
      answer.setChanges(isChanged ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
      return plain(answer);
    },
    configure: (_: unknown, { args = {} }: Structs) => {
      plugin.configure(args);
      const answer = new messages.ConfigureResponse();
      answer.setAcceptsecrets(true);
      answer.setSupportspreview(true);
      return plain(answer);
    },
    check: async (request: ResourceRequest, { olds = {}, news = {} }: Structs) =>
      checked(await plugin.check(callOf(request), olds, news)),
    diff: async (request: ResourceRequest, { olds = {}, oldInputs = {}, news = {} }: Structs) =>
      plain(diffAnswer(await plugin.diff(callOf(request), olds, oldInputs, news))),
    create: async (request: ResourceRequest, { properties: news = {} }: Structs) => {
      const { id, properties } = await plugin.create(callOf(request), news);
      const message = new messages.CreateResponse();
      message.setId(id);
      return { message, structs: { properties } };
    },
    read: async (
      request: ResourceRequest & { getId(): string },
      { properties = {}, inputs = {} }: Structs,
    ) => {
      const message = new messages.ReadResponse();
      const found = await plugin.read(callOf(request), request.getId(), properties, inputs);
      if (found === undefined) {
        // A blank id tells the engine that the resource is gone.
        return plain(message);
      }
      message.setId(request.getId());
      return { message, structs: { ...found } };
    },
    update: async (
      request: ResourceRequest & { getId(): string },
      { olds = {}, news = {} }: Structs,
    ) => {
      const properties = await plugin.update(callOf(request), request.getId(), olds, news);
      return { message: new messages.UpdateResponse(), structs: { properties } };
    },
    delete: async (
      request: ResourceRequest & { getId(): string },
      { properties = {} }: Structs,
    ) => {
      await plugin.delete(callOf(request), request.getId(), properties);
      return plain(new emptyMessages.Empty());
    },
    invoke: async (request: { getTok(): string }, { args = {} }: Structs) => ({
      message: new messages.InvokeResponse(),
      structs: { return: await plugin.invoke(request.getTok(), args) },
    }),
    construct: async (request: InstanceType<typeof messages.ConstructRequest>) =>
      plain(await construct(request)),
    cancel: () => {
      plugin.cancel();
      return plain(new emptyMessages.Empty());
    },
  } satisfies Record<string, Handler<never>>;
}

function plain(message: Message): Answer {
  return { message, structs: {} };
}

function callOf(request: ResourceRequest): Call {
  return {
    urn: request.getUrn(),
    type: request.getType(),
    isPreview: request.getPreview?.() ?? false,
    timeoutSeconds: request.getTimeout?.() ?? 0,
  };
}

function checked({ inputs, reasons }: Checked): Answer {
  const message = new messages.CheckResponse();
  // Reasons name their field. If given the name separately, the engine prints its value as well: a whole set.
  const failures = reasons.map((reason) => {
    const failure = new messages.CheckFailure();
    failure.setReason(reason);
    return failure;
  });
  message.setFailuresList(failures);
  return { message, structs: { inputs } };
}

function diffAnswer({ changed, replaces, deleteBeforeReplace, detailed }: Diff): Message {
  const { DiffChanges } = messages.DiffResponse;
  const { Kind } = messages.PropertyDiff;
  const answer = new messages.DiffResponse();
  answer.setChanges(changed ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  answer.setReplacesList(replaces);
  answer.setDeletebeforereplace(deleteBeforeReplace);
  for (const [path, { kind, replaces: isReplacing, ofInput }] of detailed) {
    const change = new messages.PropertyDiff();
    change.setKind(Kind[isReplacing ? (`${kind}_REPLACE` as const) : kind]);
    change.setInputdiff(ofInput);
    answer.getDetaileddiffMap().set(path, change);
  }
  answer.setHasdetaileddiff(detailed.size > 0);
  answer.setDiffsList([...new Set([...detailed.keys()].map(propertyOf))]);
  return answer;
}

/** The property that a path is in. */
function propertyOf(path: string): string {
  return path.replace(/[.[].*$/s, "");
}

/** An error in the form in which the engine takes it. */
function statusOf(error: unknown): Partial<grpc.StatusObject> {
  const metadata = new grpc.Metadata();
  if (error instanceof Incomplete) {
    const detail = new messages.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(structMessages.Struct.fromJavaScript(error.properties as never));
    detail.setReasonsList(error.reasons);
    const packed = new anyMessages.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new statusMessages.Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(error.message);
    status.addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: messageOf(error), metadata };
}

/** A fault of the program is shown with its stack. Errors of functions have an empty one. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const isAnswer = error instanceof Incomplete || isForUser(error) || !error.stack;
  return isAnswer ? error.message : (error.stack ?? error.message);
}

/** As much as the engine takes and sends. */
const mostBytes = 400 * 1024 * 1024;

/** Serves a plugin on a free port of this machine, which it returns. */
export async function serve(plugin: Plugin): Promise<number> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": mostBytes,
    "grpc.max_send_message_length": mostBytes,
  });
  const methods = providerService.ResourceProviderService as unknown as Record<
    string,
    grpc.MethodDefinition<Message, Message>
  >;
  const handlers = handlersOf(plugin);
  const names = Object.keys(handlers) as (keyof Handlers)[];
  server.addService(
    Object.fromEntries(
      names.flatMap((name) => {
        const method = methods[name];
        return method === undefined ? [] : [[name, withPlainStructs(name, method)]];
      }),
    ),
    Object.fromEntries(names.map((name) => [name, unary(handlers[name] as Handler<unknown>)])),
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/** About what a call on 100,000 work items leaves: V8 would keep it as long as the machine has memory to spare. */
const muchBytes = 64 * 1024 * 1024;

/** What was in use after the last collection: to collect again before there is as much more would find little. */
let keptBytes = 0;

function collectWhatIsLeft(): void {
  if (process.memoryUsage().heapUsed - keptBytes > muchBytes) {
    globalThis.gc?.();
    keptBytes = process.memoryUsage().heapUsed;
  }
}

function unary(handler: Handler<unknown>): grpc.handleUnaryCall<Answer, Answer> {
  return async ({ request: { message, structs } }, answer) => {
    try {
      answer(null, await handler(message, structs));
    } catch (error) {
      answer(statusOf(error));
    }
    // The answer is sent first.
    setImmediate(collectWhatIsLeft);
  };
}
