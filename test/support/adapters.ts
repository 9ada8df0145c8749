import grpc from "@grpc/grpc-js";
import type * as pulumi from "@pulumi/pulumi";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Plain } from "../../provider/lifecycle/plain.ts";
import { LabelingPlugin } from "../../provider/plugin/plugin.ts";
import schema from "../../provider/plugin/schema.json" with { type: "json" };
import { serve } from "../../provider/plugin/service.ts";
import { visible } from "../../provider/pulumi/properties.ts";
import { DynamicProvider } from "../../provider/pulumi/provider.ts";
import { type Kind, pluginToken, providerText, typeToken } from "../../provider/pulumi/shim.ts";
import { adaptKinds } from "../../provider/resources/kinds.ts";

const { Struct } = structMessages;

/** What exists after a failure. */
export interface FailedInPart {
  id: string;
  properties: Plain;
  reasons: string[];
  message: string;
}

/** What the engine asks about a resource, however it asks. Hidden properties are left out. */
interface Served {
  check(olds: Plain, news: Plain): Promise<{ inputs: Plain; reasons: string[] }>;
  diff(
    olds: Plain,
    oldInputs: Plain,
    news: Plain,
  ): Promise<{ changed: boolean; replaces: string[] }>;
  create(news: Plain): Promise<{ id: string; properties: Plain }>;
  read(id: string, properties: Plain): Promise<{ id: string; properties: Plain; inputs?: Plain }>;
  update(id: string, olds: Plain, news: Plain): Promise<Plain>;
  delete(id: string, properties: Plain): Promise<void>;
}

/** An adapter: it serves a kind with settings, for a resource of this name. */
export interface AdapterCase {
  name: string;
  serve(kind: Kind, settings: Record<string, string>, resource: string): Promise<Served>;
}

const makers = adaptKinds<pulumi.dynamic.ResourceProvider>(
  (lifecycle) => new DynamicProvider(lifecycle),
);

const dynamic: AdapterCase = {
  name: "dynamic resources",
  async serve(kind, settings, resource) {
    const provider = makers[kind]() as Required<pulumi.dynamic.ResourceProvider>;
    const config = { get: (key: string) => settings[key.replace("aidp:", "")] };
    await provider.configure({ config } as unknown as pulumi.dynamic.ConfigureRequest);
    const __urn = `urn:pulumi:test::labeling::${typeToken(kind)}::${resource}`;
    const owned = (properties: Plain) => ({ ...properties, __provider: providerText(kind), __urn });
    return {
      async check(olds, news) {
        const { inputs, failures } = await provider.check(olds, owned(news));
        return { inputs: visible(inputs), reasons: (failures ?? []).map(({ reason }) => reason) };
      },
      async diff(olds, _, news) {
        const { changes, replaces = [] } = await provider.diff("id", owned(olds), owned(news));
        return { changed: changes !== false, replaces };
      },
      async create(news) {
        const { id, outs } = await provider.create(owned(news));
        return { id, properties: visible(outs) };
      },
      async read(id, properties) {
        const read: { id?: string; props?: Plain; inputs?: Plain } = await provider.read(
          id,
          owned(properties),
        );
        return { id: read.id ?? "", properties: visible(read.props), inputs: visible(read.inputs) };
      },
      update: async (id, olds, news) =>
        visible((await provider.update(id, owned(olds), owned(news))).outs),
      delete: (id, properties) => provider.delete(id, owned(properties)),
    };
  },
};

type Answer<Response> = (error: grpc.ServiceError | null, response: Response) => void;

/** A plugin in this process, over the wire, with the messages of the SDK. */
const plugin: AdapterCase = {
  name: "the plugin",
  async serve(kind, settings, resource) {
    const port = await serve(new LabelingPlugin(schema));
    const credentials = grpc.credentials.createInsecure();
    const client = new providerService.ResourceProviderClient(`127.0.0.1:${port}`, credentials);
    const configuration = new messages.ConfigureRequest();
    configuration.setArgs(struct(settings));
    await ask((answer) => client.configure(configuration, answer));
    const of = <R extends { setUrn(urn: string): unknown; setType(type: string): unknown }>(
      request: R,
    ) => {
      request.setUrn(`urn:pulumi:test::labeling::${pluginToken(kind)}::${resource}`);
      request.setType(pluginToken(kind));
      return request;
    };
    return {
      async check(olds, news) {
        const request = of(new messages.CheckRequest());
        request.setOlds(struct(olds));
        request.setNews(struct(news));
        const response = await ask<InstanceType<typeof messages.CheckResponse>>((answer) =>
          client.check(request, answer),
        );
        return {
          inputs: visible(plain(response.getInputs())),
          reasons: response.getFailuresList().map((failure) => failure.getReason()),
        };
      },
      async diff(olds, oldInputs, news) {
        const request = of(new messages.DiffRequest());
        request.setOlds(struct(olds));
        request.setOldInputs(struct(oldInputs));
        request.setNews(struct(news));
        const response = await ask<InstanceType<typeof messages.DiffResponse>>((answer) =>
          client.diff(request, answer),
        );
        const { DIFF_SOME } = messages.DiffResponse.DiffChanges;
        return {
          changed: response.getChanges() === DIFF_SOME,
          replaces: response.getReplacesList(),
        };
      },
      async create(news) {
        const request = of(new messages.CreateRequest());
        request.setProperties(struct(news));
        const response = await ask<InstanceType<typeof messages.CreateResponse>>((answer) =>
          client.create(request, answer),
        );
        return { id: response.getId(), properties: visible(plain(response.getProperties())) };
      },
      async read(id, properties) {
        const request = of(new messages.ReadRequest());
        request.setId(id);
        request.setProperties(struct(properties));
        const response = await ask<InstanceType<typeof messages.ReadResponse>>((answer) =>
          client.read(request, answer),
        );
        return {
          id: response.getId(),
          properties: visible(plain(response.getProperties())),
          inputs: visible(plain(response.getInputs())),
        };
      },
      async update(id, olds, news) {
        const request = of(new messages.UpdateRequest());
        request.setId(id);
        request.setOlds(struct(olds));
        request.setNews(struct(news));
        const response = await ask<InstanceType<typeof messages.UpdateResponse>>((answer) =>
          client.update(request, answer),
        );
        return visible(plain(response.getProperties()));
      },
      async delete(id, properties) {
        const request = of(new messages.DeleteRequest());
        request.setId(id);
        request.setProperties(struct(properties));
        await ask((answer) => client.delete(request, answer));
      },
    };
  },
};

export const adapters: readonly AdapterCase[] = [dynamic, plugin];

function struct(properties: Plain): InstanceType<typeof Struct> {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

function plain(properties: InstanceType<typeof Struct> | undefined): Plain {
  return (properties?.toJavaScript() ?? {}) as Plain;
}

/** An answer of the plugin. A partial failure is thrown in the form that the SDK has for it. */
function ask<Response>(call: (answer: Answer<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) {
        resolve(response);
        return;
      }
      const [details] = error.metadata.get("grpc-status-details-bin");
      reject(
        details === undefined
          ? new Error(error.details)
          : partialOf(details as Buffer, error.details),
      );
    });
  });
}

function partialOf(details: Buffer, message: string): FailedInPart {
  const [packed] = statusMessages.Status.deserializeBinary(details).getDetailsList();
  const bytes = packed?.getValue_asU8() ?? new Uint8Array();
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(bytes);
  return {
    id: failed.getId(),
    properties: visible(plain(failed.getProperties())),
    reasons: failed.getReasonsList(),
    message,
  };
}
