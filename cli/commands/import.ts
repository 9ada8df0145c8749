import { basename, resolve } from "node:path";
import pMap from "p-map";
import type { CommandModule } from "yargs";
import type { BatchWire } from "../../provider/api/batches.ts";
import type { Client } from "../../provider/api/client.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { oneLine } from "../../report/text/foreign-text.ts";
import { count, thousands } from "../../report/words.ts";
import { batchOption, chosenBatch } from "../chosen-batch.ts";
import { type ConnectionArguments, connect, connectionOptions } from "../connection.ts";
import { refuseToOverwrite, writeProgram } from "../import/files.ts";
import { type Gathered, gather } from "../import/gather.ts";
import { libraryFor, packedFile } from "../import/library.ts";
import { Names, slug } from "../import/names.ts";
import { type Declarations, declarationsOf } from "../import/program.ts";
import { pythonFiles } from "../import/python.ts";
import { typescriptFiles } from "../import/typescript.ts";
import { yamlFiles } from "../import/yaml.ts";
import { refuseNoFolder } from "../out-folder.ts";

interface Arguments extends ConnectionArguments {
  batch: string | undefined;
  language: Language;
  out: string;
  force: boolean;
  json: boolean;
}

const languages = ["typescript", "yaml", "python"] as const;
type Language = (typeof languages)[number];

const batchesAtOnce = 4;

/**
 * `aidp import`: writes a Pulumi program for existing batches and work items. Operations `listBatches` and
 * `listWorkItems`.
 */
export const importProgram: CommandModule<object, Arguments> = {
  command: "import",
  describe: "Write a Pulumi program for the batches and work items of a project that exist",
  builder: (yargs) =>
    connectionOptions(yargs)
      .option("batch", {
        ...batchOption,
        describe: "Only this batch, by its name or id",
      })
      .option("language", {
        alias: "l",
        choices: languages,
        default: "typescript" as const,
        describe: "The language of the program",
      })
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        default: "labeling",
        describe: "The folder to write to",
      })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Write over a program that is there",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print the summary as JSON",
      })
      .example("$0 import --project 5a85… --out signs", "the whole project, as a program in signs/")
      .epilogue("Changes nothing on the platform. The first `pulumi up` adopts what is there."),
  async handler(given) {
    const { batch, language, out, force, json } = given;
    await refuseNoFolder(out);
    if (!force) {
      await refuseToOverwrite(out);
    }
    const { client, projectId } = await connect(given, "projectId");
    const batches = await chosen(client, projectId, batch);
    const library = language === "typescript" ? await libraryFor(out) : undefined;
    const { kept, others } = await writeProgram(out, async (staging) => {
      const names = new Names();
      const named = batches.map((each) => [each, names.unique(slug(each.name, "batch"))] as const);
      const gathered = await pMap(
        named,
        ([each, name]) => gather(client, projectId, each, name, staging),
        { concurrency: batchesAtOnce },
      );
      const result = {
        kept: gathered.filter(({ owners }) => owners.length === 0),
        others: gathered.filter(({ owners }) => owners.length > 0),
      };
      if (batch !== undefined) {
        refuseOthers(result.others);
      }
      const name = slug(basename(resolve(out)), "labeling");
      const declared = result.kept.map(declarationsOf);
      const files = filesIn(language, name, projectId, declared, library);
      return { files, result };
    });
    process.stdout.write(
      json
        ? jsonOf(out, kept, others)
        : `${summaryOf(out, kept, others)}${nextText(language, out, library)}\n`,
    );
  },
};

/** The chosen batches in the order of their names, so that every run has the same order. */
async function chosen(
  client: Client,
  projectId: string,
  wanted: string | undefined,
): Promise<BatchWire[]> {
  const all = await Array.fromAsync(client.batches.list(projectId));
  all.sort((one, other) => (one.name < other.name ? -1 : 1));
  if (wanted === undefined) {
    return all;
  }
  return [chosenBatch(all, wanted)];
}

/** Refuses a batch that the user asked for by name if it belongs to another stack. */
function refuseOthers([other]: readonly Gathered[]): void {
  if (other !== undefined) {
    throw new Refusal(
      `--batch ${JSON.stringify(other.batch.name)} is not imported: ${ownersText(other)}; go on with its program, or import another batch`,
    );
  }
}

function ownersText({ owners }: Gathered): string {
  return `all its work items were made by ${owners.join(" and ")}`;
}

/** How many work items are left out, by reason. */
function leftOutOf(gathered: readonly Gathered[]): Map<string, number> {
  const leftOut = new Map<string, number>();
  for (const [reason, number] of gathered.flatMap((each) => [...each.leftOut])) {
    leftOut.set(reason, (leftOut.get(reason) ?? 0) + number);
  }
  return leftOut;
}

function jsonOf(folder: string, kept: readonly Gathered[], others: readonly Gathered[]): string {
  const batches = kept.map(({ batch: { id, name }, size, manifest }) => ({
    id,
    name,
    workItems: size,
    manifest,
  }));
  const leftOut = Object.fromEntries(leftOutOf([...kept, ...others]));
  const batchesLeftOut = others.map(({ batch: { id, name }, owners }) => ({ id, name, owners }));
  return `${JSON.stringify({ folder, batches, batchesLeftOut, leftOut }, undefined, 2)}\n`;
}

function summaryOf(out: string, kept: readonly Gathered[], others: readonly Gathered[]): string {
  const total = kept.reduce((sum, { size }) => sum + size, 0);
  return [
    `${out}: ${count(kept.length, "batch", "batches")}, ${count(total, "work item")}`,
    ...kept.map(({ batch, size, manifest }) => {
      const where = manifest === undefined ? "" : ` in ${manifest}`;
      return `  ${oneLine(batch.name, 50)}: ${count(size, "work item")}${where}`;
    }),
    ...others.map(
      (other) => `left out: ${oneLine(other.batch.name, 50)}: ${oneLine(ownersText(other), 200)}`,
    ),
    ...[...leftOutOf([...kept, ...others])].map(
      ([reason, number]) => `left out: ${thousands(number)} ${oneLine(reason, 200)}`,
    ),
    "",
  ].join("\n");
}

function filesIn(
  language: Language,
  name: string,
  projectId: string,
  batches: readonly Declarations[],
  library: string | undefined,
): Record<string, string> {
  switch (language) {
    case "typescript":
      return typescriptFiles(name, projectId, batches, library);
    case "yaml":
      return yamlFiles(name, projectId, batches);
    case "python":
      return pythonFiles(name, projectId, batches);
  }
}

function nextText(language: Language, out: string, library: string | undefined): string {
  const ofPackage =
    library === undefined
      ? `npm install ${packedFile} (the file that npm pack makes of this package)`
      : "npm install";
  const install = {
    typescript: ofPackage,
    yaml: "install the plugin (docs/languages.md)",
    python: "install the plugin and pulumi_aidp (docs/languages.md)",
  }[language];
  return `next: cd ${out}, ${install}, pulumi stack init, and look at pulumi preview before pulumi up`;
}
