/** Where a batch comes from. */
export interface Provenance {
  /** The URL of the repository, without credentials. */
  repository?: string | undefined;
  /** The commit, followed by `-dirty` if files of it were changed. */
  commit?: string | undefined;
  /** The hashes that DVC has of the manifest and the pictures. */
  dvc?: string | undefined;
  /** The revision of lakeFS. */
  lakefs?: string | undefined;
}

const entries = {
  repository: "pulumiProvenanceRepository",
  commit: "pulumiProvenanceCommit",
  dvc: "pulumiProvenanceDvc",
  lakefs: "pulumiProvenanceLakefs",
} as const satisfies Record<keyof Provenance, string>;

/** The entries of a batch's metadata that the provider keeps for it. */
export const provenanceEntries: readonly string[] = Object.values(entries);

/** A provenance as entries of a batch's metadata. */
export function toEntries(provenance: Provenance = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([part, entry]) => {
      const value = provenance[part as keyof Provenance];
      return value === undefined || value === "" ? [] : [[entry, value]];
    }),
  );
}

/** The provenance that a batch's metadata have; undefined if they have none. */
export function provenanceOf(
  metadata: Readonly<Record<string, unknown>> | null | undefined,
): Provenance | undefined {
  const parts = Object.entries(entries).flatMap(([part, entry]) => {
    const value = metadata?.[entry];
    return typeof value === "string" ? [[part, value]] : [];
  });
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}
