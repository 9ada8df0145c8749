import { z } from "zod";
import { apiKeyProblem, baseUrlProblem, defaultBaseUrl } from "../api/connection.ts";
import { defaultConcurrency } from "../api/limiter.ts";
import { routeOverrides } from "../api/routes.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { howToSet, type Setting, settings } from "../lifecycle/settings.ts";
import { type Effort, readEffort } from "./effort.ts";

/** What a stack or the environment says about the platform. */
export interface Configuration {
  readonly apiKey: string | undefined;
  readonly baseUrl: string;
  /** Whether the key may go unencrypted to other machines. */
  readonly allowHttp: boolean;
  readonly spaceId: string | undefined;
  readonly projectId: string | undefined;
  readonly routes: Readonly<Record<string, string | undefined>>;
  readonly concurrency: number;
  readonly requestsPerSecond: number | undefined;
  /** Whether to show how far the work on a set has come. */
  readonly progress: boolean;
  /** Up to how many entries of a map the engine keeps and shows one by one. */
  readonly entriesShown: number;
  /** What the work of people costs, for reports. */
  readonly effort: Effort | undefined;
  /** Whether all batches say in their metadata where they come from. */
  readonly provenance: boolean;
}

const uuid = z.guid();
const concurrencies = { least: 1, most: 256, byDefault: defaultConcurrency };
const entries = { least: 0, most: 100_000, byDefault: 2_000 };
/** Requests a second. */
const [slowest, fastest] = [0.1, 100_000];

/** Reads the configuration of a stack (`aidp:apiKey` and the like), then of the environment. */
export function readConfiguration(
  stackValue: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Configuration {
  const value = (setting: Setting) => settingText(setting, stackValue, environment);
  const allowHttp = checkedSwitch("allowHttp", value("allowHttp") ?? "off");
  return {
    apiKey: checkedKey(value("apiKey")),
    baseUrl: checkedUrl(value("baseUrl") ?? defaultBaseUrl, allowHttp),
    allowHttp,
    spaceId: checkedId("spaceId", value("spaceId")),
    projectId: checkedId("projectId", value("projectId")),
    routes: checkedRoutes(value("routes")),
    concurrency: checkedInteger("concurrency", value("concurrency"), concurrencies),
    requestsPerSecond: checkedRate(value("requestsPerSecond")),
    // A log would keep each of the lines that a screen shows in one place.
    progress: checkedSwitch("progress", value("progress") ?? (environment.CI ? "off" : "on")),
    entriesShown: checkedInteger("entriesShown", value("entriesShown"), entries),
    effort: readEffort(value("effort")),
    provenance: checkedFlag("provenance", value("provenance") ?? "false"),
  };
}

/** What a stack says of a setting, or else the environment; undefined if it is blank or missing. */
export function settingText(
  setting: Setting,
  stackValue: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const texts = [stackValue(`aidp:${setting}`), environment[settings[setting]]];
  return texts.map((text) => text?.trim()).find((text) => text !== undefined && text !== "");
}

/** A configuration that is read before anybody asks for it: what is wrong with it is told to whoever asks. */
export class HeldConfiguration {
  #configuration: Configuration | Error = new Error("the provider is not configured");

  read(stackValue: (key: string) => string | undefined): void {
    try {
      this.#configuration = readConfiguration(stackValue);
    } catch (error) {
      this.#configuration = error instanceof Error ? error : new Error(String(error));
    }
  }

  get(): Configuration {
    if (this.#configuration instanceof Error) {
      throw new Refusal(this.#configuration.message);
    }
    return this.#configuration;
  }
}

function checkedUrl(text: string, allowHttp: boolean): string {
  const problem = baseUrlProblem(text, allowHttp);
  if (problem !== undefined) {
    throw new Refusal(`aidp:baseUrl ${problem}; ${howToSet("baseUrl")}`);
  }
  return text.replace(/\/+$/, "");
}

function checkedKey(key: string | undefined): string | undefined {
  const problem = key === undefined ? undefined : apiKeyProblem(key);
  if (problem !== undefined) {
    throw new Refusal(`aidp:apiKey ${problem}; ${howToSet("apiKey")}`);
  }
  return key;
}

function checkedId(setting: "spaceId" | "projectId", text: string | undefined): string | undefined {
  if (text !== undefined && !uuid.safeParse(text).success) {
    throw new Refusal(
      `aidp:${setting} must be a UUID, got ${JSON.stringify(text)}; ${howToSet(setting)}`,
    );
  }
  return text;
}

function checkedRoutes(text: string | undefined): Configuration["routes"] {
  if (text === undefined) {
    return {};
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Refusal(
      `aidp:routes must be JSON like {"setLabels":"POST /projects/…"}; ${howToSet("routes")}`,
    );
  }
  const result = routeOverrides.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Refusal(
      `aidp:routes${issue === undefined ? " is wrong" : `${at(issue.path)} ${issue.message}`}`,
    );
  }
  return result.data;
}

function checkedInteger(
  setting: "concurrency" | "entriesShown",
  text: string | undefined,
  { least, most, byDefault }: { least: number; most: number; byDefault: number },
): number {
  const value = text === undefined ? byDefault : Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Refusal(
      `aidp:${setting} must be a whole number between ${least} and ${most}, got ${JSON.stringify(text)}; ${howToSet(setting)}`,
    );
  }
  return value;
}

function checkedRate(text: string | undefined): number | undefined {
  const rate = text === undefined ? undefined : Number(text);
  if (rate !== undefined && !(rate >= slowest && rate <= fastest)) {
    throw new Refusal(
      `aidp:requestsPerSecond must be a number between ${slowest} and ${fastest}, got ${JSON.stringify(text)}; ${howToSet("requestsPerSecond")}`,
    );
  }
  return rate;
}

function checkedSwitch(setting: "allowHttp" | "progress", text: string): boolean {
  if (text !== "on" && text !== "off") {
    throw new Refusal(
      `aidp:${setting} must be on or off, got ${JSON.stringify(text)}; ${howToSet(setting)}`,
    );
  }
  return text === "on";
}

function checkedFlag(setting: "provenance", text: string): boolean {
  if (text !== "true" && text !== "false") {
    throw new Refusal(
      `aidp:${setting} must be true or false, got ${JSON.stringify(text)}; ${howToSet(setting)}`,
    );
  }
  return text === "true";
}

function at(path: readonly PropertyKey[]): string {
  return path.map((key) => `.${String(key)}`).join("");
}
