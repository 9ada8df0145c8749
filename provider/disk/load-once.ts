/**
 * Loads a module when it is first needed, since programs without uploads do without it. To ask Node.js for it again, for
 * each of many files, would take time.
 */
export function loadOnce<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
