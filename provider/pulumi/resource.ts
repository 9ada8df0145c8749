import * as pulumi from "@pulumi/pulumi";
import "./own-connections.ts";
import { isDigest } from "../lifecycle/packed-values.ts";
import { unfitFailures } from "../lifecycle/validation.ts";
import { inOneLine } from "../text/lines.ts";
import { unpackedValue } from "./packing.ts";
import { refuseUnfindable } from "./refuse-unfindable.ts";
import { refuseUnknownSettings } from "./refuse-unknown-settings.ts";
import { type Kind, pluginToken, providerText, typeToken } from "./shim.ts";

/** What the SDK calls the organization of a backend that has none. */
const noOrganization = "organization";

/** The version of the plugin that serves the resources of this process, in the place of the SDK. */
let pluginVersion: string | undefined;

/** Has the resources of this process served by the plugin, as the components in it are. */
export function serveByPlugin(version: string): void {
  pluginVersion = version;
}

/** What the resources have in common: how they are registered with the engine. */
export abstract class DynamicResource extends pulumi.CustomResource {
  /** `outputs` names the properties that the platform gives, besides those that are declared. */
  constructor(
    kind: Kind,
    name: string,
    properties: pulumi.Inputs,
    outputs: readonly string[],
    options?: pulumi.CustomResourceOptions,
  ) {
    refuseUnknownSettings();
    const restore = withoutStackTexts();
    try {
      super(
        pluginVersion === undefined ? typeToken(kind) : pluginToken(kind),
        name,
        {
          // The SDK makes an output of each property that is named here, even without a value.
          ...Object.fromEntries(outputs.map((output) => [output, undefined])),
          ...properties,
          ...(pluginVersion === undefined && hiddenProperties(kind, name, options)),
        },
        pulumi.mergeOptions(options, {
          // A stack goes on with the other kind of program.
          aliases: [{ type: pluginVersion === undefined ? pluginToken(kind) : typeToken(kind) }],
          ...(pluginVersion !== undefined && { version: pluginVersion }),
        }),
      );
    } finally {
      restore();
    }
  }
}

/** What lets the SDK serve a resource, and names its declaration on the platform. */
function hiddenProperties(
  kind: Kind,
  name: string,
  options?: pulumi.CustomResourceOptions,
): pulumi.Inputs {
  refuseUnfindable();
  const organization = pulumi.getOrganization();
  return {
    __provider: providerText(kind),
    // By this name an interrupted creation is found again. It is a promise, because an output of the parent would make a
    // child of a component wait for itself.
    __urn: new Promise<string>((resolve) =>
      pulumi.createUrn(name, typeToken(kind), options?.parent).apply(resolve),
    ),
    ...(organization !== noOrganization && { __organization: organization }),
  };
}

/**
 * Has no text made of a stack trace, until what it returns is called. The SDK notes one with each promise of each property,
 * which takes most of its time. An error that comes out has its own, since its text is made when somebody reads it.
 */
function withoutStackTexts(): () => void {
  const errors: Partial<Pick<ErrorConstructor, "prepareStackTrace">> = Error;
  const { prepareStackTrace } = errors;
  errors.prepareStackTrace = () => "";
  return () => {
    if (prepareStackTrace === undefined) {
      delete errors.prepareStackTrace;
    } else {
      errors.prepareStackTrace = prepareStackTrace;
    }
  };
}

/**
 * The options of a resource that must be ended before its replacement is made. A forced replacement does not ask the
 * provider for the order, and would make the new resource first, beside the one that should be ended.
 */
export function endedFirst(
  kind: Kind,
  name: string,
  options: pulumi.CustomResourceOptions = {},
): pulumi.CustomResourceOptions {
  if (options.deleteBeforeReplace === false) {
    throw new pulumi.RunError(
      `deleteBeforeReplace: false cannot be set on the ${kind} "${name}": its replacement would be made while people may still work on what it replaces. Leave the option out`,
    );
  }
  return { ...options, deleteBeforeReplace: true };
}

/** An input as JSON text, for what the engine and the SDK take long over. Text that is not known yet is one. */
export function toText(value: unknown): pulumi.Output<string> {
  return (pulumi.output(value) as pulumi.Output<unknown>).apply(jsonText);
}

/** A value as JSON text. Refuses what JSON would change silently, such as NaN into null. */
export function jsonText(value: unknown): string {
  const [unfit] = typeof value === "object" && value !== null ? unfitFailures({ ...value }) : [];
  if (unfit !== undefined) {
    throw new pulumi.RunError(inOneLine(unfit.reason));
  }
  return JSON.stringify(value);
}

/**
 * The value of an output that the engine keeps as JSON text or packed. If it repeats an input, a preview may have only
 * its digest: then it is not known yet, like `later`, which the provider finds out.
 */
export function fromText<T>(
  kept: pulumi.Output<T>,
  later: pulumi.Output<unknown> = kept,
): pulumi.Output<T> {
  return (kept as pulumi.Output<unknown>).apply((packed) => {
    const value = unpackedValue(packed);
    if (isDigest(value)) {
      return later.apply(() => value);
    }
    return typeof value === "string" ? JSON.parse(value) : value;
  }) as pulumi.Output<T>;
}

/** Makes outputs once a program reads them: most programs never do, and opening a large one takes a while. */
export function openWhenRead(
  resource: object,
  outputs: Readonly<Record<string, () => pulumi.Output<unknown>>>,
): void {
  for (const [name, get] of Object.entries(outputs)) {
    Object.defineProperty(resource, name, { enumerable: true, get });
  }
}
