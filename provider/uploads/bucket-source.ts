import pMap from "p-map";
import picomatch from "picomatch";
import { type FileContent, fileExists } from "../api/files.ts";
import { parseJson } from "../api/int64.ts";
import { lookAtNamed, sizeProblem, typeOfName } from "../disk/local-file.ts";
import { bothEnds, type Ends } from "../disk/picture-look.ts";
import { Problems, refuseAny } from "../disk/problems.ts";
import { ofMediaTypes, type Selection } from "../disk/select-files.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { isInside } from "../manifests/annotations.ts";
import { toJsonText } from "../text/json.ts";
import { textOf } from "./bucket-access.ts";
import { LookCache } from "./look-cache.ts";
import { type Asked, type By, noneThere, type Seen, type Source, SourceError } from "./source.ts";

/** An object of a bucket. */
export interface BucketObject {
  size: number;
  /** What the store calls this content. Equal for the same bytes, unless the store knows only when they were written. */
  etag: string;
}

/** Some of the bytes of an object. */
export interface Part {
  start: number;
  length: number;
}

/** A bucket of one of the stores, with a prefix. */
export interface Bucket {
  /** The objects below the prefix, by their names from it. */
  list(): AsyncIterable<[name: string, object: BucketObject]>;
  /** The bytes of an object, or a part of them; refuses if it is another one by now. */
  read(name: string, etag: string, part?: Part): Promise<AsyncIterable<Uint8Array>>;
  /** The URL of an object that anyone may read. */
  urlOf(name: string): string | Promise<string>;
}

type Open = (name: string, prefix: string) => Promise<Bucket>;

/** The stores by the schemes of their URLs. Each is loaded only for its own. */
const stores = new Map<string, Open>([
  ["s3", async (...where) => (await import("./s3-bucket.ts")).S3Bucket.open(...where)],
  ["gs", async (...where) => (await import("./gs-bucket.ts")).GsBucket.open(...where)],
  ["az", async (...where) => (await import("./az-bucket.ts")).AzBucket.open(...where)],
]);

/** How many objects are looked at at once. */
const objectsAtOnce = 16;

interface Known extends BucketObject {
  contentType: string;
  url?: string;
}

/** The files of a bucket, which are sent as they arrive: none is ever whole in memory or on the disk. */
export class BucketSource implements Source {
  readonly #url: string;
  readonly #bucket: Bucket;
  readonly #by: By;
  #objects: Promise<Map<string, BucketObject>> | undefined;

  private constructor(url: string, bucket: Bucket, by: By) {
    this.#url = url;
    this.#bucket = bucket;
    this.#by = by;
  }

  static async open(url: string, by: By = "upload"): Promise<BucketSource> {
    const [, scheme = "", name = "", prefix = ""] = /^(\w+):\/\/([^/]+)\/?(.*)$/.exec(url) ?? [];
    const open = stores.get(scheme.toLowerCase());
    if (open === undefined) {
      throw new SourceError(
        "it must be a local folder, or s3://<bucket>/<prefix>, gs://<bucket>/<prefix> or az://<container>/<prefix>",
      );
    }
    const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
    return new BucketSource(url, await open(name, folder), by);
  }

  async select({ include = ["**/*"], exclude = [], mediaTypes }: Selection): Promise<string[]> {
    // As in a folder: "!" leaves out, leaving out a folder leaves out what is in it, and hidden files must be named.
    const isNot = (pattern: string) => /^!(?!\()/.test(pattern);
    const left = [...exclude, ...include.filter(isNot).map((pattern) => pattern.slice(1))];
    const ignore = left.flatMap((pattern) => [pattern, `${pattern.replace(/\/$/, "")}/**`]);
    const meant = include.filter((pattern) => !isNot(pattern));
    const isMeant = picomatch(meant, { ignore });
    const names = [...(await this.#list()).keys()].filter((name) => isMeant(name));
    return (await ofMediaTypes(mediaTypes, names)).sort();
  }

  async confirm(
    { folder }: Selection,
    names: readonly string[],
    show: (name: string) => string,
  ): Promise<void> {
    const objects = await this.#list();
    if (names.length > 1 && !names.some((name) => objects.has(name))) {
      const below = [...objects.keys()].find((name) => name.endsWith(`/${names[0]}`));
      const prefix = below?.slice(0, -`/${names[0]}`.length);
      throw noneThere(names, folder, prefix && `${folder.replace(/\/$/, "")}/${prefix}`);
    }
    const problems = new Problems();
    for (const name of names) {
      if (!objects.has(name)) {
        problems.add(`${show(name)} is not in the bucket`);
      }
    }
    problems.end();
  }

  async identify(
    names: readonly string[],
    { withEnds = false }: Asked,
  ): Promise<Map<string, Seen>> {
    const objects = await this.#list();
    await this.#confirmPublic(names);
    const problems = new Problems();
    const seen = new Map<string, Seen>();
    for (const name of names) {
      const { size = 0, etag = "" } = objects.get(name) ?? {};
      const problem = isInside(name) ? sizeProblem(size) : "has a name that leads out of a folder";
      if (problem !== undefined) {
        problems.add(`file "${name}" ${problem}`);
      }
      const known: Known = {
        contentType: (await typeOfName(name)) ?? "application/octet-stream",
        etag,
        size,
        // What follows "#" reaches no server: with it, another content is another asset, which is labelled anew.
        ...(this.#by === "url" && { url: `${await this.#bucket.urlOf(name)}#${etag}` }),
      };
      const look = size === 0 ? { fault: "empty" as const } : {};
      seen.set(name, { text: toJsonText(known), digest: etag, look });
    }
    problems.end();
    if (withEnds) {
      await this.#look(seen);
    }
    return seen;
  }

  /** Adds what the beginnings and ends of the objects show. */
  async #look(seen: Map<string, Seen>): Promise<void> {
    const cache = await LookCache.open(this.#url);
    const objects = await this.#list();
    const found = await pMap(
      seen,
      async ([name, each]) => {
        const object = objects.get(name) ?? { size: 0, etag: "" };
        const version = `${object.size}-${object.etag}`;
        try {
          const { look } = await cache.get(name, version, async () => ({
            version,
            look: await lookAtNamed(name, object.size, await this.#ends(name, object)),
          }));
          seen.set(name, { ...each, look });
          return undefined;
        } catch (error) {
          return `file "${name}" cannot be looked at: ${error instanceof Refusal ? error.message : textOf(error)}`;
        }
      },
      { concurrency: objectsAtOnce },
    );
    await cache.save();
    refuseAny(found);
  }

  #ends(name: string, { size, etag }: BucketObject): Promise<Ends> {
    return bothEnds(size, async (start, length) => {
      const pieces = await this.#bucket.read(name, etag, { start, length });
      return Buffer.concat(await Array.fromAsync(pieces));
    });
  }

  async open(name: string, text: string): Promise<FileContent> {
    const { etag, size, contentType } = parseJson(text) as Known;
    return { pieces: await this.#bucket.read(name, etag), size, contentType };
  }

  async finish(): Promise<void> {
    // The store gives the object that was asked for, or none.
  }

  /** Looks whether people will see the first of the files, if they are to see them where they lie. */
  async #confirmPublic([name]: readonly string[]): Promise<void> {
    if (this.#by !== "url" || name === undefined) {
      return;
    }
    const url = await this.#bucket.urlOf(name);
    const isThere = await fileExists(url).catch(() => false);
    if (!isThere) {
      throw new SourceError(
        `nobody can read ${url} without credentials: make the files public, or leave out by: "url"`,
      );
    }
  }

  #list(): Promise<Map<string, BucketObject>> {
    this.#objects ??= Array.fromAsync(this.#bucket.list()).then(
      // Consoles make empty objects to show folders.
      (all) => new Map(all.filter(([name]) => name !== "" && !name.endsWith("/"))),
    );
    return this.#objects;
  }
}
