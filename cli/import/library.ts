import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const name = "pulumi-ai-data-platform";
const { version, peerDependencies, devDependencies } = createRequire(import.meta.url)(
  `${name}/package.json`,
);

/** The file that `npm pack` makes of this version: where it is, the user knows. */
export const packedFile = `/path/to/${name}-${version}.tgz`;

/**
 * How the project of a folder, or of the nearest above it, depends on the library, as `package.json` of another
 * folder says it. Nothing where none does.
 */
export async function libraryFor(target: string, folder = "."): Promise<string | undefined> {
  const at = resolve(folder);
  const given = await dependencyIn(join(at, "package.json"));
  if (given !== undefined) {
    const [, file] = /^file:(.*)$/s.exec(given) ?? [];
    return file === undefined ? given : `file:${relative(resolve(target), resolve(at, file))}`;
  }
  return dirname(at) === at ? undefined : libraryFor(target, dirname(at));
}

async function dependencyIn(file: string): Promise<string | undefined> {
  const project = await readFile(file, "utf8")
    .then(JSON.parse)
    .catch(() => undefined);
  const given: unknown = project?.dependencies?.[name] ?? project?.devDependencies?.[name];
  return typeof given === "string" ? given : undefined;
}

/** What a program depends on, with the library as it is given, if it is. */
export function dependenciesOf(library: string | undefined): Record<string, object> {
  return {
    dependencies: {
      "@pulumi/pulumi": peerDependencies["@pulumi/pulumi"],
      ...(library !== undefined && { [name]: library }),
    },
    devDependencies: {
      "@types/node": devDependencies["@types/node"],
      typescript: devDependencies.typescript,
    },
  };
}
