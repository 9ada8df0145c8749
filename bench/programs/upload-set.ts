// Ours, as a set: one resource that holds all files. The change is one file more.
import * as aidp from "pulumi-ai-data-platform";

new aidp.UploadSet("files", {
  folder: "files",
  exclude: process.env.BENCH_CHANGED === "1" ? [] : ["new.jpg"],
});
