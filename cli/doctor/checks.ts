import { loopback } from "../../provider/api/connection.ts";
import { ApiError, AuthenticationError } from "../../provider/api/errors.ts";
import { emulatorHint, isUntrusted, networkError } from "../../provider/api/network.ts";
import { findProxy } from "../../provider/api/proxy.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { explainError } from "../../report/engine/stack.ts";
import { oneLine } from "../../report/text/foreign-text.ts";
import type { Connection } from "../connection.ts";
import { contractFile, describeFindings, readContract } from "../contact/findings.ts";

/** What a check found. `--json` writes it. */
export interface Finding {
  /** What was checked: `key`, `project`, `route listBatches`. */
  check: string;
  /** `skipped`: the check could not be made. */
  result: "good" | "warning" | "bad" | "skipped";
  /** What was found, in one line. */
  text: string;
}

/** Older versions of Node.js do not pass Ctrl-C on to a set that is at work. */
const bestNode = 24;
/** Deadlines declared as a moment count as the same if they differ by no more than this. */
const mostSkewMs = 5 * 60_000;
const patienceMs = 10_000;

/** Checks what runs `pulumi up` on this machine: Node.js and the engine. */
export async function checkMachine(): Promise<Finding[]> {
  const [major = 0] = process.versions.node.split(".").map(Number);
  const node: Finding =
    major >= bestNode
      ? { check: "Node.js", result: "good", text: process.versions.node }
      : {
          check: "Node.js",
          result: "warning",
          text: `${process.versions.node} will do; with ${bestNode} or newer, Ctrl-C stops a set at once`,
        };
  return [node, await engine()];
}

async function engine(): Promise<Finding> {
  try {
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    const { version } = await PulumiCommand.get();
    return { check: "Pulumi engine", result: "good", text: String(version) };
  } catch (error) {
    return { check: "Pulumi engine", result: "bad", text: oneLine(explainError(error)) };
  }
}

/** Checks which proxy requests to the platform go through. */
export function checkProxy(baseUrl: string): Finding {
  const check = "proxy";
  const found = findProxy(baseUrl);
  if (found === undefined) {
    return { check, result: "good", text: "none is set for the platform" };
  }
  const { proxy, isUsed } = found;
  return isUsed
    ? { check, result: "good", text: `${proxy}, unless NO_PROXY names the platform` }
    : {
        check,
        result: "bad",
        text: `${proxy} is set, but this Node.js goes around it: use 24.14 or newer, or set NODE_USE_ENV_PROXY=1 (from 22.21)`,
      };
}

/** Checks whether somebody has tried out how the service answers, because much of the contract is inferred. */
export function checkContract(baseUrl: string, folder: string): Finding[] {
  const check = "contract";
  const { origin, hostname } = new URL(baseUrl);
  if (loopback.has(hostname)) {
    return [];
  }
  const contract = readContract(folder);
  if (contract?.address !== origin) {
    const why =
      contract === undefined
        ? `there is no ${contractFile}`
        : `${contractFile} is of another address`;
    return [
      {
        check,
        result: "warning",
        text: `${why}: before the first update, run \`aidp contact --project EMPTY --yes\` with an empty project`,
      },
    ];
  }
  const bad = describeFindings(contract).filter(({ isBad }) => isBad);
  return bad.length === 0
    ? [
        {
          check,
          result: "good",
          text: `looked at ${contract.at.slice(0, 10)}: the provider reads all of it`,
        },
      ]
    : bad.map(({ text }) => ({ check, result: "warning", text }));
}

/** Checks how far this machine's clock is off the platform's. It asks for no data and sends no key. */
export async function checkClock(origin: string): Promise<Finding> {
  const check = "clock";
  try {
    const asked = Date.now();
    const response = await fetch(origin, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
    });
    const theirs = Date.parse(response.headers.get("date") ?? "");
    if (Number.isNaN(theirs)) {
      return { check, result: "skipped", text: "the platform does not tell its time" };
    }
    const skewMs = (asked + Date.now()) / 2 - theirs;
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    return Math.abs(skewMs) <= mostSkewMs
      ? { check, result: "good", text: `${seconds} s from the platform's` }
      : {
          check,
          result: "warning",
          text: `this machine is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the platform: set its clock`,
        };
  } catch (error) {
    const text = isUntrusted(error)
      ? networkError({ method: "HEAD", path: origin }, error, "").message
      : `${origin} cannot be reached: check aidp:baseUrl and the network${emulatorHint(error)}`;
    return { check, result: "bad", text };
  }
}

/** Checks the key, the space and the project. Operations `listProjects` and `getProject`. */
export async function checkPlaces({
  client,
  projectId,
  spaceId,
}: Connection & { spaceId: string }): Promise<Finding[]> {
  try {
    const projects = await client.projects.list(spaceId);
    const project = projects.find(({ id }) => id === projectId);
    const names = projects.map(({ id, name }) => `${name} (${id})`).join(", ");
    return [
      { check: "key", result: "good", text: "accepted" },
      { check: "space", result: "good", text: spaceId },
      project === undefined
        ? {
            check: "project",
            result: "bad",
            text: `${projectId ?? "none"} is set as aidp:projectId, and the space has ${oneLine(names)}`,
          }
        : { check: "project", result: "good", text: oneLine(`${project.name} (${project.id})`) },
    ];
  } catch (error) {
    const check = error instanceof AuthenticationError ? "key" : "space";
    return [{ check, result: "bad", text: describeError(error) }];
  }
}

/** Tries each route that only reads once. The others would change something, and are reported as not tried. */
export async function checkRoutes({ client, projectId, spaceId }: Connection): Promise<Finding[]> {
  if (projectId === undefined || spaceId === undefined) {
    return [];
  }
  const items = firstOf(client.workItems.list(projectId));
  const exports = firstOf(client.exports.list(spaceId));
  const [item, finished, exported] = await Promise.all([
    known(items),
    known(firstOf(client.workItems.list(projectId, { status: "COMPLETED" }))),
    known(exports),
  ]);
  const findings = await Promise.all([
    tried("getProject", client.projects.get(spaceId, projectId)),
    tried("listBatches", firstOf(client.batches.list(projectId))),
    tried("listWorkItems", items),
    tried("createUploadUrls", client.signedUrls.forUpload(spaceId)),
    item?.assetUrl == null || URL.canParse(item.assetUrl)
      ? untried("createReadUrls", "there is no work item whose file could be asked for")
      : tried("createReadUrls", client.signedUrls.forReading(spaceId, [item.assetUrl])),
    finished === undefined
      ? untried("getAnnotation", "there is no completed work item to ask for")
      : tried("getAnnotation", client.annotations.get(projectId, finished.id)),
    tried("listExports", exports),
    exported === undefined
      ? untried("getExport", "there is no export to ask for")
      : tried("getExport", client.exports.get(spaceId, exported.id)),
  ]);
  return [...findings, untried(changing.join(", "), "it would change something")];
}

/** The routes that are not tried. */
const changing = [
  "createBatch",
  "updateBatch",
  "createWorkItem",
  "setLabels",
  "signalWorkItem",
  "signalWorkItems",
  "createExport",
  "deleteExport",
];

/** The answer, or undefined if the request fails. */
function known<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch(() => undefined);
}

async function firstOf<T>(listing: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of listing) {
    return item;
  }
  return undefined;
}

async function tried(route: string, call: Promise<unknown>): Promise<Finding> {
  const check = `route ${route}`;
  try {
    await call;
    return { check, result: "good", text: "answers" };
  } catch (error) {
    const text = `${describeError(error)}. If the path is another one, say so in aidp:routes`;
    return { check, result: "bad", text };
  }
}

function untried(routes: string, why: string): Finding {
  return { check: `route ${routes}`, result: "skipped", text: `not tried: ${why}` };
}

/** What to tell the user about an error. Errors of any other kind are defects, and are thrown again. */
export function describeError(error: unknown): string {
  if (error instanceof Refusal || error instanceof ApiError) {
    return error.message;
  }
  throw error;
}
