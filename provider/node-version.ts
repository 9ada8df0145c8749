// Loaded first, so that an older Node.js is told before anything else goes wrong.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** What is wrong with this Node.js; nothing where it is new enough. */
export const nodeProblem: string | undefined =
  major < 22 || (major === 22 && minor < 18)
    ? `pulumi-ai-data-platform needs Node.js 22.18 or newer, and this is ${process.versions.node}: put a newer one first on the PATH`
    : undefined;
