/** Gives the environment back to the specs that come after those of the describe block that calls this. */
export function keepEnvironment(...names: string[]): void {
  const kept = names.map((name) => [name, process.env[name]] as const);
  after(() => {
    for (const [name, value] of kept) {
      // Assigned, undefined would become a text.
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
