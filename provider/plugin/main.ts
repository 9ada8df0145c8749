import "../require-node.ts";
import { endWithEngine, engineAddress } from "../pulumi/engine-address.ts";
import { componentsFlag } from "./component-process.ts";
import { serveComponents } from "./components.ts";
import { LabelingPlugin } from "./plugin.ts";
import schema from "./schema.json" with { type: "json" };
import { serve } from "./service.ts";

// The entry of the plugin: the engine starts it, reads the port from the first line, and connects.

endWithEngine();
if (process.argv.includes(componentsFlag)) {
  serveComponents(schema.version, engineAddress() ?? "");
} else {
  serve(new LabelingPlugin(schema)).then((port) => {
    process.stdout.write(`${port}\n`);
  });
}
