/** The results as tables, which are Markdown as well. */

import { table } from "../scripts/markdown-table.ts";
import type { Size } from "./contenders/contender.ts";
import type { Measurement } from "./measure.ts";
import { type Target, total } from "./targets.ts";

const mebibyte = 1024 ** 2;

/** How operations are called where there is little room. */
const short: Readonly<Record<string, string>> = {
  createWorkItem: "create",
  listWorkItems: "list",
  signalWorkItems: "signal many",
  signalWorkItem: "signal one",
  createBatch: "create batch",
  updateBatch: "update batch",
  listBatches: "list batches",
  setLabels: "label",
  createUploadUrls: "upload URLs",
  createReadUrls: "read URLs",
  putFile: "put",
  getFile: "get",
};

export function measurementTables(measurements: readonly Measurement[]): string {
  const groups = Map.groupBy(measurements, titleOf);
  return [...groups]
    .map(([title, group]) => `${title}\n\n${table(heads, group.map(row))}`)
    .join("\n\n");
}

export function titleOf({ items, fileBytes, latencyMs }: Size & { latencyMs: number }): string {
  const what = fileBytes === undefined ? "items" : `files of ${sizeText(fileBytes)}`;
  return `${items.toLocaleString("en")} ${what}, latency ${latencyMs} ms`;
}

function sizeText(bytes: number): string {
  return bytes < mebibyte ? `${bytes / 1000} KB` : `${bytes / mebibyte} MiB`;
}

export function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ what, latencyMs, value, aim = "", met }) => [
    what,
    `${latencyMs} ms`,
    number(value),
    aim,
    met === undefined ? "" : met ? "yes" : "NO",
  ]);
  return table(["figure", "latency", "value", "must be", "met"], rows);
}

const heads = [
  ...["contender", "phase", "seconds", "traffic s", "requests", "by operation"],
  ...["provider MiB", "provider CPU s", "all CPU s", "state MB"],
];

function row(measurement: Measurement): string[] {
  const { contender, phase, seconds, trafficSeconds, problem, requests, usage, stateBytes } =
    measurement;
  const operations = Object.entries(requests)
    .sort(([, left], [, right]) => right - left)
    .map(([operation, count]) => `${short[operation] ?? operation} ${count}`);
  const cpu = Object.values(usage).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const { provider } = usage;
  return [
    contender,
    phase,
    problem === undefined ? number(seconds) : problem,
    number(trafficSeconds),
    String(total(requests)),
    operations.join(", "),
    provider === undefined ? "" : String(Math.round(provider.peakBytes / mebibyte)),
    provider === undefined ? "" : number(provider.cpuSeconds),
    number(cpu),
    number(stateBytes / 1e6),
  ];
}

/** As many digits as mean something. */
export function number(value: number): string {
  if (value >= 1000) {
    return Math.round(value).toLocaleString("en");
  }
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
