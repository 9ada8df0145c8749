/**
 * The steps of a release: docs/releasing.md.
 *
 *   npm run release -- prepare 0.2.0   sets the version, and dates the changes in CHANGELOG.md
 *   npm run release -- check 0.2.0     prints what is not ready
 *   npm run release -- pack FOLDER     puts the tarball, the SBOM and the notes there
 *   npm run release -- plugin FOLDER   puts the archives of the plugin, and the wheel of the Python SDK, there
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ensureLibrary } from "./build-library.ts";
import { buildPlugin, pluginFolder } from "./build-plugin.ts";
import { Failure, runMain } from "./main.ts";
import { npmPack } from "./npm-pack.ts";
import { projectRoot } from "./paths.ts";
import { makeSdks, makeWheel } from "./sdks.ts";

const name = "pulumi-ai-data-platform";
const heading = "## Unreleased";

interface Manifest {
  version?: string;
  dependencies?: Record<string, string>;
}

/** The manifests that have a version or depend on one: those of the packages, and of the programs to start from. */
function manifestsOf(root: string): string[] {
  const folders = ["policy", "examples/*", "templates/*"].map((each) => `${each}/package.json`);
  return ["package.json", ...globSync(folders, { cwd: root }).sort()];
}

/** Sets the version of all packages, and gives the unreleased changes that version and a date. */
export function prepare(root: string, version: string, date: string): void {
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Failure(`The version must be three numbers like 0.2.0, got ${version}.`);
  }
  if (notes(root, version) !== "") {
    throw new Failure(`CHANGELOG.md already has a section for ${version}.`);
  }
  if (notes(root, "Unreleased") === "") {
    throw new Failure(`CHANGELOG.md has nothing under "${heading}": write what a user notices.`);
  }
  for (const file of manifestsOf(root)) {
    const manifest = readManifest(root, file);
    if (manifest.version !== undefined) {
      manifest.version = version;
    }
    const range = manifest.dependencies?.[name];
    if (manifest.dependencies !== undefined && range !== undefined) {
      manifest.dependencies[name] = range.startsWith("^") ? `^${version}` : version;
    }
    writeFileSync(join(root, file), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  const changes = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const dated = changes.replace(heading, `${heading}\n\n## ${version} (${date})`);
  writeFileSync(join(root, "CHANGELOG.md"), dated);
}

/** What is not ready for the release of a version. */
export function problems(root: string, version: string): string[] {
  const wrong = ["package.json", "policy/package.json"].filter(
    (file) => readManifest(root, file).version !== version,
  );
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

/** Puts what a release consists of into a folder. */
async function pack(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await ensureLibrary();
  execFileSync("npm", ["run", "prepack"], { cwd: projectRoot, stdio: "ignore" });
  const tarball = npmPack(folder);
  cpSync(join(projectRoot, "sbom.cdx.json"), join(folder, "sbom.cdx.json"));
  const { version = "" } = readManifest(projectRoot, "package.json");
  writeFileSync(join(folder, "notes.md"), `${notes(projectRoot, version)}\n`);
  console.log(`${tarball}, sbom.cdx.json and notes.md are in ${folder}`);
}

/** The systems that Pulumi asks for by name. The plugin is the same on each. */
const systems = ["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64"];

/** Puts the plugin into a folder as Pulumi downloads it: an archive for each system. */
export async function packPlugin(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await buildPlugin();
  const { version = "" } = readManifest(projectRoot, "package.json");
  for (const system of systems) {
    const archive = join(folder, `pulumi-resource-aidp-v${version}-${system}.tar.gz`);
    execFileSync("tar", ["-czf", archive, "-C", pluginFolder, "."]);
  }
}

await runMain(import.meta, async () => {
  const [step, given = ""] = process.argv.slice(2);
  if (step === "plugin") {
    await packPlugin(resolve(given));
    await makeSdks();
    const wheel = makeWheel();
    cpSync(wheel, join(resolve(given), basename(wheel)));
    return 0;
  }
  if (step === "prepare") {
    prepare(projectRoot, given, new Date().toISOString().slice(0, 10));
    // The schema of the plugin has the version as well.
    execFileSync("npm", ["run", "docs"], { cwd: projectRoot, stdio: "inherit" });
    execFileSync("npm", ["install", "--package-lock-only"], { cwd: projectRoot, stdio: "inherit" });
    return 0;
  }
  if (step === "pack") {
    await pack(resolve(given));
    return 0;
  }
  if (step !== "check") {
    throw new Failure("Say prepare VERSION, check VERSION, pack FOLDER or plugin FOLDER.");
  }
  const found = problems(projectRoot, given);
  for (const line of found) {
    console.error(line);
  }
  return found.length === 0 ? 0 : 1;
});
