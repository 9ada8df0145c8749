import assert from "node:assert/strict";
import {
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import runtime from "@pulumi/pulumi/runtime/index.js";
import { type Kind, typeToken } from "../../provider/pulumi/shim.ts";
import { toJsonText } from "../../provider/text/json.ts";

export type Rule = ResourceValidationPolicy | StackValidationPolicy;

/** What the engine hands over for a value that is not known at preview. */
export const unknown: unknown = runtime.unknownValue;

/** A resource as the engine hands it over. */
export interface Resource {
  kind: Kind;
  props: Record<string, unknown>;
  name?: string;
  protect?: boolean;
  /** The resources that a property depends on, by name. */
  dependsOn?: Record<string, string[]>;
}

const day = 86_400;

/** Three days, or as many more as it takes to come to a Wednesday in UTC. */
function secondsToWednesday(): number {
  const from = Date.now() + 3 * day * 1_000;
  return (3 + ((3 - new Date(from).getUTCDay() + 7) % 7)) * day;
}

/** A batch that no rule has anything against. */
export function goodBatch(changes: Record<string, unknown> = {}): Resource {
  return {
    kind: "Batch",
    protect: true,
    props: {
      projectId: "ab4db3b3-baf7-48c1-8757-b863372f4677",
      name: "vision-signs-2026-12",
      metadata: { owner: "vision", costCentre: "4711" },
      ...changes,
    },
  };
}

/** The fields of an item that no rule has anything against. */
export function goodFields(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    assetUrl: "https://pictures.example.com/a.jpg",
    assetType: "image",
    taxonomyVersionId: "0f7b1c9e-3a52-4c1a-9f0e-5d3c2b1a0987",
    dueInSeconds: secondsToWednesday(),
    difficulty: 30,
    metadata: { width: 640, height: 480, camera: "front" },
    labels: [{ bbox: [10, 10, 100, 80], metadata: { category: "stop sign" } }],
    ...changes,
  };
}

export function goodItem(changes: Record<string, unknown> = {}): Resource {
  return { kind: "WorkItem", props: goodFields(changes) };
}

/** A set of items, each with what is not as in a good one. */
export function setOf(
  items: Record<string, Record<string, unknown>>,
  more: Record<string, unknown> = {},
): Resource {
  const texts = Object.entries(items).map(([key, changes]) => [
    key,
    toJsonText(goodFields({ assetUrl: `uploads/${key}.jpg`, ...changes })),
  ]);
  return { kind: "WorkItemSet", props: { items: Object.fromEntries(texts), ...more } };
}

/** What a rule reports of resources, which are all those of the stack, without the link to its documentation. */
export async function reports(
  rule: Rule,
  resources: Resource[],
  config: object = {},
): Promise<string[]> {
  const messages: string[] = [];
  const report = (message: string): void => {
    const [problem = "", ...link] = message.split("\n");
    assert.deepEqual(link, [rule.url]);
    messages.push(problem);
  };
  const seen = resources.map(handedOver);
  for (const [index, { dependsOn = {} }] of resources.entries()) {
    for (const [property, names] of Object.entries(dependsOn)) {
      seen[index]!.propertyDependencies[property] = seen.filter(({ name }) => names.includes(name));
    }
  }
  if ("validateStack" in rule) {
    await rule.validateStack({ ...argsOf(config), resources: seen }, report);
  } else {
    assert.ok(typeof rule.validateResource === "function");
    for (const each of seen) {
      await rule.validateResource({ ...each, ...argsOf(config) }, report);
    }
  }
  return messages;
}

/** What a rule makes of a resource's properties; nothing where it leaves them as they are. */
export async function remediated(
  rule: Rule,
  resource: Resource,
  config: object = {},
): Promise<Record<string, unknown> | undefined> {
  assert.ok("remediateResource" in rule && rule.remediateResource !== undefined);
  const props = await rule.remediateResource({ ...handedOver(resource), ...argsOf(config) });
  return props ?? undefined;
}

function handedOver({ kind, props, name = kind, protect = false }: Resource): PolicyResource {
  const type = typeToken(kind);
  return {
    type,
    name,
    urn: `urn:pulumi:dev::labeling::${type}::${name}`,
    props: unknownCheckingProxy(structuredClone(props)),
    opts: {
      protect,
      ignoreChanges: [],
      aliases: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
      additionalSecretOutputs: [],
    },
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}

function argsOf(config: object) {
  return {
    stackTags: new Map<string, string>(),
    asType: () => undefined,
    getConfig: <T extends object>() => structuredClone(config) as T,
    notApplicable: (reason?: string): never => {
      throw new Error(`not applicable: ${reason}`);
    },
  };
}
