import { z } from "zod";
import { didYouMean } from "../text/unknown-names.ts";
import { withoutQueries } from "../text/urls.ts";
import { howToSet } from "./settings.ts";

// The schemas of inputs that several resources share. Each message completes "<field> …" and ends with
// the value, so that the line names field, limit and value.

const longestShown = 80;

/** A value as a message shows it, without the query of a URL, which may be a signature. */
export function got(value: unknown): string {
  const text = withoutQueries(typeof value === "number" ? String(value) : jsonOf(value));
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "a value that is nested too deeply";
  }
}

/** A whole number within limits; `note` explains the upper one. */
export function wholeNumber(minimum: number, maximum: number, note = ""): z.ZodType<number> {
  const error = ({ input }: { input?: unknown }): string =>
    input === undefined
      ? "is required"
      : `must be ${!Number.isInteger(input) ? "a whole number " : ""}between ${minimum} and ${maximum}${note}, got ${got(input)}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A number within limits; `note` explains the upper one. */
export function number(minimum: number, maximum: number, note = ""): z.ZodType<number> {
  const error = ({ input }: { input?: unknown }): string =>
    `must be a number between ${minimum} and ${maximum}${note}, got ${got(input)}`;
  return z.number({ error }).min(minimum, { error }).max(maximum, { error });
}

/** Text that is not blank. */
export const text = z
  .string({
    error: ({ input }) => (input === undefined ? "is required" : `must be text, got ${got(input)}`),
  })
  .refine((value) => value.trim() !== "", { error: "must not be empty" });

/** A UUID. */
export const uuid = z.guid({ error: ({ input }) => `must be a UUID, got ${got(input)}` });

const largestInt64 = 2n ** 63n - 1n;

/** An id of the platform that is an int64: a number, or text if a number cannot hold it. */
export function id(what: string): z.ZodType<number | string> {
  return scalar(/^(0|[1-9]\d{0,18})$/, `${what}, a whole number from 0 to ${largestInt64}`);
}

/** A batch: its number, or the id of its resource, which names the project as well. */
export const batch = scalar(
  /^([0-9a-f-]{36}\/)?(0|[1-9]\d{0,18})$/i,
  "a batch's batchId (a whole number) or id (<projectId>/<batchId>)",
);

/** A number or text that matches `form`, whose last group is an int64. */
function scalar(form: RegExp, what: string): z.ZodType<number | string> {
  return z.custom<number | string>(
    (value) => {
      const isScalar = typeof value === "string" || Number.isSafeInteger(value);
      const digits = isScalar ? form.exec(String(value))?.at(-1) : undefined;
      return digits !== undefined && BigInt(digits) <= largestInt64;
    },
    { error: ({ input }) => `must be ${what}, got ${got(input)}` },
  );
}

/** A list of names. */
export const names = z.array(text, {
  error: ({ input }) => `must be a list of names, got ${got(input)}`,
});

/** Yes or no. */
export const flag = z.boolean({ error: ({ input }) => `must be true or false, got ${got(input)}` });

/** One of a few words. */
export function oneOf<const T extends string>(...words: T[]): z.ZodType<T> {
  return z.enum(words, {
    error: ({ input }) =>
      `must be one of ${words.map((word) => `"${word}"`).join(", ")}, got ${got(input)}${typeof input === "string" ? didYouMean(input, words) : ""}`,
  });
}

/**
 * Free metadata, without the entries that the provider keeps to itself. Its values may be secret, so no message
 * repeats them.
 */
export function metadata(...reserved: readonly string[]): z.ZodType<Record<string, unknown>> {
  const own = (value: object) => reserved.find((entry) => entry in value);
  return z
    .record(z.string(), z.unknown(), { error: 'must be an object like {"owner": "…"}' })
    .refine((value) => own(value) === undefined, {
      error: ({ input }) =>
        `must not have the entry "${own(input as object)}", which the provider keeps to itself`,
    });
}

/** The project or space of a resource, which the configuration gives if the resource does not. */
export function place(setting: "projectId" | "spaceId"): z.ZodType<string> {
  return z.guid({
    error: ({ input }) =>
      input === undefined
        ? `is required: pass it, ${howToSet(setting)}`
        : `must be a UUID, got ${got(input)}`,
  });
}

/** A URL. A query may hold a signature, so no message repeats it. */
export const url = z.url({
  error: ({ input }) => `must be a URL, got ${got(withoutQuery(input))}`,
});

/** A URL of the web. */
export const webUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) => `must be an https URL, got ${got(withoutQuery(input))}`,
});

/** What a work item is about: a URL, or a path in the space. */
export const asset = text
  .refine((value) => !/^(\.{0,2}\/|file:|~|[a-z]:[\\/]|\\\\)/i.test(value), {
    error: ({ input }) =>
      `must be a URL or a path in the space, got the local file ${got(input)}: upload it with a SignedUpload`,
  })
  .refine((value) => !/^\s*(java|vb)script:/i.test(value), {
    error: ({ input }) =>
      `must be a URL of a picture or a path in the space, got ${got(String(input).slice(0, 40))}`,
  });

/** A moment: ISO 8601 with a time zone. */
export const moment = z.iso.datetime({
  offset: true,
  error: ({ input }) =>
    `must be a moment like 2026-12-31T18:00:00Z, with a time zone, got ${got(input)}`,
});

function withoutQuery(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\?.*$/s, "?…") : value;
}

/** A media type. */
export const mediaType = z
  .string({ error: ({ input }) => `must be a media type like image/jpeg, got ${got(input)}` })
  .regex(/^[\w.+-]+\/[\w.+-]+(;.*)?$/, {
    error: ({ input }) => `must be a media type like image/jpeg, got ${got(input)}`,
  });

/** Media types, or groups of them: `video/mp4`, `image/*`. */
export const mediaRanges = z
  .array(
    z.string().regex(/^([\w.+-]+\/([\w.+-]+|\*)|\*\/\*)$/, {
      error: ({ input }) => `must be a media type like image/* or video/mp4, got ${got(input)}`,
    }),
    { error: "must be a list of media types" },
  )
  .min(1, { error: "must have a media type, or be left out" });

/** One of the published statuses of work items. */
export const status = oneOf("NEW", "IN_PROGRESS", "COMPLETED", "FAILED");

/** A signal. */
export const signal = oneOf("start", "release", "complete", "cancel", "reopen");

/** Comments that go with a signal. They may be secret, so no message repeats them. */
export const comments = z
  .array(z.string({ error: "must be text" }).regex(/\S/, { error: "must not be empty" }), {
    error: "must be a list of comments",
  })
  .min(1, { error: "must have a comment, or be left out" });

/** Values that, when they change, make the resource do the same once more. */
export const triggers = z.array(z.unknown(), { error: "must be a list of values" });
