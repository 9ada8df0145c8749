import "../require-node.ts";
import { endWithEngine } from "../pulumi/engine-address.ts";
import { LabelingPlugin } from "./plugin.ts";
import schema from "./schema.json" with { type: "json" };
import { serve } from "./service.ts";

// The entry of the plugin: the engine starts it, reads the port from the first line, and connects.

endWithEngine();
serve(new LabelingPlugin(schema)).then((port) => {
  process.stdout.write(`${port}\n`);
});
