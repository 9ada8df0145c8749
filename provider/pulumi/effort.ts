import { z } from "zod";
import { got } from "../lifecycle/fields.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { isObject } from "../lifecycle/plain.ts";
import { howToSet } from "../lifecycle/settings.ts";
import { parseIfJson } from "../text/json.ts";
import { didYouMean, showName } from "../text/unknown-names.ts";

/** What the work of people costs, as somebody estimates it. A report adds it up; nothing is sent. */
export interface Effort {
  /** For a work item, without its boxes. */
  item: number;
  /** For each box of its labels. */
  box: number;
  /** `minutes`, `hours`, or the code of a currency, such as `USD`. */
  unit: string;
}

const wrongAmount = {
  error: ({ input }: { input?: unknown }) => `must be a number of 0 or more, got ${got(input)}`,
};
const amount = z.number(wrongAmount).min(0, wrongAmount).default(0);

const wrongUnit = { error: ({ input }: { input?: unknown }) => unitProblem(input) };
const unit = z
  .string(wrongUnit)
  .refine((given) => unitProblem(given) === undefined, wrongUnit)
  .default("minutes");

/** What an effort has, each with its default. */
export const effortFields = { item: amount, box: amount, unit };

const names = Object.keys(effortFields);
const example = '{"item": 2, "box": 0.5, "unit": "minutes"}';

const schema = z.strictObject(effortFields, {
  error: (issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys
          .map((key) => `has no field ${showName(key)}${didYouMean(key, names)}`)
          .join(", and ")
      : `must be JSON like ${example}`,
});

/** What is wrong with the unit of an effort, if anything. */
export function unitProblem(given: unknown): string | undefined {
  return typeof given === "string" && /^(minutes|hours|[A-Z]{3})$/.test(given)
    ? undefined
    : `must be minutes, hours or the code of a currency such as USD, got ${got(given)}`;
}

/** The unit as people say it of an amount: `1 minute`, `2 minutes`. */
export function unitOf(amount: number, unit: string): string {
  return amount === 1 ? unit.replace(/s$/, "") : unit;
}

/** Reads the setting `aidp:effort`. */
export function readEffort(text: string | undefined): Effort | undefined {
  if (text === undefined) {
    return undefined;
  }
  const json = parseIfJson(text);
  const { data, error } = schema.safeParse(json);
  if (error !== undefined) {
    const [{ path, message } = { path: [], message: "" }] = error.issues;
    throw effortError(path.map((key) => `.${String(key)}`).join(""), message);
  }
  // Work that costs nothing says nothing, and a report would say so of everything.
  if (!isObject(json) || (json.item === undefined && json.box === undefined)) {
    throw effortError("", `must say what an item or a box costs, like ${example}`);
  }
  return data;
}

function effortError(where: string, problem: string): Refusal {
  return new Refusal(`aidp:effort${where} ${problem}; ${howToSet("effort")}`);
}
