import { setTimeout as delay } from "node:timers/promises";
import type { CommandModule } from "yargs";
import { batchOption, chosenBatch } from "../chosen-batch.ts";
import { type ConnectionArguments, connect, connectionOptions } from "../connection.ts";
import { wholeNumber } from "../options.ts";
import { type BatchStatus, ProjectLook } from "../status/look.ts";
import { renderTable } from "../status/table.ts";

interface Arguments extends ConnectionArguments {
  batch: string | undefined;
  items: boolean;
  json: boolean;
  watch: boolean;
  interval: number | undefined;
}

/** `aidp status`: how far the work on the batches of a project has come. */
export const status: CommandModule<object, Arguments> = {
  command: "status",
  describe: "Show how far the work is: batches with progress, overdue and started work items",
  builder: (yargs) =>
    connectionOptions(yargs)
      .option("batch", {
        ...batchOption,
        describe: "Only this batch, by its name or id",
      })
      .option("items", {
        type: "boolean",
        default: false,
        describe:
          "Show the open work items of each batch as well, with the names of their pictures",
      })
      .option("watch", {
        type: "boolean",
        default: false,
        describe: "Look again and again, until Ctrl-C",
      })
      .option("interval", {
        type: "string",
        requiresArg: true,
        defaultDescription: "10",
        coerce: wholeNumber("interval", 86_400),
        describe: "Seconds between two looks of --watch",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print the batches as JSON, a line for each look",
      })
      .example("$0 status --stack prod", "the project of the stack prod")
      .example("$0 status --batch signs-2026-12 --watch", "one batch, live")
      .example("$0 status --batch signs-2026-12 --items", "which pictures are still open")
      .epilogue("Exit codes: 0 it could be seen, 1 failure."),
  async handler({ batch, items, json, watch, interval = 10, ...where }) {
    const stop = new AbortController();
    if (watch) {
      process.once("SIGINT", () => stop.abort());
      // Nobody watches any more.
      process.stdout.once("error", () => stop.abort());
    }
    const { client, projectId } = await connect(where, "projectId");
    const look = new ProjectLook(client, projectId, items);
    const show = json ? showJson : screen(watch);
    do {
      show(chosen(await look.now(), batch));
    } while (watch && (await waited(interval, stop.signal)));
  },
};

function chosen(batches: BatchStatus[], wanted: string | undefined): BatchStatus[] {
  if (wanted === undefined) {
    return batches;
  }
  const known = batches.map(({ batchId: id, name }) => ({ id, name }));
  const { id } = chosenBatch(known, wanted);
  return batches.filter(({ batchId }) => batchId === id);
}

/** Waits, and returns whether the time passed without a Ctrl-C. */
function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  return delay(seconds * 1000, true, { signal }).catch(() => false);
}

function showJson(batches: readonly BatchStatus[]): void {
  process.stdout.write(`${JSON.stringify(batches)}\n`);
}

/** Shows a table if it has changed: on a live terminal in place of the last one, otherwise below it. */
function screen(isLive: boolean): (batches: readonly BatchStatus[]) => void {
  const clear = isLive && process.stdout.isTTY ? "\x1b[2J\x1b[H" : "";
  let last = "";
  return (batches) => {
    const table = renderTable(batches);
    if (table !== last) {
      process.stdout.write(clear + table);
    }
    last = table;
  };
}
