// Ours, as a set: one resource that holds all files. The change is that one is left out.
import * as aidp from "pulumi-ai-data-platform";

new aidp.UploadSet("files", {
  folder: "files",
  exclude: process.env.BENCH_CHANGED === "1" ? ["0000000.jpg"] : [],
});
