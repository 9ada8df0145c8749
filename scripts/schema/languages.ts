import type { Spec } from "./types.ts";

/** What the generators of SDKs read, by language. */
export function languages(repository: string): Spec {
  const importPath = repository.replace("https://", "");
  return {
    nodejs: { packageName: "@labeling-as-code/aidp", respectSchemaVersion: true },
    python: {
      packageName: "pulumi_aidp",
      respectSchemaVersion: true,
      pyproject: { enabled: true },
      inputTypes: "classes-and-dicts",
    },
    go: {
      importBasePath: `${importPath}/sdk/go/aidp`,
      respectSchemaVersion: true,
      generateResourceContainerTypes: true,
    },
    csharp: { rootNamespace: "LabelingAsCode", respectSchemaVersion: true },
  };
}
