import { z } from "zod";
import { FilesError } from "../disk/problems.ts";
import { itemFailures, itemSchema } from "../items/item.ts";
import { localAssetHint } from "../items/local-asset.ts";
import {
  canonical,
  complete,
  differenceOfItems,
  type ItemTexts,
  itemAt,
  parseDefaults,
  type SetItem,
} from "../items/set-item.ts";
import * as fields from "../lifecycle/fields.ts";
import type { Failure } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { isObject, valueAt } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { findFailures, unfitFailures } from "../lifecycle/validation.ts";
import { type ManifestOptions, readManifest } from "../manifests/manifest.ts";
import { toJsonText } from "../text/json.ts";
import { isUrl } from "../text/urls.ts";
import { planUpdate } from "./plan.ts";
import type { SetInputs, SetState } from "./state.ts";

const schema = z.strictObject({
  ...itemSchema,
  assetUrl: fields.asset.optional(),
  file: fields.text.optional(),
});

/** What every item can have: not what it shows, nor what is known about that. */
const defaultsSchema = z
  .strictObject(itemSchema)
  .omit({ assetUrl: true, assetId: true, labels: true })
  .partial();

const mostFailures = 20;
/** Setting this key on an object changes its prototype, and adds no entry. */
const lostKey = "__proto__";

/** The texts of the last update. */
interface Earlier {
  items: ItemTexts;
  /** Whether the items of before are known: otherwise none counts as made. Default: true. */
  areItemsKnown?: boolean;
  defaults?: string | undefined;
  /** Whether the defaults are what they were. */
  areDefaultsSame: boolean;
}

/** What the items of a set are checked against. */
interface Around {
  /** What every item has unless it says otherwise. */
  defaults: Partial<SetItem>;
  olds: Earlier;
  /** The names of the set's files; undefined while they are not known. */
  files: ReadonlySet<string> | undefined;
  isAdopting: boolean;
}

/**
 * Makes a text of each item, and says what is wrong with the items as the defaults complete them. An earlier update has
 * already checked items that did not change, except for their file. An item that may be adopted may already be due.
 */
export class ItemsCheck {
  readonly #failures: Failure[];
  readonly #around: Around;
  // This is a map because adding keys one by one to a large object is slow.
  readonly #items = new Map<string, unknown>();
  #isDueTold = false;
  /** The asset of the first item that is new or changed and shows neither a file nor a URL. */
  #firstAsset: string | undefined;

  constructor(defaults: Partial<SetItem>, olds: Earlier, uploads: unknown, isAdopting = false) {
    this.#failures = defaultsFailures(defaults);
    // The names of the files are known before their paths are.
    const files = isUnknown(uploads) ? undefined : new Set(Object.keys(uploads ?? {}));
    // What is wrong with the defaults is reported once, not for each item.
    const sound = this.#failures.length > 0 ? {} : defaults;
    this.#around = { defaults: sound, olds, files, isAdopting };
  }

  /** Adds all of these items, or those that a manifest lists, and says what is wrong. */
  async run(items: Plain | string, options: ManifestOptions = {}): Promise<Failure[]> {
    try {
      for await (const [key, item] of typeof items === "string"
        ? readManifest(items, options)
        : Object.entries(items)) {
        this.add(key, item);
      }
    } catch (error) {
      if (error instanceof FilesError) {
        // Half of a manifest is not what is declared.
        this.#items.clear();
        return [{ property: "manifest", reason: `manifest ${items}: ${error.message}` }];
      }
      throw error;
    }
    return this.failures();
  }

  add(key: string, value: unknown): void {
    const { text, found, asset }: Checked = isUnknown(value)
      ? { text: value, found: [] }
      : checkItem(key, value, this.#around);
    this.#firstAsset ??= asset;
    if (text !== undefined) {
      this.#items.set(key, text);
    }
    const isDueByDefault =
      isObject(value) && value.dueAt === undefined && this.#around.defaults.dueAt !== undefined;
    for (const failure of found) {
      if (failure.property !== "dueAt" || !isDueByDefault) {
        this.#failures.push(of(key, failure));
      } else if (!this.#isDueTold) {
        this.#isDueTold = true;
        this.#failures.push(ofDefaults(failure));
      }
    }
  }

  /** What to say of the assets: one file tells what the others are. */
  hint(): Promise<string | undefined> {
    return localAssetHint(this.#firstAsset);
  }

  /** The texts by key. */
  items(): Record<string, unknown> {
    return Object.fromEntries(this.#items);
  }

  failures(): Failure[] {
    return shortened(this.#failures);
  }
}

/** What is wrong with the items that an update changes, as far as a check without the items of before did not see it. */
export function checkChangedItems(olds: SetState, news: SetInputs): Failure[] {
  if (isUnknown(news.items) || isUnknown(news.defaults)) {
    return [];
  }
  const { create, replace, relabel } = planUpdate(olds, news);
  const earlier = { ...olds, areDefaultsSame: olds.defaults === news.defaults };
  const check = new ItemsCheck(parseDefaults(news.defaults), earlier, news.uploads, news.adopt);
  for (const key of [...create, ...replace, ...relabel]) {
    const text = valueAt(news.items, key) ?? "{}";
    check.add(key, isUnknown(text) ? text : JSON.parse(text));
  }
  return check.failures();
}

interface Checked {
  /** The item as text; undefined if it cannot be sent at all. */
  text?: unknown;
  found: Failure[];
  /** A path in the space, if the item is new or changed and has one. */
  asset?: string | undefined;
}

function checkItem(
  key: string,
  value: unknown,
  { defaults, olds, files, isAdopting }: Around,
): Checked {
  const unfit = unfitItem(key, value);
  if (unfit !== undefined) {
    return { found: [{ property: "items", reason: unfit }] };
  }
  const own = value as Partial<SetItem>;
  const item = complete(own, defaults);
  const unfitFields = unfitFailures({ ...item });
  if (unfitFields.length > 0) {
    return { found: unfitFields };
  }
  const text = toJsonText(canonical(own));
  const old = valueAt(olds.items, key);
  const isSame = text === old && olds.areDefaultsSame;
  const found = isSame ? [] : findFailures(schema, { ...item }, "a work item");
  if (found.length === 0) {
    const isMade =
      typeof old !== "string"
        ? !isAdopting && olds.areItemsKnown !== false
        : !isSame && differenceOfItems(itemAt(olds, key), item).replaces.length > 0;
    found.push(...assetFailures(item, files), ...itemFailures({ ...item }, isMade));
  }
  return { text, found, ...(!isSame && !isUrl(item.assetUrl ?? "") && { asset: item.assetUrl }) };
}

/** Why a value cannot be an item at all, or cannot have its key. */
function unfitItem(key: string, value: unknown): string | undefined {
  if (!isObject(value)) {
    return `must be an object, got ${fields.got(value)}`;
  }
  if (key === lostKey) {
    return "no item can have this key, as Pulumi's SDK would lose it: choose another";
  }
  return key.isWellFormed() ? undefined : "its key must be of whole characters";
}

function defaultsFailures(defaults: object): Failure[] {
  const given: Plain = { ...defaults };
  const unfit = unfitFailures(given);
  const found =
    unfit.length > 0
      ? unfit
      : [
          ...findFailures(defaultsSchema, given, "the defaults of work items"),
          ...itemFailures(given, false),
        ];
  return found.map(ofDefaults);
}

function ofDefaults({ reason }: Failure): Failure {
  return { property: "defaults", reason: `defaults.${reason}` };
}

function of(key: string, { reason }: Failure): Failure {
  return { property: "items", reason: `items["${key}"]: ${reason}` };
}

function shortened(failures: Failure[]): Failure[] {
  const left = failures.length - mostFailures;
  const more = { property: "items", reason: `items has ${left} more problems` };
  return left > 0 ? [...failures.slice(0, mostFailures), more] : failures;
}

function assetFailures(
  { file, assetUrl }: SetItem,
  files: ReadonlySet<string> | undefined,
): Failure[] {
  if ((file === undefined) === (assetUrl === undefined)) {
    return [{ property: "file", reason: "give either assetUrl or file" }];
  }
  return file === undefined || files === undefined || files.has(file)
    ? []
    : [{ property: "file", reason: `file "${file}" is not one of the set's uploads` }];
}
