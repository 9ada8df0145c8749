/** Builds OpenTofu and the generic REST provider from Go modules, once per machine. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { withLock } from "../../scripts/engine/lock.ts";
import { Failure } from "../../scripts/main.ts";

const tofuVersion = "1.11.0";
const providerVersion = "1.20.0";

export interface OpenTofu {
  command: string;
  /** A filesystem mirror that holds the provider. */
  mirror: string;
}

/** Where the two are; builds them, unless an earlier benchmark did. */
export async function findOpenTofu(env: NodeJS.ProcessEnv = process.env): Promise<OpenTofu> {
  const cache = join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "aidp-bench");
  const root = join(cache, `opentofu-${tofuVersion}-restapi-${providerVersion}`);
  mkdirSync(cache, { recursive: true });
  const waiting = () => console.error("Another process is building OpenTofu: waiting for it.");
  await withLock(`${root}.lock`, waiting, async () => {
    if (!existsSync(root)) {
      await build(root);
    }
  });
  return { command: join(root, "tofu"), mirror: join(root, "mirror") };
}

/** Builds beside `root` and moves at once: what is killed half-way leaves nothing in its place. */
async function build(root: string): Promise<void> {
  console.error("Building OpenTofu from Go modules, once per machine: about 5 minutes on 2 cores.");
  const folder = `${root}.partial`;
  rmSync(folder, { recursive: true, force: true });

  await goBuild("tofu", "github.com/opentofu/opentofu/cmd/tofu", join(folder, "tofu"));

  const platform = (await go("tofu", ["env", "GOOS", "GOARCH"])).trim().split(/\s+/).join("_");
  const name = `terraform-provider-restapi_v${providerVersion}`;
  const place = join("bench.invalid", "mastercard", "restapi", providerVersion, platform, name);
  const provider = join(folder, "mirror", place);
  mkdirSync(dirname(provider), { recursive: true });
  await goBuild("restapi", "github.com/Mastercard/terraform-provider-restapi", provider);

  renameSync(folder, root);
}

async function goBuild(module: string, command: string, output: string): Promise<void> {
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
  await go(module, ["build", ...flags, "-o", output, command]);
}

async function go(module: string, args: string[]): Promise<string> {
  // Neither a C compiler nor a workspace that the project happens to lie in takes part.
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
  const options = { cwd: join(import.meta.dirname, module), env, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await promisify(execFile)("go", args, options);
    return stdout;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`OpenTofu cannot be built (is Go 1.25 or newer installed?): ${reason}`);
  }
}
