import type { CommandModule } from "yargs";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { wholeNumber } from "../options.ts";

interface Arguments {
  port: number | undefined;
  data: string;
  latency: number | undefined;
  dialect: string[] | undefined;
  json: boolean;
}

/** `aidp emulator`: the platform on this machine. */
export const emulator: CommandModule<object, Arguments> = {
  command: "emulator",
  describe: "Run the emulator: the platform on this machine, to try everything without a key",
  builder: (yargs) =>
    yargs
      .option("port", {
        type: "string",
        requiresArg: true,
        defaultDescription: "4010",
        coerce: wholeNumber("port", 65_535),
        describe: "The port on this machine; 0 is any free one",
      })
      .option("data", {
        type: "string",
        requiresArg: true,
        default: ".demo/emulator",
        describe: "The folder of its data, made where there is none",
      })
      .option("latency", {
        type: "string",
        requiresArg: true,
        defaultDescription: "0",
        coerce: wholeNumber("latency", 600_000),
        describe: "Milliseconds that each answer takes longer",
      })
      .option("dialect", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "Answer an open question of the API otherwise, by its name in docs/contract.md",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print where it is as a line of JSON",
      })
      .example(
        "$0 emulator",
        "prints url, apiKey, spaceId, projectId, page and jwks, and runs until Ctrl-C",
      ),
  async handler({ port = 4010, data, latency = 0, dialect = [], json }) {
    // Loaded late, so that users of a Node.js without the database module learn that it is too old.
    const { CannotStart, runEmulator } = await import("../../emulator/run.ts");
    try {
      const options = { port, dataDir: data, latencyMs: latency, dialects: dialect };
      await runEmulator(options, json);
    } catch (error) {
      throw error instanceof CannotStart ? new Refusal(error.message) : error;
    }
  },
};
