import type { Argv } from "yargs";
import { Client } from "../provider/api/client.ts";
import * as fields from "../provider/lifecycle/fields.ts";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { howToSet, readConfiguration } from "../provider/pulumi/configuration.ts";
import { openStack, reasonOf } from "../report/stack.ts";

/** How a command that asks the platform reaches it. */
export interface ConnectionArguments {
  stack: string | undefined;
  cwd: string;
  project: string | undefined;
  space: string | undefined;
  concurrency: string | undefined;
}

/** The platform, and where on it. */
export interface Connection {
  client: Client;
  baseUrl: string;
  projectId: string | undefined;
  spaceId: string | undefined;
}

/** Options of every command that asks the platform. */
export function connectionOptions<T>(yargs: Argv<T>): Argv<T & ConnectionArguments> {
  const text = { type: "string", requiresArg: true } as const;
  return yargs
    .option("stack", {
      ...text,
      alias: "s",
      default: process.env.PULUMI_STACK,
      defaultDescription: "PULUMI_STACK, or none: then AIDP_API_KEY and the like say it all",
      describe: "Take the settings aidp:* of this stack, before those of the environment",
    })
    .option("cwd", {
      ...text,
      alias: "C",
      default: ".",
      describe: "The folder of the stack's Pulumi project",
    })
    .option("project", {
      ...text,
      coerce: uuidOf("project"),
      defaultDescription: "aidp:projectId, or AIDP_PROJECT_ID",
      describe: "The UUID of the project",
    })
    .option("space", {
      ...text,
      coerce: uuidOf("space"),
      defaultDescription: "aidp:spaceId, or AIDP_SPACE_ID",
      describe: "The UUID of the space",
    })
    .option("concurrency", {
      ...text,
      defaultDescription: "aidp:concurrency, or AIDP_CONCURRENCY, or 32",
      describe: "How many requests are under way at once, 1 to 256",
    });
}

/** Refuses under the option's name what would be refused under that of the setting. */
function uuidOf(option: string): (given: string | undefined) => string | undefined {
  return (given) => {
    const result = fields.uuid.optional().safeParse(given);
    if (result.success) return result.data;
    throw new Error(`--${option} ${result.error.issues[0]?.message}`);
  };
}

/**
 * Connects with what the options say, else the stack where one is named, else the environment. Asks the
 * platform nothing. Once `signal` is aborted, no further request is sent.
 */
export async function connect(
  { stack, cwd, project, space, concurrency }: ConnectionArguments,
  signal?: AbortSignal,
): Promise<Connection> {
  const given = { projectId: project, spaceId: space, concurrency };
  const ofStack = stack === undefined ? {} : await stackConfiguration(cwd, stack);
  const settings: Readonly<Record<string, string>> = { ...ofStack, ...named(given) };
  const { apiKey, baseUrl, routes, ...configuration } = readConfiguration((key) => settings[key]);
  if (apiKey === undefined) {
    throw new Refusal(
      `the API key is missing: ${howToSet("apiKey")}${stack === undefined ? ". The settings of a stack are read where --stack names it" : ""}`,
    );
  }
  const { projectId, spaceId } = configuration;
  const client = new Client({
    apiKey,
    baseUrl,
    routes,
    concurrency: configuration.concurrency,
    ...(signal !== undefined && { signal }),
  });
  return { client, baseUrl, projectId, spaceId };
}

/** The project or the space of a connection, for a command that cannot do without. */
export function placeOf(connection: Connection, setting: "projectId" | "spaceId"): string {
  const place = connection[setting];
  if (place === undefined) {
    const option = setting === "projectId" ? "--project" : "--space";
    throw new Refusal(`${setting} is missing: pass ${option}, ${howToSet(setting)}`);
  }
  return place;
}

/** The configuration of a stack, with its secrets. Needs what `pulumi config` needs: login and passphrase. */
async function stackConfiguration(cwd: string, name: string): Promise<Record<string, string>> {
  const { stack } = await openStack({ cwd, stack: name });
  try {
    const values = Object.entries(await stack.getAllConfig());
    return Object.fromEntries(values.map(([key, { value }]) => [key, value]));
  } catch (error) {
    throw new Refusal(reasonOf(error));
  }
}

/** The options that are given, under the names of the settings that they stand for. */
function named(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([setting, value]) =>
      value === undefined ? [] : [[`aidp:${setting}`, value]],
    ),
  );
}
