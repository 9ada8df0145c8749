// Ours, one resource.
import * as aidp from "pulumi-ai-data-platform";

new aidp.Batch("pictures", { name: "pictures" });
