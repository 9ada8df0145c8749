import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dialects } from "../../emulator/dialects/table.ts";
import type { Operation } from "../../provider/api/routes.ts";

/** What became of an operation. */
type Outcome = "answered" | "not there" | "refused" | "not tried";

/** What the first contact found. This is the content of `aidp-contract.json`: no key, no ids, no names of people. */
export interface Contract {
  version: 1;
  address: string;
  /** When the contact took place, ISO 8601. */
  at: string;
  operations: Partial<Record<Operation, Outcome>>;
  /** How the service differs from the emulator's default answers, as names of dialects. */
  dialects: string[];
  /** Routes that were found elsewhere, in the form that `aidp:routes` takes. */
  routes: Partial<Record<Operation, string>>;
  /** What the provider cannot work with, or what nobody could find out. */
  problems: string[];
  /** What remains on the platform. */
  left: string[];
}

/** The file that holds the findings, in the folder of the stack. */
export const contractFile = "aidp-contract.json";

/** The findings stored in a folder, whichever address they are about. */
export function readContract(folder: string): Contract | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, contractFile), "utf8")) as Contract;
  } catch {
    return undefined;
  }
}

/** Dialects in which the provider makes one work item and then no other. */
const refused = new Set(["metadata-cut-40", "metadata-dropped"]);

/** The findings of one walk. */
export class Findings {
  readonly operations: Partial<Record<Operation, Outcome>> = {};
  readonly routes: Partial<Record<Operation, string>> = {};
  readonly problems: string[] = [];
  readonly left: string[] = [];
  readonly #dialects = new Set<string>();

  /** Notes that the service speaks a dialect, if it does. */
  speaks(name: string, isSo: boolean): void {
    if (isSo) {
      this.#dialects.add(name);
    }
  }

  contract(address: string): Contract {
    const { operations, routes, problems, left } = this;
    const names = [...this.#dialects].sort();
    const at = new Date().toISOString();
    return { version: 1, address, at, operations, dialects: names, routes, problems, left };
  }
}

/** The findings in words, one line each, and whether each is bad. */
export function describeFindings(contract: Contract): { isBad: boolean; text: string }[] {
  const { operations, dialects: names, routes, problems, left } = contract;
  const elsewhere = Object.entries(operations).filter(([, outcome]) => outcome === "not there");
  const good = (text: string) => ({ isBad: false, text });
  const bad = (text: string) => ({ isBad: true, text });
  return [
    ...elsewhere.map(([operation]) =>
      bad(
        `${operation} is not where it was looked for: ask the service for its route, and set aidp:routes to {"${operation}": "METHOD /path"}`,
      ),
    ),
    ...Object.entries(routes).map(([operation, route]) =>
      bad(`${operation} is ${route}: set aidp:routes to {"${operation}": "${route}"}`),
    ),
    ...names.map((name) =>
      refused.has(name)
        ? bad(`${aboutOf(name)} (${name}): only one work item is made, and no other one`)
        : good(`${aboutOf(name)} (${name}): the provider reads that`),
    ),
    ...problems.map(bad),
    ...left.map((what) => good(`stays behind: ${what}`)),
  ];
}

function aboutOf(name: string): string {
  return dialects[name]?.about ?? name;
}
