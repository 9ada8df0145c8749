import { parseArgs } from "node:util";
import { integer } from "../scripts/integer.ts";
import { Failure } from "../scripts/main.ts";
import type { Contender, Size } from "./contenders/contender.ts";
import { contenders } from "./contenders/index.ts";

export interface Options {
  items: number[];
  /** How many files to upload, and of what size. */
  uploads: Required<Size>[];
  latenciesMs: number[];
  contenders: Contender[];
  concurrency: number;
  runs: number;
  limitSeconds: number;
  jsonFile: string | undefined;
}

const pictures = { items: 1_000, fileBytes: 200_000 };
/** These two differ in size only, so that the memory that a size takes shows. */
const onePicture = { items: 1, fileBytes: 200_000 };
const largeFile = { items: 1, fileBytes: 2 * 1024 ** 3 };

const usage =
  "Usage: npm run bench -- [--n 1000,10000] [--latency 0,20] [--only floor,set] [--large-file] " +
  "[--concurrency 32] [--runs 1] [--limit 600] [--json FILE]";

export function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        n: { type: "string", default: "1000,10000" },
        latency: { type: "string", default: "0,20" },
        only: { type: "string" },
        "large-file": { type: "boolean", default: false },
        concurrency: { type: "string", default: "32" },
        runs: { type: "string", default: "1" },
        limit: { type: "string", default: "600" },
        json: { type: "string" },
      },
    });
    return {
      items: values.n.split(",").map((text) => integer("--n", text, 1)),
      uploads: values["large-file"] ? [pictures, onePicture, largeFile] : [pictures],
      latenciesMs: values.latency.split(",").map((text) => integer("--latency", text, 0)),
      contenders: chosen(values.only),
      concurrency: integer("--concurrency", values.concurrency, 1),
      runs: integer("--runs", values.runs, 1),
      limitSeconds: integer("--limit", values.limit, 1),
      jsonFile: values.json,
    };
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function chosen(only: string | undefined): Contender[] {
  if (only === undefined) {
    return [...contenders];
  }
  const names = only.split(",");
  const unknown = names.find((name) => !contenders.some((contender) => contender.name === name));
  if (unknown !== undefined) {
    const known = contenders.map(({ name }) => name).join(", ");
    throw new Error(`--only does not know "${unknown}": it knows ${known}.`);
  }
  return contenders.filter(({ name }) => names.includes(name));
}
