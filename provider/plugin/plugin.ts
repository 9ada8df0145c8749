import runtime from "@pulumi/pulumi/runtime/index.js";
import { isEqual } from "../lifecycle/diff.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { isDigest } from "../lifecycle/packed-values.ts";
import { isObject, type Plain } from "../lifecycle/plain.ts";
import { isUnknown, unknownValue } from "../lifecycle/unknown-values.ts";
import { Adapter, Incomplete } from "../pulumi/adapter.ts";
import { cancel } from "../pulumi/cancellation.ts";
import { HeldConfiguration, readConfiguration } from "../pulumi/configuration.ts";
import { unknownSettings } from "../pulumi/describe-unknown-settings.ts";
import { isSecret, packLater } from "../pulumi/packing.ts";
import { visible } from "../pulumi/properties.ts";
import { type Kind, kinds, pluginToken, providerText, typeToken } from "../pulumi/shim.ts";
import { adaptKinds } from "../resources/kinds.ts";
import { inOneLine } from "../text/lines.ts";
import { detailDiff } from "./detailed-diff.ts";
import { functions } from "./functions.ts";
import type { Call, Checked, Diff, Plugin } from "./service.ts";
import { settingsOf, withoutStackSettings } from "./settings.ts";
import { conceal, findSecrets, reveal, type Secrets } from "./values.ts";

/** What serves a kind of resource. */
interface Served {
  adapter: Pick<
    Adapter<object, object>,
    "check" | "diff" | "expect" | "create" | "read" | "update" | "delete"
  >;
  secretIf: Readonly<Record<string, string>>;
  stable: readonly string[];
}

/** The package schema, as far as the plugin reads it. */
interface PackageSchema {
  version: string;
  resources: Readonly<Record<string, { properties: Plain; inputProperties: Plain }>>;
}

/** The longest timeout that Node.js knows. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Adapts the lifecycles to Pulumi's protocol of provider plugins. */
export class LabelingPlugin implements Plugin {
  readonly #schema: PackageSchema;
  readonly #makers = adaptKinds((lifecycle) => this.#serve(lifecycle));
  readonly #served = new Map<Kind, Served>();
  /** The URN of each declaration that a call was about, by the one that the platform has. */
  readonly #shown = new Map<string, string>();
  readonly #configuration = new HeldConfiguration();

  constructor(schema: PackageSchema) {
    this.#schema = schema;
  }

  get version(): string {
    return this.#schema.version;
  }

  schema(): string {
    return JSON.stringify(this.#schema);
  }

  checkConfig(news: Plain): Checked {
    const plain = reveal(news);
    const { version: _, ...given } = plain;
    return { inputs: withoutStackSettings(plain), reasons: settingProblems(given) };
  }

  diffConfig(olds: Plain, news: Plain): boolean {
    const { version: _, ...before } = reveal(olds);
    const { version: __, ...after } = reveal(news);
    return !isEqual(before, after);
  }

  configure(args: Plain): void {
    const given = settingsOf(reveal(args));
    // Functions read the configuration where a program has it.
    runtime.setAllConfig(given);
    this.#configuration.read(stackValue(given));
  }

  async check(call: Call, olds: Plain, news: Plain): Promise<Checked> {
    const { adapter, secretIf } = this.#kindOf(call);
    const secrets = secretsOf(news);
    const before = reveal(olds);
    const { inputs, reasons } = await adapter.check(before, this.#owned(call, news, before));
    for (const [name, source] of Object.entries(secretIf)) {
      if (secrets[source] !== undefined) {
        secrets[name] = everyEntry(inputs[name]);
      }
    }
    return { inputs: concealed(inputs, secrets), reasons };
  }

  async diff(call: Call, olds: Plain, oldInputs: Plain, news: Plain): Promise<Diff> {
    const { adapter } = this.#kindOf(call);
    const before = reveal(oldInputs);
    const after = this.#owned(call, news, before);
    // The outputs keep the URN of before a renaming; the inputs have the one of the last update.
    const state = { ...reveal(olds), __urn: before.__urn };
    const asked = await adapter.diff(state, after);
    const sides = { olds: visible(state), oldInputs: visible(before), news: visible(after) };
    return { ...asked, detailed: asked.changed ? detailDiff(sides, asked.replaces) : new Map() };
  }

  async create(call: Call, news: Plain): Promise<{ id: string; properties: Plain }> {
    const { adapter } = this.#kindOf(call);
    if (call.isPreview) {
      const expected = await adapter.expect(this.#owned(call, news));
      return { id: "", properties: { ...this.#foresee(call, {}, news), ...expected } };
    }
    const secrets = secretsOf(news);
    const creation = adapter.create(this.#owned(call, news), deadlineOf(call));
    const { id, properties } = await concealing(creation, secrets);
    return { id, properties: concealed(properties, secrets) };
  }

  async read(
    call: Call,
    id: string,
    properties: Plain,
    inputs: Plain,
  ): Promise<{ properties: Plain; inputs: Plain } | undefined> {
    const { adapter } = this.#kindOf(call);
    const found = await adapter.read(id, this.#owned(call, properties), deadlineOf(call));
    return (
      found && {
        properties: concealed(found.properties, secretsOf(properties)),
        inputs: found.inputs === undefined ? inputs : concealed(found.inputs, secretsOf(inputs)),
      }
    );
  }

  async update(call: Call, id: string, olds: Plain, news: Plain): Promise<Plain> {
    if (call.isPreview) {
      return this.#foresee(call, olds, news);
    }
    const { adapter } = this.#kindOf(call);
    const secrets = secretsOf(news);
    const before = reveal(olds);
    const update = adapter.update(id, before, this.#owned(call, news, before), deadlineOf(call));
    return concealed(await concealing(update, secrets), secrets);
  }

  async delete(call: Call, id: string, properties: Plain): Promise<void> {
    const { adapter } = this.#kindOf(call);
    await adapter.delete(id, this.#owned(call, properties), deadlineOf(call));
  }

  async invoke(token: string, args: Plain): Promise<Plain> {
    const ask = functions[token.slice(token.lastIndexOf(":") + 1)];
    if (ask === undefined) {
      throw new Error(`there is no function ${token}`);
    }
    const answer: Plain = { ...(await ask(visible(reveal(args)))) };
    // Whoever has a signed URL can use it.
    const secret = findSecrets(args) === undefined ? ["signedUrls"] : Object.keys(answer);
    return concealed(answer, Object.fromEntries(secret.map((name) => [name, true])));
  }

  cancel(): void {
    cancel();
  }

  #serve<Inputs extends object, State extends object>(lifecycle: Lifecycle<Inputs, State>): Served {
    const { secretIf = {}, stable = [] } = lifecycle;
    const adapter = new Adapter(lifecycle, {
      configured: () => this.#configuration.get(),
      keepsText: false,
      shownUrn: (owner) => this.#shown.get(owner) ?? owner,
    });
    return { adapter, secretIf, stable };
  }

  #kindOf({ type }: Call): Served {
    const kind = kindOf(type);
    const served = this.#served.get(kind) ?? this.#makers[kind]();
    this.#served.set(kind, served);
    return served;
  }

  /**
   * Properties that name their declaration, as those of a dynamic resource do: so a program with dynamic resources can
   * go on with the state, and this plugin with the state of such a program. `olds` are the properties of before.
   */
  #owned({ urn, type }: Call, properties: Plain, olds: Plain = properties): Plain {
    const owner = ownerOf(urn);
    this.#shown.set(owner, urn);
    const { __organization } = olds;
    return {
      ...visible(reveal(properties)),
      __provider: providerText(kindOf(type)),
      __urn: owner,
      ...(__organization !== undefined && { __organization }),
      ...("defaults" in properties && { __secret: findSecrets(properties) !== undefined }),
    };
  }

  /** The outputs after an update, as far as a preview knows them: the others are not known yet. */
  #foresee(call: Call, olds: Plain, news: Plain): Plain {
    const { properties = {}, inputProperties = {} } = this.#schema.resources[call.type] ?? {};
    const { stable } = this.#kindOf(call);
    const outputs: Plain = {};
    for (const [name, value] of Object.entries(visible(news))) {
      // A digest may be secret, but nothing that is secret lies inside it.
      const given = isSecret(value) ? value.value : value;
      outputs[name] = isDigest(given) ? conceal(packLater(given), findSecrets(value)) : value;
    }
    for (const name of Object.keys(properties)) {
      if (stable.includes(name) && Object.hasOwn(olds, name)) {
        outputs[name] = olds[name];
      } else if (!Object.hasOwn(inputProperties, name)) {
        outputs[name] = unknownValue;
      }
    }
    return outputs;
  }
}

function findKind(type: string): Kind | undefined {
  return kinds.find((each) => type === pluginToken(each));
}

function kindOf(type: string): Kind {
  const kind = findKind(type);
  if (kind === undefined) {
    throw new Error(`there is no resource ${type}`);
  }
  return kind;
}

/** The URN that the same declaration has in a program with dynamic resources: the platform knows it by that name. */
function ownerOf(urn: string): string {
  const [stack = "", project = "", types = "", ...name] = urn.split("::");
  const named = types.split("$").map((type) => {
    const kind = findKind(type);
    return kind === undefined ? type : typeToken(kind);
  });
  return [stack, project, named.join("$"), ...name].join("::");
}

/** What is wrong with settings, as far as they are known. */
function settingProblems(given: Plain): string[] {
  const unknown = unknownSettings(
    Object.keys(given).map((name) => `aidp:${name}`),
    "",
  );
  if (unknown !== undefined) {
    return [unknown];
  }
  const known = Object.entries(given).filter(([, value]) => !isUnknown(value));
  try {
    readConfiguration(stackValue(settingsOf(Object.fromEntries(known))));
    return [];
  } catch (error) {
    return [error instanceof Error ? inOneLine(error.message) : String(error)];
  }
}

function stackValue(
  settings: Readonly<Record<string, string>>,
): (key: string) => string | undefined {
  return (key) => settings[key];
}

/** Aborted once the time that the program gives the call is over. */
function deadlineOf({ timeoutSeconds }: Call): AbortSignal | undefined {
  return timeoutSeconds > 0
    ? AbortSignal.timeout(Math.min(timeoutSeconds * 1000, longestTimeoutMs))
    : undefined;
}

function secretsOf(properties: Plain): Record<string, Secrets> {
  const secrets = findSecrets(properties);
  return typeof secrets === "object" ? { ...secrets } : {};
}

/** Each entry of a map as a secret, or all of what is no map, so that a preview still shows the keys. */
function everyEntry(value: unknown): Secrets {
  return isObject(value)
    ? Object.fromEntries(Object.keys(value).map((key) => [key, true as const]))
    : true;
}

function concealed(properties: Plain, secrets: Record<string, Secrets>): Plain {
  return conceal(properties, secrets) as Plain;
}

/** Keeps secret what exists after a failure. */
async function concealing<T>(work: Promise<T>, secrets: Record<string, Secrets>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Incomplete) {
      const { id, properties, message, reasons } = error;
      throw new Incomplete(id, concealed(properties, secrets), message, reasons);
    }
    throw error;
  }
}
