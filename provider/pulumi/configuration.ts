import { z } from "zod";
import { defaultBaseUrl } from "../api/client.ts";
import { routeOverrides } from "../api/routes.ts";

/** What a stack or the environment says of the platform. */
export interface Configuration {
  readonly apiKey: string | undefined;
  readonly baseUrl: string;
  readonly spaceId: string | undefined;
  readonly projectId: string | undefined;
  readonly routes: Readonly<Record<string, string | undefined>>;
}

/** Each setting's environment variable, which comes second. */
export const settings = {
  apiKey: "AIDP_API_KEY",
  baseUrl: "AIDP_BASE_URL",
  spaceId: "AIDP_SPACE_ID",
  projectId: "AIDP_PROJECT_ID",
  routes: "AIDP_ROUTES",
} as const;

type Setting = keyof typeof settings;

const uuid = z.guid();
const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Reads the configuration of a stack (`aidp:apiKey` and the like), then of the environment. */
export function readConfiguration(
  stackValue: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Configuration {
  const value = (setting: Setting): string | undefined => {
    const texts = [stackValue(`aidp:${setting}`), environment[settings[setting]]];
    return texts.map((text) => text?.trim()).find((text) => text !== undefined && text !== "");
  };
  return {
    apiKey: value("apiKey"),
    baseUrl: checkedUrl(value("baseUrl") ?? defaultBaseUrl),
    spaceId: checkedId("spaceId", value("spaceId")),
    projectId: checkedId("projectId", value("projectId")),
    routes: checkedRoutes(value("routes")),
  };
}

/** "aidp:apiKey (pulumi config set aidp:apiKey …, or AIDP_API_KEY)": what an error tells to set. */
export function howToSet(setting: Setting): string {
  const secret = setting === "apiKey" ? "--secret " : "";
  return `run \`pulumi config set ${secret}aidp:${setting} …\`, or set ${settings[setting]}`;
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new Error(
      `aidp:baseUrl must be an https URL, got ${JSON.stringify(text)}; ${howToSet("baseUrl")}`,
    );
  }
  if (url.protocol === "http:" && !loopback.has(url.hostname)) {
    throw new Error(
      `aidp:baseUrl must be https, got "${url.origin}": the key would cross the network unencrypted (http is for this machine only)`,
    );
  }
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    throw new Error(
      `aidp:baseUrl must have no query, fragment or user name, got one on "${url.origin}"`,
    );
  }
  return text.replace(/\/+$/, "");
}

function checkedId(setting: "spaceId" | "projectId", text: string | undefined): string | undefined {
  if (text !== undefined && !uuid.safeParse(text).success) {
    throw new Error(
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
    throw new Error(
      `aidp:routes must be JSON like {"setLabels":"POST /projects/…"}; ${howToSet("routes")}`,
    );
  }
  const result = routeOverrides.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(
      `aidp:routes${issue === undefined ? " is wrong" : `${at(issue.path)} ${issue.message}`}`,
    );
  }
  return result.data;
}

function at(path: readonly PropertyKey[]): string {
  return path.map((key) => `.${String(key)}`).join("");
}
