import { z } from "zod";
import { got } from "../../provider/lifecycle/fields.ts";
import { isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { type Fields, isReadable, rawOf, readDeclared } from "../read-declared.ts";
import { fieldRule, stackRule } from "../rule.ts";
import { ruleSettings } from "../settings.ts";

export const assetHttps = fieldRule({
  name: "asset-https",
  description: "Checks whether assets that are URLs are fetched over https.",
  severity: "high",
  config: ruleSettings({
    schemes: z
      .array(z.string().regex(/^[a-z][a-z0-9+.-]*$/))
      .default(["https"])
      .describe("The schemes that URLs may have. Paths in the space are always fine"),
  }),
  of: ["item", "file"],
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
  severity: "high",
  config: ruleSettings({
    hosts: z
      .array(z.string().regex(/^(\*\.)?[a-z0-9.-]+(:\d+)?$/))
      .default([])
      .describe('Hosts like "pictures.example.com" or "*.example.com". Default: any'),
  }),
  of: ["item", "file"],
  reads: ["assetUrl"],
  check({ assetUrl = "" }, { hosts }) {
    if (hosts.length === 0 || schemeOf(assetUrl) === undefined) {
      return undefined;
    }
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

/** A URL as messages show it. Its query may hold a signature, and its user part a password. */
function shown(asset: string): string {
  return got(asset.replace(/\?.*$/s, "?…").replace(/\/\/[^/@]*@/, "//…@"));
}

export const assetUnique = stackRule({
  name: "asset-unique",
  description: "Checks whether no asset is in two work items of a stack.",
  severity: "medium",
  config: ruleSettings({}),
  check(resources) {
    const first = new Map<string, string>();
    return resources.map((resource) => {
      const { type, props, urn, name } = resource;
      const { uploads } = rawOf(props);
      const items = readDeclared(type, props).flatMap(({ kind, key, fields }) => {
        const asset = kind === "item" ? assetOf(fields, uploads, urn) : undefined;
        if (asset === undefined) {
          return [];
        }
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
      return { items, of: resource };
    });
  },
});

/** What an item shows: a URL or path, or a file in its set's uploads whose path may not be known yet. */
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
  if (file === undefined || !isReadable(fields, "file")) {
    return undefined;
  }
  const paths = typeof uploads === "object" && uploads !== null ? uploads : {};
  const path = Object.hasOwn(paths, file) ? (paths as Record<string, unknown>)[file] : undefined;
  const isKnown = typeof path === "string" && !isUnknown(path);
  return { id: isKnown ? path : `${urn}#${file}`, field: `file ${got(file)}` };
}
