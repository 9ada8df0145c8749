import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { notFound } from "../http/api-error.ts";
import type { Reply } from "../http/reply.ts";

export const pageRoot = "/_page";

const folder = join(import.meta.dirname, "browser");
const contentTypes: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};
/** The files of the page, by their path on the server. It serves no other file. */
const files = new Map(readdirSync(folder).map((name) => [`${pageRoot}/${name}`, name]));

const headers = {
  "content-security-policy": [
    "default-src 'none'",
    ...["script-src", "style-src", "img-src", "connect-src"].map((kind) => `${kind} 'self'`),
    ...["base-uri", "form-action", "frame-ancestors"].map((kind) => `${kind} 'none'`),
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** The page that shows the emulator's data, and the files that it loads. */
export async function pageFile(path: string): Promise<Reply> {
  const name = path === "/" ? "index.html" : files.get(path);
  if (name === undefined) {
    throw notFound(`File ${path} of the page`);
  }
  const contentType = contentTypes[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain";
  const content = await readFile(join(folder, name), "utf8");
  return { status: 200, headers: { "content-type": contentType, ...headers }, content };
}
