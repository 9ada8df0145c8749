import { join } from "node:path";
import { SingleBar } from "cli-progress";
import type { CommandModule } from "yargs";
import type { Client } from "../../provider/api/client.ts";
import { provenanceOf } from "../../provider/items/provenance-entries.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { type WrittenFormat, writtenFormats } from "../../provider/manifests/write.ts";
import { listDeclaredCategories } from "../../provider/results/declared-categories.ts";
import { EarlierFile } from "../../provider/results/earlier-file.ts";
import { finishedItems, showItem } from "../../provider/results/finished.ts";
import { ItemFiles } from "../../provider/results/item-files.ts";
import { writeMerged } from "../../provider/results/merged-file.ts";
import { mergedName, writeInFormat } from "../../provider/results/other-format.ts";
import { Results } from "../../provider/results/results.ts";
import { count, inOneLine } from "../../provider/text/lines.ts";
import { batchOption, chosenBatch } from "../chosen-batch.ts";
import { type ConnectionArguments, connect, connectionOptions } from "../connection.ts";
import { refuseNoFolder } from "../out-folder.ts";
import { tellDropped } from "../tell-dropped.ts";

interface Arguments extends ConnectionArguments {
  batch: string;
  out: string;
  format: WrittenFormat;
  manifest: string | undefined;
  json: boolean;
}

/** `aidp results`: the finished annotations of a batch, as files. */
export const results: CommandModule<object, Arguments> = {
  command: "results",
  describe: "Download the finished annotations of a batch, as COCO files",
  builder: (yargs) =>
    connectionOptions(yargs)
      .option("batch", {
        ...batchOption,
        demandOption: true,
        describe: "The batch: its name or id",
      })
      .option("out", {
        type: "string",
        requiresArg: true,
        demandOption: true,
        describe:
          "The folder to write to: annotations.coco.json has all, items/ a file a work item; what is there is not fetched again",
      })
      .option("format", {
        choices: writtenFormats,
        default: "coco" as const,
        describe: "Also write it in this format",
      })
      .option("manifest", {
        type: "string",
        requiresArg: true,
        describe:
          "The dataset's manifest: the results have its categories with their ids, and YOLO its splits",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print the summary as JSON",
      })
      .example("$0 results --batch signs-2026-12 --out results", "with AIDP_API_KEY and the like")
      .example("$0 results --stack prod --batch 1307 --out results --json", "as a stack says")
      .epilogue(
        "Exit codes: 0 all results are there, 1 failure; the next run goes on where it ended.",
      ),
  async handler(given) {
    await refuseNoFolder(given.out);
    const stop = new AbortController();
    // A second Ctrl-C ends the process at once.
    process.once("SIGINT", () => stop.abort());
    const { client, projectId } = await connect(given, "projectId", stop.signal);
    await download(client, projectId, given);
  },
};

async function download(client: Client, projectId: string, given: Arguments): Promise<void> {
  const { manifest } = given;
  const declared = manifest === undefined ? undefined : await listDeclaredCategories({ manifest });
  if (typeof declared === "string") {
    throw new Refusal(inOneLine(`--manifest ${manifest}: ${declared}`));
  }
  const batches = await Array.fromAsync(client.batches.list(projectId));
  const batch = chosenBatch(batches, given.batch);
  const items = await finishedItems(client, { projectId, batchId: batch.id });
  const files = await ItemFiles.open(join(given.out, "items"));
  const bar = progressBar(items.length);
  const found = new Results(items, {
    client,
    projectId,
    known: files,
    keep: (result) => files.keep(result),
    progress: () => bar?.increment(),
  });
  const path = join(given.out, mergedName);
  const { imageCount, annotationCount, categories, numbering } = await writeMerged(path, found, {
    declared,
    earlier: await EarlierFile.categoriesOf(path),
    provenance: provenanceOf(batch.metadata),
  }).finally(() => bar?.stop());
  if (given.format === "yolo" && declared === undefined) {
    process.stderr.write(
      "warning: the classes are numbered in the order in which they first appeared: --manifest gives them the numbers of your data set\n",
    );
  }
  if (given.format !== "coco") {
    tellDropped(await writeInFormat(given.out, given.format, numbering, manifest));
  }
  for (const item of found.without) {
    process.stderr.write(`warning: ${showItem(item)} was finished without an annotation\n`);
  }
  const summary = {
    batch: { id: batch.id, name: batch.name },
    file: path,
    finished: items.length,
    fetched: found.fetched,
    withoutAnnotation: found.without.map(({ id }) => id),
    images: imageCount,
    annotations: annotationCount,
    categories,
  };
  process.stdout.write(
    given.json
      ? `${JSON.stringify(summary, undefined, 2)}\n`
      : `${path}: ${count(annotationCount)} annotations on ${count(imageCount)} images, of ${count(items.length)} finished work items of batch "${batch.name}"; ${count(found.fetched)} fetched now\n`,
  );
}

/** A progress bar, but only on a terminal. */
function progressBar(total: number): SingleBar | undefined {
  if (!process.stderr.isTTY || total === 0) {
    return undefined;
  }
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    format: "{bar} {value} of {total} results, {eta_formatted} left",
  });
  bar.start(total, 0);
  return bar;
}
