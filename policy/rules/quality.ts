import { z } from "zod";
import { boxProblem } from "../../provider/items/box.ts";
import { got, uuid } from "../../provider/lifecycle/fields.ts";
import { hasUnknown, isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { type Fields, isReadable, rawOf, readDeclared } from "../read-declared.ts";
import { fieldRule, formatLine, stackRule } from "../rule.ts";

export const difficultyRange = fieldRule({
  name: "difficulty-range",
  description: "Checks whether every work item has a difficulty, and one within limits.",
  config: z.strictObject({
    minimum: z.int().min(0).max(100).default(0).describe("The lowest difficulty"),
    maximum: z.int().min(0).max(100).default(100).describe("The highest difficulty"),
    required: z.boolean().default(true).describe("Whether it must be set"),
  }),
  of: ["item"],
  reads: ["difficulty"],
  check({ difficulty }, { minimum, maximum, required }) {
    if (difficulty === undefined) {
      return required
        ? `difficulty is missing, must be ${minimum} to ${maximum}: set it`
        : undefined;
    }
    return difficulty < minimum || difficulty > maximum
      ? `difficulty is ${difficulty}, must be ${minimum} to ${maximum}: change it`
      : undefined;
  },
});

export const taxonomyPinned = fieldRule({
  name: "taxonomy-pinned",
  description: "Checks whether every work item is bound to a taxonomy version.",
  config: z.strictObject({
    allowed: z
      .array(uuid)
      .default([])
      .describe("The UUIDs of the versions that may be used. Default: any"),
  }),
  of: ["item"],
  reads: ["taxonomyVersionId"],
  check({ taxonomyVersionId }, { allowed }) {
    if (taxonomyVersionId === undefined) {
      return "taxonomyVersionId is missing: set the UUID of the version that labels are made with";
    }
    const id = taxonomyVersionId.toLowerCase();
    return allowed.length === 0 || allowed.some((each) => each.toLowerCase() === id)
      ? undefined
      : `taxonomyVersionId is ${got(taxonomyVersionId)}, must be one of ${allowed.join(", ")}: use one of these`;
  },
});

export const assetHttps = fieldRule({
  name: "asset-https",
  description: "Checks whether assets that are URLs are fetched over https.",
  config: z.strictObject({
    schemes: z
      .array(z.string().regex(/^[a-z][a-z0-9+.-]*$/))
      .default(["https"])
      .describe("The schemes that URLs may have. Paths in the space are always fine"),
  }),
  of: ["item"],
  reads: ["assetUrl"],
  check({ assetUrl = "" }, { schemes }) {
    const scheme = schemeOf(assetUrl);
    return scheme === undefined || schemes.includes(scheme)
      ? undefined
      : `assetUrl ${shown(assetUrl)} begins with ${scheme}:, must begin with ${schemes.join(":, ")}: (or be a path in the space): use another URL, or upload the file`;
  },
});

export const assetHost = fieldRule({
  name: "asset-host",
  description: "Checks whether assets that are URLs come from allowed hosts.",
  config: z.strictObject({
    hosts: z
      .array(z.string().regex(/^(\*\.)?[a-z0-9.-]+(:\d+)?$/))
      .default([])
      .describe('Hosts like "pictures.example.com" or "*.example.com". Default: any'),
  }),
  of: ["item"],
  reads: ["assetUrl"],
  check({ assetUrl = "" }, { hosts }) {
    if (hosts.length === 0 || schemeOf(assetUrl) === undefined) return undefined;
    const host = URL.parse(assetUrl)?.host ?? "";
    return hosts.some((allowed) => isHost(host, allowed))
      ? undefined
      : `assetUrl ${shown(assetUrl)} is on ${host === "" ? "no host" : host}, must be on ${hosts.join(", ")}: move the file, or upload it into the space`;
  },
});

function isHost(host: string, allowed: string): boolean {
  return allowed.startsWith("*.") ? host.endsWith(allowed.slice(1)) : host === allowed;
}

function schemeOf(asset: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):/i.exec(asset)?.[1]?.toLowerCase();
}

/** A URL as messages show it: its query may hold a signature, its user a password. */
function shown(asset: string): string {
  return got(asset.replace(/\?.*$/s, "?…").replace(/\/\/[^/@]*@/, "//…@"));
}

export const boxInsidePicture = fieldRule({
  name: "box-inside-picture",
  description:
    "Checks whether the boxes of labels are inside their picture, where its width and height are in the metadata.",
  config: z.strictObject({
    width: z
      .string()
      .default("width")
      .describe("The entry of the metadata with the width in pixels"),
    height: z
      .string()
      .default("height")
      .describe("The entry of the metadata with the height in pixels"),
  }),
  of: ["item"],
  reads: ["labels", "metadata"],
  check({ labels = [], metadata = {} }, settings) {
    const size = {
      width: pixels(metadata[settings.width]),
      height: pixels(metadata[settings.height]),
    };
    for (const [index, label] of labels.entries()) {
      // A video's label need not have one.
      if (typeof label !== "object" || label === null || !("bbox" in label)) continue;
      const problem = hasUnknown(label.bbox) ? undefined : boxProblem(label.bbox, size);
      if (problem !== undefined) return `labels[${index}] ${problem}: correct the box`;
    }
    return undefined;
  },
});

/** CSV has numbers as text. */
function pixels(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

export const assetUnique = stackRule({
  name: "asset-unique",
  description: "Checks whether no asset is in two work items of a stack.",
  config: z.strictObject({}),
  check(resources) {
    const first = new Map<string, string>();
    return resources.flatMap(({ type, props, urn, name }) => {
      const { uploads } = rawOf(props);
      const problems = readDeclared(type, props).flatMap(({ kind, key, fields }) => {
        const asset = kind === "item" ? assetOf(fields, uploads, urn) : undefined;
        if (asset === undefined) return [];
        const here = key === undefined ? `"${name}"` : `items["${key}"] of "${name}"`;
        const earlier = first.get(asset.id);
        first.set(asset.id, earlier ?? here);
        return earlier === undefined
          ? []
          : [
              {
                key,
                problem: `${asset.field} must be unique in the stack, but ${earlier} has it too: remove one of the two, or it is labelled and paid twice`,
              },
            ];
      });
      const problem = formatLine(problems);
      return problem === undefined ? [] : [{ problem, urn }];
    });
  },
});

/** What an item is about: a URL or path, or a file of its set's uploads whose path may not be known yet. */
function assetOf(
  fields: Fields,
  uploads: unknown,
  urn: string,
): { id: string; field: string } | undefined {
  const { assetUrl, file } = fields;
  if (assetUrl !== undefined) {
    return isReadable(fields, "assetUrl")
      ? { id: assetUrl, field: `assetUrl ${shown(assetUrl)}` }
      : undefined;
  }
  if (file === undefined || !isReadable(fields, "file")) return undefined;
  const paths = typeof uploads === "object" && uploads !== null ? uploads : {};
  const path = Object.hasOwn(paths, file) ? (paths as Record<string, unknown>)[file] : undefined;
  const isKnown = typeof path === "string" && !isUnknown(path);
  return { id: isKnown ? path : `${urn}#${file}`, field: `file ${got(file)}` };
}
