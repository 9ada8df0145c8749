/**
 * The steps of a release: docs/releasing.md.
 *
 *   npm run release -- prepare 0.2.0   sets the version, and dates the changes of CHANGELOG.md
 *   npm run release -- check 0.2.0     says what is not ready
 *   npm run release -- pack FOLDER     puts the tarball, the SBOM and the notes there
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure, runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

const name = "pulumi-ai-data-platform";
const manifests = ["package.json", "policy/package.json"];
const heading = "## Unreleased";

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
}

/** Sets the version of all packages, and gives the unreleased changes that version and a date. */
export function prepare(root: string, version: string, date: string): void {
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Failure(`The version must be three numbers like 0.2.0, got ${version}.`);
  }
  const changes = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  if (!changes.includes(`${heading}\n`)) {
    throw new Failure(`CHANGELOG.md has no section "${heading}": write what a user notices there.`);
  }
  for (const file of manifests) {
    const manifest = readManifest(root, file);
    manifest.version = version;
    if (manifest.dependencies?.[name] !== undefined) {
      manifest.dependencies[name] = version;
    }
    writeFileSync(join(root, file), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  const dated = changes.replace(heading, `${heading}\n\n## ${version} (${date})`);
  writeFileSync(join(root, "CHANGELOG.md"), dated);
}

/** What is not ready for the release of a version. */
export function problems(root: string, version: string): string[] {
  const wrong = manifests.filter((file) => readManifest(root, file).version !== version);
  return [
    ...wrong.map((file) => `${file} has another version than ${version}`),
    ...(notes(root, version) === "" ? [`CHANGELOG.md has no section for ${version}`] : []),
  ];
}

/** What CHANGELOG.md says about a version; empty if it has no such section. */
export function notes(root: string, version: string): string {
  const [, ...sections] = readFileSync(join(root, "CHANGELOG.md"), "utf8").split(/^## /m);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version) ?? "";
  return section.replace(/^.*\n/, "").trim();
}

function readManifest(root: string, file: string): Manifest {
  return JSON.parse(readFileSync(join(root, file), "utf8")) as Manifest;
}

/** Puts everything that a release consists of into a folder. */
function pack(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const npm = (...args: string[]) =>
    execFileSync("npm", args, { cwd: projectRoot, stdio: ["ignore", "ignore", "inherit"] });
  npm("run", "prepack");
  npm("pack", "--ignore-scripts", "--pack-destination", folder);
  cpSync(join(projectRoot, "sbom.cdx.json"), join(folder, "sbom.cdx.json"));
  const { version } = readManifest(projectRoot, "package.json");
  writeFileSync(join(folder, "notes.md"), `${notes(projectRoot, version)}\n`);
  const [tarball = ""] = globSync("*.tgz", { cwd: folder });
  console.log(`${tarball}, sbom.cdx.json and notes.md are in ${folder}`);
}

await runMain(import.meta, async () => {
  const [step, given = ""] = process.argv.slice(2);
  if (step === "prepare") {
    prepare(projectRoot, given, new Date().toISOString().slice(0, 10));
    execFileSync("npm", ["install", "--package-lock-only"], { cwd: projectRoot, stdio: "inherit" });
    return 0;
  }
  if (step === "pack") {
    pack(resolve(given));
    return 0;
  }
  if (step !== "check") {
    throw new Failure("Say prepare VERSION, check VERSION or pack FOLDER.");
  }
  const found = problems(projectRoot, given);
  for (const line of found) {
    console.error(line);
  }
  return found.length === 0 ? 0 : 1;
});
