import type { Phase } from "./contenders/contender.ts";
import type { Measurement } from "./measure.ts";
import { median } from "./median.ts";

/** A figure derived from a run, and what it must reach. */
export interface Target {
  what: string;
  latencyMs: number;
  value: number;
  /** Absent where the figure is only of interest. */
  aim?: string;
  met?: boolean;
}

interface Definition {
  what: string;
  value: number;
  atMost?: number;
  atLeast?: number;
}

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** Every figure that the measurements are enough for. */
export function targetsOf(measurements: readonly Measurement[]): Target[] {
  const latencies = [...new Set(measurements.map(({ latencyMs }) => latencyMs))];
  return latencies.flatMap((latencyMs) => {
    const figures = new Figures(measurements.filter((each) => each.latencyMs === latencyMs));
    return definitions(figures)
      .filter(({ value }) => Number.isFinite(value))
      .map((definition) => ({ latencyMs, ...judged(definition) }));
  });
}

/** What was measured at one latency. A figure that is missing is NaN, and so is all that needs it. */
class Figures {
  readonly #measurements: readonly Measurement[];

  constructor(measurements: readonly Measurement[]) {
    this.#measurements = measurements;
  }

  /** Only of files of this size. */
  withFilesOf(bytes: number): Figures {
    return new Figures(this.#measurements.filter(({ fileBytes }) => fileBytes === bytes));
  }

  sizes(): number[] {
    return [...new Set(this.#measurements.map(({ items }) => items))];
  }

  seconds(contender: string, items: number, phase: Phase = "create"): number {
    return this.#median(contender, items, phase, ({ seconds }) => seconds);
  }

  trafficSeconds(contender: string, items: number, phase: Phase = "create"): number {
    return this.#median(contender, items, phase, ({ trafficSeconds }) => trafficSeconds);
  }

  peak(contender: string, items: number, phase: Phase = "create"): number {
    return this.#median(
      contender,
      items,
      phase,
      ({ usage }) => usage.provider?.peakBytes ?? Number.NaN,
    );
  }

  /** Of all processes. */
  cpu(contender: string, items: number, phase: Phase): number {
    return this.#median(contender, items, phase, ({ usage }) =>
      Object.values(usage).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    );
  }

  stateBytes(contender: string, items: number): number {
    return this.#median(contender, items, "create", (each) => each.stateBytes ?? Number.NaN);
  }

  requests(
    contender: string,
    items: number,
    phase: Phase,
    counts: (operation: string) => boolean,
  ): number {
    return this.#median(contender, items, phase, ({ requests }) =>
      total(Object.fromEntries(Object.entries(requests).filter(([name]) => counts(name)))),
    );
  }

  /** Over the runs; those that went wrong do not count. */
  #median(
    contender: string,
    items: number,
    phase: Phase,
    figure: (measurement: Measurement) => number,
  ): number {
    const values = this.#measurements
      .filter((each) => each.contender === contender && each.items === items)
      .filter((each) => each.phase === phase && each.problem === undefined)
      .map(figure);
    return median(values);
  }
}

export function total(requests: Record<string, number>): number {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

function definitions(figures: Figures): Definition[] {
  return [
    ...ratios(figures),
    ...againstFloor(figures),
    ...hundredThousand(figures),
    ...million(figures),
    ...ofPlugin(figures),
    ...policies(figures, 10_000, 3),
    ...policies(figures, 100_000, 12),
    ...growth(figures, 1_000, 10_000),
    ...growth(figures, 10_000, 100_000, 12),
    ...growth(figures, 100_000, 1_000_000, 12),
    ...figures.sizes().flatMap((items) => requests(figures, items)),
    ...uploads(figures.withFilesOf(200_000), figures.withFilesOf(2 * gibibyte)),
  ];
}

function ratios(figures: Figures): Definition[] {
  const { seconds } = bound(figures);
  const at = (other: string, items: number, phase: Phase, aim: { atLeast?: number } = {}) => ({
    what: `${other} / set, ${phase}, ${count(items)}`,
    value: seconds(other, items, phase) / seconds("set", items, phase),
    ...aim,
  });
  return [
    ...figures.sizes().map((items) => ({
      what: `set / floor, create, ${count(items)}`,
      value: seconds("set", items) / seconds("floor", items),
    })),
    at("opentofu", 1_000, "create", { atLeast: 3 }),
    at("opentofu-tuned", 1_000, "create", { atLeast: 2.5 }),
    at("naive", 1_000, "create", { atLeast: 25 }),
    at("single", 1_000, "create"),
    ...(["preview", "refresh", "destroy"] as const).flatMap((phase) =>
      ["opentofu", "opentofu-tuned", "naive", "single"].map((other) => at(other, 1_000, phase)),
    ),
    at("opentofu", 10_000, "create"),
    at("opentofu-tuned", 10_000, "create"),
  ];
}

/** How much longer the set takes than the plain script, beyond what the start of any `pulumi` costs. */
function againstFloor(figures: Figures): Definition[] {
  const { seconds } = bound(figures);
  const beyond = (startSeconds: number, phase: Phase, items: number, atMost: number) => ({
    what: `(set - ${startSeconds} s) / floor, ${phase}, ${count(items)}`,
    value: (seconds("set", items, phase) - startSeconds) / seconds("floor", items, phase),
    atMost,
  });
  return [
    beyond(3.5, "create", 10_000, 1.1),
    beyond(6, "create", 100_000, 1.15),
    beyond(6, "refresh", 100_000, 2),
    beyond(6, "destroy", 100_000, 2),
  ];
}

function hundredThousand(figures: Figures): Definition[] {
  const { seconds, peak } = bound(figures);
  const items = 100_000;
  return [
    ...(["preview", "preview of one change"] as const).flatMap((phase) => [
      {
        what: `set / naive with one resource, ${phase}, 100,000`,
        value: seconds("set", items, phase) / seconds("naive", 1, "preview"),
        atMost: 2.5,
      },
      {
        what: `provider process, ${phase}, 100,000, MiB`,
        value: peak("set", items, phase) / mebibyte,
        atMost: 700,
      },
    ]),
    {
      what: "provider process, create, 100,000, MiB",
      value: peak("set", items) / mebibyte,
      atMost: 800,
    },
    { what: "state, 100,000, MB", value: figures.stateBytes("set", items) / 1e6, atMost: 12 },
  ];
}

/** The plugin against the dynamic way, with the same manifest. */
function ofPlugin(figures: Figures): Definition[] {
  const { seconds, peak } = bound(figures);
  const phases = ["create", "preview", "preview of one change", "refresh", "destroy"] as const;
  return [10_000, 100_000].flatMap((items) => [
    ...phases.map((phase) => ({
      what: `plugin / listed, ${phase}, ${count(items)}`,
      value: seconds("plugin", items, phase) / seconds("listed", items, phase),
      ...(items === 10_000 && { atMost: 0.85 }),
    })),
    ...(["create", "preview of one change"] as const).map((phase) => ({
      what: `plugin / listed, memory of the provider, ${phase}, ${count(items)}`,
      value: peak("plugin", items, phase) / peak("listed", items, phase),
      atMost: 0.7,
    })),
  ]);
}

function million(figures: Figures): Definition[] {
  const { seconds, peak } = bound(figures);
  const items = 1_000_000;
  const change = "preview of one change";
  return [
    { what: `set, ${change}, 1,000,000, s`, value: seconds("set", items, change), atMost: 60 },
    ...(["create", change, "refresh", "destroy"] as const).map((phase) => ({
      what: `provider process, ${phase}, 1,000,000, GiB`,
      value: peak("set", items, phase) / gibibyte,
      atMost: 2.5,
    })),
    { what: "state, 1,000,000, MB", value: figures.stateBytes("set", items) / 1e6, atMost: 120 },
    {
      what: "floor / set, create, 1,000,000",
      value: seconds("floor", items) / seconds("set", items),
      atLeast: 0.8,
    },
  ];
}

function policies(figures: Figures, items: number, atMost: number): Definition[] {
  return (["create", "preview", "preview of one change"] as const).flatMap((phase) => [
    {
      what: `policies - set, ${phase}, ${count(items)}, s`,
      value: figures.seconds("policies", items, phase) - figures.seconds("set", items, phase),
      atMost,
    },
    {
      what: `policies - set, ${phase}, ${count(items)}, CPU s`,
      value: figures.cpu("policies", items, phase) - figures.cpu("set", items, phase),
      atMost,
    },
  ]);
}

function growth(figures: Figures, from: number, to: number, atMost?: number): Definition[] {
  const aim = atMost === undefined ? {} : { atMost };
  const { seconds, peak } = bound(figures);
  return (["create", "preview of one change", "refresh", "destroy"] as const).flatMap((phase) => [
    {
      what: `set, time, ${phase}, ${count(to)} / ${count(from)}`,
      value: seconds("set", to, phase) / seconds("set", from, phase),
      ...aim,
    },
    {
      what: `set, memory, ${phase}, ${count(to)} / ${count(from)}`,
      value: peak("set", to, phase) / peak("set", from, phase),
      ...aim,
    },
  ]);
}

function requests(figures: Figures, items: number): Definition[] {
  const pages = Math.ceil(items / 100);
  // The stack's batch is a resource of its own, with requests of its own.
  const of = (phase: Phase, atMost: number) => ({
    what: `set, requests but for the batch's, ${phase}, ${count(items)}`,
    value: figures.requests("set", items, phase, (operation) => !/batch/i.test(operation)),
    atMost,
  });
  // The issue says N + O(N/100): here that is one listing before and one after, and the batch.
  const create = items + 2 * pages + 5;
  // Before it ends items, it looks whether people have begun, and afterwards whether they are ended.
  return [of("create", create), of("refresh", pages + 2), of("destroy", 3 * pages + 2)];
}

/** Throughput, so curl's time is above the line. */
function uploads(pictures: Figures, large: Figures): Definition[] {
  const [ours, items] = ["upload-set", 1_000];
  const whole = pictures.seconds("curl", items);
  const set = pictures.seconds(ours, items);
  return [
    {
      what: "curl / upload-set, traffic, 1,000 files",
      value: pictures.trafficSeconds("curl", items) / pictures.trafficSeconds(ours, items),
      atLeast: 0.95,
    },
    {
      what: "curl / (upload-set - its preview without change), 1,000 files",
      value: whole / (set - pictures.seconds(ours, items, "preview")),
    },
    { what: "curl / upload-set, 1,000 files", value: whole / set },
    {
      what: "provider process, 2 GiB file - 200 KB file, create, MiB",
      value: (large.peak(ours, 1) - pictures.peak(ours, 1)) / mebibyte,
      atMost: 64,
    },
  ];
}

function bound(figures: Figures) {
  return { seconds: figures.seconds.bind(figures), peak: figures.peak.bind(figures) };
}

function judged({ what, value, atMost, atLeast }: Definition): Omit<Target, "latencyMs"> {
  if (atMost !== undefined) {
    return { what, value, aim: `at most ${count(atMost)}`, met: value <= atMost };
  }
  if (atLeast !== undefined) {
    return { what, value, aim: `at least ${count(atLeast)}`, met: value >= atLeast };
  }
  return { what, value };
}

function count(value: number): string {
  return value.toLocaleString("en");
}
