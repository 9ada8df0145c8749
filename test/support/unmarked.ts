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
