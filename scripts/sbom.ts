/**
 * Writes `sbom.cdx.json`: the runtime dependencies, as CycloneDX. `npm sbom --omit dev` leaves out those that a
 * development dependency needs as well, so this script asks for all, and removes those that nothing at runtime leads
 * to.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

interface Sbom {
  metadata: { component: { name: string; "bom-ref": string } };
  components: { "bom-ref": string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

await runMain(import.meta, async () => {
  const all = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx"], {
    cwd: projectRoot,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const sbom = JSON.parse(all) as Sbom;
  const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  const runtime = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const root = sbom.metadata.component;
  root.name = manifest.name;
  const needs = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const direct = (needs.get(root["bom-ref"]) ?? []).filter((ref) =>
    runtime.includes(ref.slice(0, ref.lastIndexOf("@"))),
  );
  needs.set(root["bom-ref"], direct);
  const reached = new Set([root["bom-ref"]]);
  for (const ref of reached) {
    for (const each of needs.get(ref) ?? []) {
      reached.add(each);
    }
  }
  sbom.components = sbom.components.filter((component) => reached.has(component["bom-ref"]));
  sbom.dependencies = [...reached].map((ref) => ({ ref, dependsOn: needs.get(ref) ?? [] }));
  writeFileSync(join(projectRoot, "sbom.cdx.json"), `${JSON.stringify(sbom, undefined, 2)}\n`);
  return 0;
});
