/** What may happen to stacks. fast-check draws it, and also finds the shortest history that still fails. */
import fc from "fast-check";
import type { Fault } from "../harness/emulator.ts";

/** Where a program may declare a work item: as an item of a set, or by itself. */
export interface Slot {
  readonly resource: "photos" | "frames" | "sign-0" | "sign-1";
  /** The key in the set. */
  readonly key?: string;
}

// Odd keys must work as well as any others.
const keys = { photos: ["a", "b#c", "ü/1", "toString"], frames: ["a", "b", "constructor"] };

export const slots: readonly Slot[] = [
  ...keys.photos.map((key) => ({ resource: "photos", key }) as const),
  ...keys.frames.map((key) => ({ resource: "frames", key }) as const),
  { resource: "sign-0" },
  { resource: "sign-1" },
];

/** The files of a stack, each set's own: what another declaration shows is not adopted. */
export const files = ["photos-0.txt", "photos-1.txt", "frames-0.txt", "frames-1.txt"] as const;

/** What an item is declared with. The numbers stand for different values. */
export interface Values {
  asset: number;
  labels: number;
  metadata: number;
  /** If a set's item has this, it shows that file of its set instead of an asset. */
  file?: number | undefined;
}

/** A change of a program. */
export type Edit = { stack: number } & (
  | { edit: "put"; slot: number; values: Values }
  | { edit: "drop"; slot: number }
  | { edit: "drop set"; set: "photos" | "frames" }
  | { edit: "write"; file: (typeof files)[number]; content: number }
  | { edit: "batch"; metadata: number }
);

/** What happens in the middle of an update, at the request with the number `at`. */
export type Disturbance =
  | { what: "kill"; whom: "provider" | "engine"; when: "asked" | "answered"; at: number }
  | { what: "restart of the platform" | "full disk"; at: number };

/** What people do between two updates. */
export interface Work {
  stack: number;
  slot: number;
  act: "start" | "complete" | "release";
}

/** Edits, an update of one stack or of both at once, and what happens to it. */
export interface Step {
  edits: Edit[];
  updates: "first" | "second" | "both";
  refresh: boolean;
  /** Resources that Pulumi is asked to replace, whatever changed. */
  replace: Slot["resource"][];
  faults: Fault[];
  disturbance?: Disturbance | undefined;
  /**
   * Whether an update with a refresh follows while listings are empty, as from a lagging replica or a key of fewer
   * rights.
   */
  isBlind: boolean;
  people: Work[];
}

/** Everything that happens in one run. */
export interface History {
  /** If there are two stacks, both work on one batch. */
  stacks: 1 | 2;
  /** How long a new work item stays out of listings, in milliseconds. */
  delayMs: number;
  /** How far the platform's clock is ahead of this machine's, in minutes. */
  aheadMinutes: number;
  /** Slots of the first stack for which a same-named stack on another backend has made other items. */
  twins: number[];
  steps: Step[];
  /** Creations that the platform carries out only after the process that asked for them was killed. */
  late?: Late | undefined;
}

/** Slow creations in a step, and a kill at the request with the number `at`. */
interface Late {
  step: number;
  skip: number;
  at: number;
}

/** How late they are: the next update has looked for what exists by then. */
export const lateMs = 900;
/** How many there are at most. */
const mostLate = 2;

const few = fc.nat(2);
const stack = fc.nat(1);
const slot = fc.nat(slots.length - 1);
const file = fc.constantFrom(...files);
const values = fc.record({
  asset: few,
  labels: few,
  metadata: few,
  file: fc.option(fc.nat(1), { nil: undefined, freq: 3 }),
});

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ edit: fc.constant("put"), stack, slot, values }) },
  { weight: 2, arbitrary: fc.record({ edit: fc.constant("drop"), stack, slot }) },
  {
    weight: 1,
    arbitrary: fc.record({
      edit: fc.constant("drop set"),
      stack,
      set: fc.constantFrom("photos", "frames"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant("write"), stack, file, content: few }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant("batch"), stack, metadata: few }) },
);

const failures: readonly Omit<Fault, "operation">[] = [
  { latencyMs: 30 },
  { status: 429, retryAfter: 0 },
  { status: 503, retryAfter: 0 },
  { status: 500 },
  { status: 502, body: "<html>Bad gateway</html>", workDone: true },
  { status: 504, workDone: true },
  { status: 200, body: "<html>Log in</html>" },
  { reset: "before" },
  { reset: "after" },
  { truncate: true },
  { status: 400 },
  { status: 401 },
  { status: 403 },
  { status: 404 },
  { status: 409 },
];

/** A signal that is answered with success but does nothing. */
const noSignal: fc.Arbitrary<Fault> = fc.record({
  operation: fc.constant("signalWorkItems"),
  status: fc.constant(200),
  body: fc.constant({ items: [] }),
  times: fc.constant(1),
});

const failingFault: fc.Arbitrary<Fault> = fc
  .record({
    operation: fc.oneof(
      { weight: 4, arbitrary: fc.constant("createWorkItem") },
      { weight: 2, arbitrary: fc.constantFrom("listWorkItems", "signalWorkItems", "setLabels") },
      { weight: 1, arbitrary: fc.constantFrom("createBatch", "listBatches", "updateBatch") },
      { weight: 1, arbitrary: fc.constantFrom("createUploadUrls", "putFile", "*") },
    ),
    failure: fc.constantFrom(...failures),
    times: fc.integer({ min: 1, max: 3 }),
    skip: fc.nat(5),
  })
  .map(({ failure, ...others }) => ({ ...others, ...failure }))
  // Nobody can cope with a file store that says OK but stores nothing.
  .filter(({ operation, status }) => status !== 200 || !["putFile", "*"].includes(operation));

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 12, arbitrary: failingFault },
  { weight: 1, arbitrary: noSignal },
);

const at = fc.integer({ min: 1, max: 14 });
const disturbance: fc.Arbitrary<Disturbance | undefined> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant("kill"),
      whom: fc.constantFrom("provider", "engine"),
      when: fc.constantFrom("asked", "answered"),
      at,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constantFrom("restart of the platform", "full disk"), at }),
  },
);

/** Replacements are rare, and few at a time. */
const replace: fc.Arbitrary<Step["replace"]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step["replace"]>([]) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(
      fc.constantFrom<Slot["resource"]>("photos", "frames", "sign-0", "sign-1"),
      { maxLength: 2 },
    ),
  },
);

const step: fc.Arbitrary<Step> = fc.record({
  edits: fc.array(edit, { maxLength: 8 }),
  updates: fc.constantFrom("first", "both", "second"),
  refresh: fc.boolean(),
  replace,
  faults: fc.array(fault, { maxLength: 3 }),
  disturbance,
  isBlind: fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  people: fc.array(
    fc.record({ stack, slot, act: fc.constantFrom("start", "complete", "release") }),
    { maxLength: 3 },
  ),
});

/** Histories that may happen. */
export const histories: fc.Arbitrary<History> = fc.record({
  stacks: fc.constantFrom(1, 2),
  delayMs: fc.constantFrom(0, 0, 40, 400),
  aheadMinutes: fc.constantFrom(0, 0, 0, -120, -11, 11, 120),
  twins: fc.oneof(
    { weight: 4, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.uniqueArray(slot, { minLength: 1, maxLength: 2 }) },
  ),
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  late: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ step: fc.nat(3), skip: fc.nat(3), at }) },
  ),
});

/** The steps of a history, with its late creations. */
export function stepsOf({ steps, late }: History): Step[] {
  return steps.map((each, index) => {
    if (late === undefined || index !== late.step % steps.length) {
      return each;
    }
    const slow = {
      operation: "createWorkItem",
      latencyMs: lateMs,
      times: mostLate,
      skip: late.skip,
    };
    const kill = { what: "kill", whom: "provider", when: "asked", at: late.at } as const;
    return { ...each, faults: [slow, ...each.faults], disturbance: kill };
  });
}

/** A history in words, one line for each step. */
export function told(history: History): string {
  const { stacks, delayMs, aheadMinutes, twins } = history;
  const lines = stepsOf(history).map((each, index) => {
    const parts = Object.entries(each).flatMap(([name, value]) =>
      value === undefined || value === false || (Array.isArray(value) && value.length === 0)
        ? []
        : [`${name} ${JSON.stringify(value)}`],
    );
    return `  ${index + 1}. ${parts.join("\n     ")}`;
  });
  const delay = delayMs === 0 ? "" : `, new work items are listed after ${delayMs} ms`;
  const clock = aheadMinutes === 0 ? "" : `, the platform's clock is ${aheadMinutes} minutes ahead`;
  const others = twins.length === 0 ? "" : `, another backend has made ${JSON.stringify(twins)}`;
  const head = `${stacks === 1 ? "one stack" : "two stacks on one batch"}${delay}${clock}${others}`;
  return [head, ...lines].join("\n");
}
