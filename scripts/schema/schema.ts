import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kinds, typeToken } from "../../provider/pulumi/shim.ts";
import { type Declared, readExports } from "../docs/declarations.ts";
import { projectRoot } from "../paths.ts";
import { examplesOf } from "./examples.ts";
import { languages } from "./languages.ts";
import { SchemaTypes, type Spec } from "./types.ts";
import { variables } from "./variables.ts";

// The schema of the plugin, made from the declarations and doc comments of the library.

/** Where the schema is. */
export const schemaFile: string = join(projectRoot, "provider", "plugin", "schema.json");

/** The schema as text. */
export function schemaText(): string {
  return `${JSON.stringify(makeSchema(), null, 2)}\n`;
}

function makeSchema(): Spec {
  const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  const { classes, functions: ofLibrary } = readExports("index.ts");
  // The classes of the library open maps themselves.
  const functions = [...ofLibrary, ...readExports("plugin/get-entries.ts").functions];
  const types = new SchemaTypes();
  types.add([...classes, ...functions].flatMap((each) => each.types));
  const called = functions.filter(({ name }) => /^get.*(?<!Output)$/.test(name));
  const repository = manifest.bugs.url.replace(/\/issues$/, "");
  return {
    name: "aidp",
    displayName: "AI Data Platform",
    version: manifest.version,
    description: manifest.description,
    keywords: ["pulumi", "category/utility", "kind/native", "data-labeling", "annotation"],
    homepage: manifest.homepage,
    repository,
    license: manifest.license,
    publisher: "labeling-as-code",
    pluginDownloadURL: repository.replace("https://github.com", "github://api.github.com"),
    meta: { moduleFormat: "(.*)" },
    language: languages(repository),
    config: { variables },
    provider: {
      description:
        "How the provider reaches the platform. What is left out here comes from the stack's configuration, or else from the environment.",
      inputProperties: variables,
    },
    resources: tokens(
      classes.filter(({ name }) => name === "Dataset" || kinds.some((kind) => kind === name)),
      (each) => resourceSpec(types, each),
    ),
    functions: tokens(called, (each) => functionSpec(types, each)),
    types: types.types,
  };
}

function tokens(
  all: readonly Declared[],
  specOf: (declared: Declared) => Spec,
): Record<string, Spec> {
  return Object.fromEntries(all.map((each) => [`aidp:index:${each.name}`, specOf(each)]));
}

/** A resource or, if it has no lifecycle of its own, a component. */
function resourceSpec(types: SchemaTypes, { name, doc, members, types: own }: Declared): Spec {
  const args = own.find((each) => each.name === `${name}Args`)?.members ?? [];
  const { properties: inputProperties, required: requiredInputs } = types.propertiesOf(args);
  const kind = kinds.find((each) => each === name);
  return {
    description: [doc, examplesOf(name)].filter((part) => part !== "").join("\n\n"),
    ...types.propertiesOf(members),
    inputProperties: withReplacements(inputProperties),
    requiredInputs,
    // A stack with dynamic resources goes on as one with the plugin.
    ...(kind === undefined ? { isComponent: true } : { aliases: [{ type: typeToken(kind) }] }),
  };
}

/** Inputs whose doc comment says that a change replaces the resource. */
function withReplacements(properties: Record<string, Spec>): Record<string, Spec> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, spec]) => [
      name,
      /Changing it replaces/.test(String(spec.description))
        ? { ...spec, willReplaceOnChanges: true }
        : spec,
    ]),
  );
}

function functionSpec(types: SchemaTypes, { name, doc, types: own }: Declared): Spec {
  const named = name.slice(0, 1).toUpperCase() + name.slice(1);
  const membersOf = (suffix: string) =>
    own.find((each) => each.name === named + suffix)?.members ?? [];
  return {
    description: doc,
    inputs: types.propertiesOf(membersOf("Args")),
    outputs: types.propertiesOf(membersOf("Result")),
  };
}
