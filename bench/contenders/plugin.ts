import { buildPlugin, pluginFolder } from "../../scripts/build-plugin.ts";
import { ensureHost } from "../../scripts/engine/hosts.ts";
import { findEngine } from "../../scripts/engine.ts";
import { dueInSeconds } from "../programs/items.ts";
import type { Contender } from "./contender.ts";
import { itemsAsDeclared } from "./items-as-declared.ts";
import { writeManifests } from "./manifests.ts";
import { pulumiProgram } from "./pulumi-program.ts";

/** Ours through the plugin: a program in YAML with one set, from a manifest. */
export const plugin: Contender = {
  name: "plugin",
  title: "ours, one set of the plugin",
  of: "items",
  mostItems: Number.POSITIVE_INFINITY,
  usesLibrary: true,
  check: itemsAsDeclared,
  async prepare(task) {
    await buildPlugin();
    await ensureHost("yaml", await findEngine());
    await writeManifests(task, false);
    return pulumiProgram("", task, {
      projectFile: program,
      changed: ["--config", "manifest=changed.jsonl"],
    });
  },
};

/** JSON is YAML. */
const program = JSON.stringify({
  name: "bench",
  runtime: "yaml",
  plugins: { providers: [{ name: "aidp", path: pluginFolder }] },
  config: { manifest: { type: "string", default: "items.jsonl" } },
  resources: {
    pictures: { type: "aidp:Batch", properties: { name: "pictures" } },
    items: {
      type: "aidp:WorkItemSet",
      properties: {
        batchId: reference("pictures.batchId"),
        manifest: reference("manifest"),
        defaults: { dueInSeconds },
      },
    },
  },
});

function reference(name: string): string {
  return `\${${name}}`;
}
