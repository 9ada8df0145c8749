import type { Plain } from "../lifecycle/plain.ts";
import { toJsonText } from "../text/json.ts";
import type { Configuration } from "./configuration.ts";
import { hold, share } from "./contents.ts";
import { asSecret, pack, packAsTexts } from "./packing.ts";
import { hidden, readProperties, visible } from "./properties.ts";

/** In what form the engine keeps properties. */
export interface FormOptions {
  /** What the stack and the environment say about the platform; throws if that is wrong. */
  configured(): Configuration;
  /** Whether small maps named by `asText` reach the engine as JSON text. */
  readonly keepsText: boolean;
}

/** The maps of a lifecycle whose form matters; see `Lifecycle`. */
interface Maps {
  readonly asText?: readonly string[];
  readonly asEntries?: readonly string[];
  readonly asSecret?: readonly string[];
}

/** The properties of a kind of resource, as the engine keeps them and as the lifecycle knows them. */
export class Forms {
  readonly #maps: Maps;
  readonly #options: FormOptions;

  constructor(maps: Maps, options: FormOptions) {
    this.#maps = maps;
    this.#options = options;
  }

  /** Properties as the lifecycle knows them. */
  decode(properties: Plain): Plain {
    return readProperties(properties, this.#maps.asText);
  }

  /** Properties as the engine keeps them, with the hidden ones from those that it sent. */
  encode(properties: object, sent: Plain): Plain {
    return this.#kept(properties, sent, this.#options.keepsText ? pack : packAsTexts);
  }

  /** The same for inputs, which have digests in the place of large maps. */
  encodeInputs(properties: object, sent: Plain): Plain {
    return this.#kept(properties, sent, (value) => {
      const digest = hold(value);
      share(digest);
      return digest;
    });
  }

  #kept(properties: object, sent: Plain, packing: (value: object) => unknown): Plain {
    const own = visible(properties);
    const { asText = [], asEntries = [], asSecret: secret = [] } = this.#maps;
    const { entriesShown } = this.#options.configured();
    for (const name of [...asText, ...asEntries]) {
      const value = own[name];
      if (typeof value !== "object" || value === null) {
        continue;
      }
      if (Object.keys(value).length > entriesShown) {
        own[name] = packing(value);
      } else if (this.#options.keepsText && asText.includes(name)) {
        own[name] = toJsonText(value);
      }
    }
    for (const name of secret) {
      if (own[name] !== undefined) {
        own[name] = asSecret(own[name]);
      }
    }
    return { ...own, ...hiddenOf(sent) };
  }
}

function hiddenOf(properties: Plain): Plain {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => hidden.includes(key)));
}
