import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure } from "../main.ts";
import { projectRoot } from "../paths.ts";
import { compareVersions } from "./versions.ts";

const cli = join(projectRoot, "engine", "cli");
const languageHosts = join(projectRoot, "engine", "language-host");
const goHost = join(projectRoot, "engine", "go-host");
const sdk = "github.com/pulumi/pulumi/sdk/v3";

/** The languages whose hosts are built apart from the engine, which needs only that of Node.js here. */
export type Language = "go" | "python" | "yaml";

/** The Go release that the engine's modules require. */
export function goNeeded(): string {
  const module = readFileSync(join(cli, "go.mod"), "utf8");
  return /^go (\S+)$/m.exec(module)?.[1] ?? "";
}

/** Why Go cannot build the engine here; undefined if it can. A newer Go may be able to fetch the release it needs. */
export function goObstacle(env: NodeJS.ProcessEnv): string | undefined {
  const ask = (folder: string): string =>
    execFileSync("go", ["env", "GOVERSION"], {
      cwd: folder,
      encoding: "utf8",
      env: goEnv(env),
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();

  try {
    const release = ask(cli);
    return compareVersions(release, goNeeded()) < 0
      ? `${release} is too old to build it`
      : undefined;
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return missing ? "Go is not installed to build it" : "the installed Go is too old to build it";
  }
}

/** Builds the command, its language host and the provider of dynamic resources. */
export async function buildEngine(
  version: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<void> {
  const bin = join(folder, "bin");
  const started = Date.now();
  const progress = setInterval(
    () => log(`  still building, ${elapsed(Date.now() - started)}`),
    30_000,
  );
  try {
    // The Automation API refuses a command that has no version.
    const flag = `-X ${sdk}/go/common/version.Version=v${version}`;
    await goBuild(cli, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", flag, bin, env);
    await goBuild(languageHosts, `${sdk}/nodejs/cmd/pulumi-language-nodejs`, "", bin, env);

    await copyScript(join("nodejs", "dist", "pulumi-resource-pulumi-nodejs"), bin, env);
  } finally {
    clearInterval(progress);
  }
  log(`Built the Pulumi engine in ${elapsed(Date.now() - started)}.`);
}

/** Builds the host of a language into a folder. */
export async function buildHost(
  language: Language,
  bin: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (language === "yaml") {
    const host = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";
    await goBuild(cli, host, "", bin, env);
  } else if (language === "go") {
    await goBuild(goHost, `${sdk}/go/pulumi-language-go`, "", bin, env);
  } else {
    await goBuild(languageHosts, `${sdk}/python/cmd/pulumi-language-python`, "", bin, env);
    await copyScript(join("python", "cmd", "pulumi-language-python-exec"), bin, env);
  }
}

/** Copies a script out of the module of the SDK. */
async function copyScript(path: string, bin: string, env: NodeJS.ProcessEnv): Promise<void> {
  const module = await go(cli, ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", sdk], env);
  const script = join(bin, basename(path));
  copyFileSync(join(module.trim(), path), script);
  chmodSync(script, 0o755);
}

async function goBuild(
  folder: string,
  command: string,
  linkerFlags: string,
  bin: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const flags = [
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    `-s -w ${linkerFlags}`,
  ];
  await go(folder, ["build", ...flags, "-o", `${bin}/`, command], env);
}

/** Runs Go and returns its output. What it prints on the way is shown only if it fails. */
export async function go(folder: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("go", args, {
    cwd: folder,
    env: goEnv(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) {
    return output;
  }

  const lines = complaints
    .split("\n")
    .filter((line) => line && !line.startsWith("go: downloading"));
  throw new Failure(
    [
      ...lines.slice(-10),
      `Building the Pulumi engine failed: see what "go ${args[0]}" says above.`,
    ].join("\n"),
  );
}

/** Neither a C compiler nor a Go workspace around the project must affect the build. */
function goEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, CGO_ENABLED: "0", GOWORK: "off" };
}

function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
