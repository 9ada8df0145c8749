/** Has the specs of the describe block that calls this run without settings in the environment. */
export function withoutSettings(): void {
  const names = Object.keys(process.env).filter((name) => name.startsWith("AIDP_"));
  keepEnvironment(...names);
  before(() => {
    for (const name of names) {
      delete process.env[name];
    }
  });
}

/** Gives the environment back to the specs that come after those of the describe block that calls this. */
export function keepEnvironment(...names: string[]): void {
  const kept = names.map((name) => [name, process.env[name]] as const);
  after(() => {
    for (const [name, value] of kept) {
      // Assigned, undefined would become a text.
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
  });
}
