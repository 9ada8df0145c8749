import assert from "node:assert/strict";

/** Without the digest of what was asked for, which other specs look at. */
export function withoutDigest(metadata: Record<string, unknown> | undefined): object {
  const { pulumiDeclared: digest, ...others } = metadata ?? {};
  assert.match(String(digest), /^[0-9a-f]{16}$/);
  return others;
}

/** The metadata of what the emulator stores, without what this package writes into it. */
export function unmarked(
  stored: { metadata?: Record<string, unknown> } | undefined,
): Record<string, unknown> | undefined {
  return (
    stored?.metadata &&
    Object.fromEntries(
      Object.entries(stored.metadata).filter(([name]) => !/^pulumi[A-Z]/.test(name)),
    )
  );
}
