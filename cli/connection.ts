import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { Argv } from "yargs";
import { Client } from "../provider/api/client.ts";
import { defaultConcurrency } from "../provider/api/limiter.ts";
import { useProxy } from "../provider/api/proxy.ts";
import * as fields from "../provider/lifecycle/fields.ts";
import { Refusal } from "../provider/lifecycle/lifecycle.ts";
import { howToSet, settings } from "../provider/lifecycle/settings.ts";
import { readConfiguration, settingText } from "../provider/pulumi/configuration.ts";
import { unknownSettings } from "../provider/pulumi/describe-unknown-settings.ts";
import { type Effort, readEffort } from "../provider/pulumi/effort.ts";
import { notSetEither } from "../provider/pulumi/missing-settings.ts";
import { explainError, type OpenedStack, openStack } from "../report/engine/stack.ts";

/** How a command reaches the platform. */
export interface ConnectionArguments {
  stack: string | undefined;
  cwd: string;
  project: string | undefined;
  space: string | undefined;
  concurrency: string | undefined;
}

/** The platform, and the place there to work in. */
export interface Connection {
  client: Client;
  baseUrl: string;
  projectId: string | undefined;
  spaceId: string | undefined;
}

/** A connection, with what it was made from. */
interface Opened extends Connection {
  apiKey: string;
  routes: Readonly<Record<string, string | undefined>>;
  /** The project that the stack or the environment names, whatever the options say. */
  stackProjectId: string | undefined;
}

type Place = "projectId" | "spaceId";

interface StackSettings {
  name: string;
  values: Readonly<Record<string, string>>;
}

/** Options of every command that asks the platform. */
export function connectionOptions<T>(yargs: Argv<T>): Argv<T & ConnectionArguments> {
  const text = { type: "string", requiresArg: true } as const;
  return yargs
    .option("stack", {
      ...text,
      alias: "s",
      default: process.env.PULUMI_STACK,
      defaultDescription:
        "PULUMI_STACK, or the selected stack; none where the environment has key and project",
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
      defaultDescription: `aidp:concurrency, or AIDP_CONCURRENCY, or ${defaultConcurrency}`,
      describe: "How many requests are under way at once, 1 to 256",
    });
}

/** Validates a UUID. The error names the option instead of the setting that the option stands for. */
function uuidOf(option: string): (given: string | undefined) => string | undefined {
  return (given) => {
    const result = fields.uuid.optional().safeParse(given);
    if (result.success) {
      return result.data;
    }
    throw new Error(`--${option} ${result.error.issues[0]?.message}`);
  };
}

/**
 * Connects with the settings from the options, then from the stack, then from the environment. Names a project or a
 * space if the command needs one. It sends no request itself, and once `signal` is aborted, the client sends no further
 * one.
 */
export async function connect<Needed extends Place = never>(
  given: ConnectionArguments,
  needed?: Needed,
  signal?: AbortSignal,
): Promise<Opened & Record<Needed, string>> {
  return connectWith(await stackSettings(given), given, needed, signal);
}

/** Connects with the settings of an open stack, and with those of the environment that the stack lacks. */
export async function connectOpened(stack: OpenedStack): Promise<Client> {
  const { client } = await connectWith(await settingsOf(stack));
  return client;
}

/** What the work of people costs, by the settings of an open stack, or else of the environment. */
export async function effortSetting({ stack }: OpenedStack): Promise<Effort | undefined> {
  const values = await configurationOf(stack);
  return readEffort(settingText("effort", (key) => values[key]));
}

async function connectWith<Needed extends Place = never>(
  stack: StackSettings | undefined,
  { project, space, concurrency }: Partial<ConnectionArguments> = {},
  needed?: Needed,
  signal?: AbortSignal,
): Promise<Opened & Record<Needed, string>> {
  const options = named({ projectId: project, spaceId: space, concurrency });
  const values: Readonly<Record<string, string>> = { ...stack?.values, ...options };
  const configuration = readConfiguration((key) => values[key]);
  const { apiKey, baseUrl, allowHttp, routes, projectId, spaceId } = configuration;
  const wanted = ["apiKey" as const, ...(needed === undefined ? [] : [needed])];
  const missing = wanted.filter((setting) => configuration[setting] === undefined);
  if (apiKey === undefined || missing.length > 0) {
    throw new Refusal(missingText(missing, stack?.name) + notSetEither(configuration, missing));
  }
  useProxy();
  const client = new Client({
    apiKey,
    baseUrl,
    allowHttp,
    routes,
    concurrency: configuration.concurrency,
    requestsPerSecond: configuration.requestsPerSecond,
    ...(signal !== undefined && { signal }),
  });
  const { "aidp:projectId": ofStack = process.env[settings.projectId] } = stack?.values ?? {};
  const place = { projectId, spaceId, stackProjectId: ofStack };
  const connection: Opened = { client, baseUrl, apiKey, routes, ...place };
  return connection as Opened & Record<Needed, string>;
}

/**
 * What is missing, and how to supply it: on the stack that was looked at, or by naming a stack, or without any stack.
 */
function missingText(missing: readonly ("apiKey" | Place)[], stack: string | undefined): string {
  const names = missing.map((setting) => (setting === "apiKey" ? "the API key" : setting));
  const options = missing.flatMap((setting) =>
    setting === "apiKey" ? [] : [setting === "projectId" ? "--project" : "--space"],
  );
  const variables = missing.map((setting) => settings[setting]).join(" and ");
  return [
    `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} missing`,
    stack === undefined ? ": " : ` on the stack ${stack}: `,
    ...options.map((option) => `pass ${option}, `),
    stack === undefined ? `name a stack with --stack, or set ${variables}` : howToSet(...missing),
  ].join("");
}

/**
 * The settings of the named stack. If no stack is named, it is the selected one, as for Pulumi's own commands, unless
 * the environment has enough settings or the folder holds no Pulumi project. It needs what `pulumi config` needs: login
 * and passphrase.
 */
async function stackSettings(given: ConnectionArguments): Promise<StackSettings | undefined> {
  const { stack: name, cwd, project = process.env[settings.projectId] } = given;
  const isEnough = process.env[settings.apiKey] && project;
  if (name === undefined && (isEnough || !isProject(cwd))) {
    return undefined;
  }
  const opened = await openStack({ cwd, stack: name }).catch((error) => {
    throw name === undefined && error instanceof Refusal ? unselected(error) : error;
  });
  return settingsOf(opened);
}

async function settingsOf({ stack, project }: OpenedStack): Promise<StackSettings> {
  const values = await configurationOf(stack);
  const unknown = unknownSettings(Object.keys(values), project);
  if (unknown !== undefined) {
    throw new Refusal(unknown);
  }
  return { name: stack.name, values };
}

function isProject(folder: string): boolean {
  return ["yaml", "yml", "json"].some((type) => existsSync(join(folder, `Pulumi.${type}`)));
}

/** Nobody asked for a stack by name, so the message also says how to do without one. */
function unselected({ message }: Refusal): Refusal {
  return new Refusal(
    `${message}; without a stack, set ${settings.apiKey} and ${settings.projectId}`,
  );
}

/** The configuration of each stack. To read it takes a process of Pulumi, so that is done once. */
const configurations = new WeakMap<Stack, Promise<Record<string, string>>>();

function configurationOf(stack: Stack): Promise<Record<string, string>> {
  const known = configurations.get(stack) ?? readConfigurationOf(stack);
  configurations.set(stack, known);
  return known;
}

async function readConfigurationOf(stack: Stack): Promise<Record<string, string>> {
  try {
    const all = Object.entries(await stack.getAllConfig());
    return Object.fromEntries(all.map(([key, { value }]) => [key, value]));
  } catch (error) {
    throw new Refusal(explainError(error));
  }
}

/** The given options, under the names of the settings that they stand for. */
function named(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([setting, value]) =>
      value === undefined ? [] : [[`aidp:${setting}`, value]],
    ),
  );
}
