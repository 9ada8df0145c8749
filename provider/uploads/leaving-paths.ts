// At preview, the engine does not know the paths of an upload set of which any file changes. So the provider notes which
// paths are given up, and a set of work items knows which of its items show another file after the update.

/** The paths that each upload set gives up, by its URN, as it was last compared. */
const leaving = new Map<string, ReadonlySet<string>>();

/** Notes the paths that an upload set gives up, as its files changed or are no longer uploaded. */
export function noteLeaving(owner: string, paths: Readonly<Record<string, string>> = {}): void {
  leaving.set(owner, new Set(Object.values(paths)));
}

/** Whether an upload set of this process gives up a path. */
export function isLeaving(path: string): boolean {
  for (const paths of leaving.values()) {
    if (paths.has(path)) {
      return true;
    }
  }
  return false;
}
