import { nodeProblem } from "./node-version.ts";

// For what people start: they read one line, and no stack.
if (nodeProblem !== undefined) {
  process.stderr.write(`error: ${nodeProblem}\n`);
  process.exit(1);
}
