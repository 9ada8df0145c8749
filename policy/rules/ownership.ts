import { z } from "zod";
import { got } from "../../provider/lifecycle/fields.ts";
import { isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { didYouMean } from "../../provider/text/unknown-names.ts";
import type { Fields } from "../read-declared.ts";
import { fieldRule } from "../rule.ts";
import { pattern, ruleSettings, searchPattern, written } from "../settings.ts";

export const metadataRequired = fieldRule({
  name: "metadata-required",
  description:
    "Checks whether metadata name an owner and a cost centre, or other required entries.",
  severity: "low",
  config: ruleSettings({
    keys: z
      .record(z.string(), pattern())
      .prefault({ owner: ".+", costCentre: ".+" })
      .describe("The required entries, each with what its whole text must match"),
    of: z
      .array(z.enum(["batch", "item"]))
      .default(["batch"])
      .describe("Whether batches must have them, work items, or both"),
    defaults: z
      .record(z.string(), z.string())
      .default({})
      .describe("What a remediation adds where one of these entries is missing"),
  }).superRefine(({ keys, defaults }, context) => {
    for (const [key, text] of Object.entries(defaults)) {
      const form = Object.hasOwn(keys, key) ? keys[key] : undefined;
      const message =
        form === undefined
          ? `is not in keys${didYouMean(key, Object.keys(keys))}`
          : `must match ${written(form)}, got ${got(text)}`;
      if (form?.test(text) !== true) {
        context.addIssue({ code: "custom", path: ["defaults", key], message });
      }
    }
  }),
  of: ["batch", "item"],
  reads: ["metadata"],
  check({ metadata = {} }, { keys, of }, kind) {
    if (of.every((each) => each !== kind)) {
      return undefined;
    }
    const problems = Object.entries(keys).flatMap(([key, form]) => {
      const value = entryOf(metadata, key);
      if (value === undefined) {
        return [`metadata.${key} is missing, must match ${written(form)}: add it`];
      }
      return isUnknown(value) || form.test(String(value))
        ? []
        : [
            // The message leaves out the text because it may be secret.
            `metadata.${key} must match ${written(form)}, and does not: correct it`,
          ];
    });
    return problems.length === 0 ? undefined : problems.join("; ");
  },
  remedy({ metadata = {} }, { of, defaults }, kind) {
    if (of.every((each) => each !== kind)) {
      return undefined;
    }
    const added = Object.entries(defaults).filter(([key]) => entryOf(metadata, key) === undefined);
    return added.length === 0 ? undefined : { metadata: Object.fromEntries(added) };
  },
});

export const metadataPersonalData = fieldRule({
  name: "metadata-personal-data",
  description: "Checks whether metadata hold no personal data.",
  severity: "high",
  config: ruleSettings({
    patterns: z
      .record(z.string(), searchPattern)
      .prefault({
        "an email address": "[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+",
        "a phone number":
          "(?<![\\w+])(\\+\\d[\\d ().-]{6,16}\\d|\\(\\d{2,4}\\) ?\\d{3}[ -]?\\d{3,4})(?!\\w)",
      })
      .describe("What to look for, by what a message calls it"),
    allowed: allowedEntries(),
  }),
  of: ["batch", "item"],
  reads: ["metadata", "labels"],
  check: (fields, { patterns, allowed }) =>
    foundIn(fields, allowed, (_path, text) => hit(patterns, text), "leave it out of the metadata"),
});

export const metadataSecrets = fieldRule({
  name: "metadata-secrets",
  description: "Checks whether metadata hold no keys, tokens or passwords.",
  severity: "critical",
  config: ruleSettings({
    patterns: z
      .record(z.string(), searchPattern)
      .prefault({
        "an AWS access key": "\\b(AKIA|ASIA)[0-9A-Z]{16}\\b",
        "a GitHub token": "\\b(gh[pousr]_\\w{36}|github_pat_\\w{22})",
        "a GitLab token": "\\bglpat-[\\w-]{20}",
        "a Google API key": "\\bAIza[\\w-]{35}",
        "a Slack token": "\\bxox[abprs]-[\\w-]{10}",
        "a secret API key": "\\bsk[-_][\\w-]{20}",
        "a Pulumi token": "\\bpul-[0-9a-f]{40}\\b",
        "a JSON web token": "\\beyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.",
        "an authorization header": "\\b([Bb]earer|[Bb]asic) [\\w+/=.~-]{16}",
        "a private key": "-----BEGIN [A-Z ]*PRIVATE KEY-----",
        "a URL with a password": "://[^/\\s:@]+:[^/\\s@]+@",
        "a signed URL": "[?&](X-Amz-Signature|X-Goog-Signature|sig|Signature)=",
      })
      .describe("What to look for, by what a message calls it"),
    entries: searchPattern
      .prefault(
        "([Pp]ass(word|wd|phrase)|[Ss]ecret|SECRET|[Aa]pi[-_]?[Kk]ey|API_?KEY|[Aa]ccess[-_]?[Tt]oken)$",
      )
      .describe("The names of entries whose text is a secret whatever it is"),
    allowed: allowedEntries(),
  }),
  of: ["batch", "item"],
  reads: ["metadata", "labels"],
  check: (fields, { patterns, entries, allowed }) =>
    foundIn(
      fields,
      allowed,
      (path, text) =>
        entries.test(path) && text !== "" ? "what its name calls a secret" : hit(patterns, text),
      "remove it, and replace it where it is in use",
    ),
});

function allowedEntries() {
  return z
    .array(z.string())
    .default([])
    .describe("Entries that may hold it all the same, like metadata.contact");
}

function hit(patterns: Readonly<Record<string, RegExp>>, text: string): string | undefined {
  return Object.keys(patterns).find((name) => patterns[name]?.test(text));
}

/** The message names the entry but never repeats the text, which must not spread into logs. */
function foundIn(
  { metadata, labels = [] }: Fields,
  allowed: readonly string[],
  find: (path: string, text: string) => string | undefined,
  fix: string,
): string | undefined {
  const texts = [
    ...textsIn(metadata, "metadata"),
    ...labels.flatMap((label, index) => textsIn(metadataOf(label), `labels[${index}].metadata`)),
  ];
  for (const { path, text } of texts) {
    const what = allowed.includes(path) ? undefined : find(path, text);
    if (what !== undefined) {
      return `${path} holds what looks like ${what}, must not: ${fix}`;
    }
  }
  return undefined;
}

function textsIn(value: unknown, path: string): { path: string; text: string }[] {
  if (typeof value === "string") {
    return isUnknown(value) ? [] : [{ path, text: value }];
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, each]) =>
    textsIn(each, isList ? `${path}[${key}]` : `${path}.${key}`),
  );
}

function metadataOf(label: unknown): unknown {
  return typeof label === "object" && label !== null && "metadata" in label
    ? label.metadata
    : undefined;
}

/** An entry of the metadata. An empty one counts as missing. */
function entryOf(metadata: Readonly<Record<string, unknown>>, key: string): unknown {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  return value === null || value === "" ? undefined : value;
}
