// The npm scripts preload this file. It is plain JavaScript because an older Node could not read .ts files, and so
// could not report its own age.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node ${process.versions.node} is too old, 22.18 or newer is needed: install one, or run ` +
      '"npm ci" with install scripts enabled, which brings a Node of its own.',
  );
  process.exit(1);
}
