import { z } from "zod";
import { got } from "../lifecycle/fields.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { howToSet } from "../lifecycle/settings.ts";

/** What the work of people costs, as somebody estimates it. A report adds it up; nothing is sent. */
export interface Effort {
  /** For a work item, without its boxes. */
  item: number;
  /** For each box of its labels. */
  box: number;
  /** `minutes`, `hours`, or the code of a currency, such as `USD`. */
  unit: string;
}

const amount = z
  .number({ error: ({ input }) => `must be a number of 0 or more, got ${got(input)}` })
  .min(0, { error: ({ input }) => `must be a number of 0 or more, got ${got(input)}` });

const schema = z.strictObject({
  item: amount.default(0),
  box: amount.default(0),
  unit: z
    .unknown()
    .superRefine((unit, { addIssue }) => {
      const message = unitProblem(unit);
      if (message !== undefined) {
        addIssue({ code: "custom", message });
      }
    })
    .transform(String)
    .default("minutes"),
});

/** What is wrong with the unit of an effort, if anything. */
export function unitProblem(unit: unknown): string | undefined {
  return typeof unit === "string" && /^(minutes|hours|[A-Z]{3})$/.test(unit)
    ? undefined
    : `must be minutes, hours or the code of a currency such as USD, got ${got(unit)}`;
}

const example = '{"item": 2, "box": 0.5, "unit": "minutes"}';

/** Reads the setting `aidp:effort`. */
export function readEffort(text: string | undefined): Effort | undefined {
  if (text === undefined) {
    return undefined;
  }
  const json = parsed(text);
  const result = schema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = (issue?.path ?? []).map((key) => `.${String(key)}`).join("");
    const problem =
      issue === undefined || issue.path.length === 0
        ? `must be JSON like ${example}`
        : issue.message;
    throw new Refusal(`aidp:effort${where} ${problem}; ${howToSet("effort")}`);
  }
  return result.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
