import * as pulumi from "@pulumi/pulumi";
import { isObject } from "../lifecycle/plain.ts";
import { isUnknown } from "../lifecycle/unknown-values.ts";
import { parseIfJson } from "../text/json.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { leave } from "./contents.ts";
import { jsonText, toText } from "./resource.ts";

// What a program declares about a set, in the form in which the engine takes it: as few values as possible.

/**
 * The engine keeps secret what is secret in the input with the same name, and the text of an item repeats the defaults
 * after a refresh that finds it changed, or an update that fails for it. So secret defaults make a secret of each item, or,
 * if a manifest lists the items, of a text that lists none.
 */
export function itemsAndDefaults(items: unknown, defaults: unknown): pulumi.Inputs {
  const given = () => (items === undefined ? undefined : itemsInput(items));
  if (defaults === undefined || isPlain(defaults)) {
    return {
      ...(items !== undefined && { items: given() }),
      ...(defaults !== undefined && { defaults: jsonText(defaults), __secret: false }),
    };
  }
  const text = toText(defaults);
  const asSecrets = () =>
    items === undefined || isLater(items)
      ? pulumi.secret(given() ?? "null")
      : mapped(items as object, (item) => pulumi.secret(textInput(item)));
  const isSecret = pulumi.isSecret(text);
  return {
    items: isSecret.then((is) => (is ? asSecrets() : given())),
    defaults: text,
    // The provider gets secrets as they are, and what it says must not have them.
    __secret: isSecret,
  };
}

/** What the engine hands over of an input that was written as text: all items, each of them, or the defaults. */
export function inputOf(input: unknown): unknown {
  return isObject(input)
    ? Object.fromEntries(Object.entries(input).map(([key, text]) => [key, parsed(text)]))
    : parsed(input);
}

function parsed(text: unknown): unknown {
  return typeof text === "string" && !isUnknown(text) ? parseIfJson(text) : text;
}

/**
 * If all items are known, they are one text, because the SDK takes long over each entry of a map. Otherwise each item
 * is a text of its own, so that an item that is not known yet does not hide the others.
 */
function itemsInput(items: unknown): MapInput | Record<string, pulumi.Input<string>> {
  return isLater(items) || isPlain(items) ? mapInput(items) : mapped(items as object, textInput);
}

function mapped<T>(items: object, text: (item: unknown) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(items).map(([key, item]) => [key, text(item)]));
}

type MapInput = pulumi.Input<string | Record<string, string>>;

/**
 * A map as text. If it is large, the program leaves it for the provider and says where, because the SDK and the engine
 * take long over a large text as well.
 */
export function mapInput(map: unknown): MapInput {
  return isPlain(map)
    ? leftOrText(map)
    : (pulumi.output(map) as pulumi.Output<unknown>).apply(leftOrText);
}

/** A value as text, immediately if all of it is known. */
function textInput(value: unknown): pulumi.Input<string> {
  return isPlain(value) ? jsonText(value) : toText(value);
}

function leftOrText(map: unknown): string | Record<string, string> {
  const text = jsonText(map);
  const isLarge =
    isObject(map) &&
    Object.keys(map).length > (programSettings()?.entriesShown ?? Number.POSITIVE_INFINITY);
  return (isLarge ? leave(map, text) : undefined) ?? text;
}

/** The settings, where the program runs; undefined if one is wrong, which the provider refuses. */
export function programSettings(): Configuration | undefined {
  try {
    return readConfiguration((key) => pulumi.runtime.getConfig(key));
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return true;
  }
  if (isLater(value)) {
    return false;
  }
  return Object.values(value).every(isPlain);
}

function isLater(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}
