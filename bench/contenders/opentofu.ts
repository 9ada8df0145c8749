import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findOpenTofu } from "../opentofu/build.ts";
import { dueInSeconds, makeItems } from "../programs/items.ts";
import type { Contender, Ready, Step, Task } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";

/** OpenTofu with the generic REST provider, one resource an item, by its key: as one writes it. */
export const opentofu: Contender = openTofu("opentofu", "OpenTofu + REST provider", "plain.tf");

/** The same by someone who has profiled OpenTofu. */
export const opentofuTuned: Contender = openTofu(
  "opentofu-tuned",
  "OpenTofu + REST provider, tuned",
  "tuned.tf",
);

function openTofu(name: string, title: string, program: string): Contender {
  return {
    name,
    title,
    of: "items",
    mostItems: 10_000,
    usesLibrary: false,
    check: itemsAsDeclared,
    prepare: (task) => prepare(program, task),
  };
}

async function prepare(
  program: string,
  { items, concurrency, folder, environment }: Task,
): Promise<Ready> {
  const { command, mirror } = await findOpenTofu();
  const settings = join(folder, "cli.tfrc");
  writeFileSync(settings, cliSettings(mirror));
  for (const file of ["base.tf", program]) {
    copyFileSync(join(import.meta.dirname, "..", "opentofu", file), join(folder, file));
  }
  declare(folder, "items.json", items, false);

  const env = {
    ...process.env,
    TF_CLI_CONFIG_FILE: settings,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
    TF_VAR_url: environment.AIDP_BASE_URL,
    TF_VAR_api_key: environment.AIDP_API_KEY,
    TF_VAR_project_id: environment.AIDP_PROJECT_ID,
  };
  execFileSync(command, ["init", "-input=false", "-no-color"], { cwd: folder, env });

  const step = (args: string[], isRight?: Step["isRight"]): Step => ({
    file: command,
    args: [...args, "-input=false", "-no-color", `-parallelism=${concurrency}`],
    cwd: folder,
    env,
    ...(isRight !== undefined && { isRight }),
  });
  // Pulumi's preview and destroy do not refresh, so these do not either.
  const preview = ["plan", "-refresh=false", "-detailed-exitcode"];
  declare(folder, "changed.json", items, true);
  return {
    steps: {
      create: step(["apply", "-auto-approve"]),
      preview: step(preview, (code) => code === 0),
      "preview of one change": step(
        [...preview, "-var=declared=changed.json"],
        (code, output) => code === 2 && output.includes("0 to add, 1 to change, 0 to destroy"),
      ),
      refresh: step(["apply", "-refresh-only", "-auto-approve"]),
      destroy: step(["destroy", "-auto-approve", "-refresh=false"]),
    },
    stateFile: join(folder, "terraform.tfstate"),
    roles: { provider: /terraform-provider-restapi/, engine: /\/tofu / },
  };
}

function cliSettings(mirror: string): string {
  return `provider_installation {
  filesystem_mirror {
    path = ${JSON.stringify(mirror)}
  }
}
`;
}

function declare(folder: string, file: string, items: number, changed: boolean): void {
  const inputs = Object.entries(makeItems(items, changed)).map(([key, item]) => [
    key,
    { assetType: "image", dueInSeconds, ...item },
  ]);
  writeFileSync(join(folder, file), JSON.stringify(Object.fromEntries(inputs)));
}
