import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const name = "pulumi-ai-data-platform";
const { version, peerDependencies, devDependencies } = createRequire(import.meta.url)(
  `${name}/package.json`,
);

/** The file that `npm pack` makes of this version. Only the user knows in which folder it is. */
export const packedFile = `/path/to/${name}-${version}.tgz`;

/**
 * How the project in a folder, or in the nearest one above it, depends on the library, written for the `package.json`
 * of another folder. Undefined if no project does.
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

/** The dependencies of a program, including the library if it is given. */
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
