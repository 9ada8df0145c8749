import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Client } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { findFailures } from "../lifecycle/validation.ts";
import { openClient } from "./clients.ts";
import { readConfiguration } from "./configuration.ts";
import { withOthersMissing } from "./missing-settings.ts";
import { visible } from "./properties.ts";
import { refuseUnknownSettings } from "./refuse-unknown-settings.ts";

// Functions run in the program's own process. The engine knows nothing about them, so this file does what the engine
// does for the functions of a provider plugin: configuration, waiting for resources, errors in one line.

/** Arguments, each of which may be an output of a resource, and so may the entries of a list. */
export type InputsOf<Args> = { [Field in keyof Args]: InputOf<NonNullable<Args[Field]>> };
type InputOf<T> = [T] extends [(infer Entry)[]]
  ? pulumi.Input<pulumi.Input<Entry>[]>
  : pulumi.Input<T>;

/** The options of the Output form of a function. Pulumi's other options are for the functions of plugins. */
export interface FunctionOptions {
  /**
   * Resources that the function waits for, besides those that its arguments come from; a component counts with
   * everything in it. While one of them does not exist yet, at preview, the answer is not known.
   */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource>;
}

/** The promise form of a function: checks its arguments, asks the platform, and fails in one line. */
export async function answer<Schema extends z.ZodObject, Result>(
  name: string,
  schema: Schema,
  args: object,
  ask: (client: Client, checked: z.output<Schema>) => Promise<Result>,
): Promise<Result> {
  // A program of the Automation API ends once nothing is under way that the SDK knows of.
  const done = pulumi.runtime.rpcKeepAlive();
  try {
    const { client, checked } = prepare(name, schema, args);
    return await ask(client, checked);
  } catch (error) {
    throw runErrorOf(name, error);
  } finally {
    done();
  }
}

/** The Output form of a function: asks once all arguments are known and everything that they come from exists. */
export function answerLater<Args extends object, Result>(
  ask: (args: Args) => Promise<Result>,
  args: InputsOf<Args>,
  options: FunctionOptions = {},
): pulumi.Output<Result> {
  for (const option of Object.keys(visible(options))) {
    if (option !== "dependsOn") {
      throw new pulumi.RunError(
        `${ask.name}Output: ${option} is not an option of a function: dependsOn is the only one`,
      );
    }
  }
  const given = pulumi.output({ args, dependsOn: options.dependsOn ?? [] }) as pulumi.Output<{
    args: Args;
    dependsOn: pulumi.Resource | pulumi.Resource[];
  }>;
  const named = given.apply(({ dependsOn }) => pulumi.all(idsOf([dependsOn].flat())));
  // At preview, a known value may come from a resource that does not exist yet: then nothing must be asked either.
  const behind = pulumi.output(resourcesBehind(given).then(idsOf));
  return pulumi.all([given, named, behind]).apply(([{ args: known }]) => ask(known as Args));
}

/** The client of the stack, and the arguments with the stack's project and space if they name none. */
export function prepare<Schema extends z.ZodObject>(
  name: string,
  schema: Schema,
  args: object,
): { client: Client; checked: z.output<Schema> } {
  refuseUnknownSettings();
  const configuration = readConfiguration((key) => pulumi.runtime.getConfig(key));
  const inputs: Plain = visible(args);
  for (const place of ["projectId", "spaceId"] as const) {
    if (place in schema.shape) {
      inputs[place] ??= configuration[place];
    }
  }
  const failures = withOthersMissing(findFailures(schema, inputs, name), inputs, configuration);
  if (failures.length > 0) {
    const reasons = failures.slice(0, mostReasons).map(({ reason }) => reason);
    const more = failures.length > mostReasons ? `; and ${failures.length - mostReasons} more` : "";
    throw new Refusal(reasons.join("; ") + more);
  }
  return { client: openClient(configuration), checked: schema.parse(inputs) };
}

const mostReasons = 3;

/** Makes an answer to the user an error that the SDK prints without a stack; a failed request stays its cause. */
export function runErrorOf(name: string, error: unknown): unknown {
  if (!(error instanceof Refusal || error instanceof ApiError)) {
    return error;
  }
  const cause = error instanceof Refusal ? error.cause : error;
  const line = new pulumi.RunError(`${name}: ${error.message}`, { cause });
  // If an error comes after the end of the program's own text, the SDK prints its stack, if it has one.
  line.stack = "";
  return line;
}

/** The ids of resources, and of the resources that components consist of: known once all of them exist. */
function idsOf(resources: Iterable<pulumi.Resource>): pulumi.Output<string>[] {
  return [...resources].flatMap((resource) => {
    if (pulumi.CustomResource.isInstance(resource)) {
      return resource.id === undefined ? [] : [resource.id];
    }
    const { __childResources: children = [] } = resource as {
      __childResources?: Iterable<pulumi.Resource>;
    };
    return idsOf(children);
  });
}

/** The resources that an output comes from. The SDK has them, but not in its types. */
function resourcesBehind(output: pulumi.Output<unknown>): Promise<Iterable<pulumi.Resource>> {
  return (
    output as unknown as { allResources(): Promise<Iterable<pulumi.Resource>> }
  ).allResources();
}
