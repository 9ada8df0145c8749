import type * as pulumi from "@pulumi/pulumi";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import type { Plain } from "../lifecycle/plain.ts";
import { Adapter, Incomplete, isForUser } from "./adapter.ts";
import { HeldConfiguration } from "./configuration.ts";

/**
 * What the SDK prints for an error of check, read or delete whose message the engine shows anyway. The runtime leaves
 * such lines out, so that the user reads each error once.
 */
export const shownByEngine = "[shown by the engine]";

/** Adapts a lifecycle to Pulumi's dynamic providers: their configuration, their answers, and their form of errors. */
export class DynamicProvider<Inputs extends object, State extends object>
  implements pulumi.dynamic.ResourceProvider
{
  readonly #adapter: Adapter<Inputs, State>;
  readonly #configuration = new HeldConfiguration();

  constructor(lifecycle: Lifecycle<Inputs, State>) {
    this.#adapter = new Adapter(lifecycle, {
      configured: () => this.#configuration.get(),
      // The SDK takes long over each entry of a map.
      keepsText: true,
      shownUrn: (owner) => owner,
    });
  }

  /** Awaits nothing: the SDK lets other calls in as soon as this one waits. */
  async configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.#configuration.read((key) => config.get(key));
  }

  async check(olds: Plain, news: Plain): Promise<pulumi.dynamic.CheckResult> {
    const { inputs, reasons } = await inSdkForm(this.#adapter.check(olds, news));
    // Reasons name their field. If given the name separately, the engine prints its value as well: a whole set.
    return { inputs, failures: reasons.map((reason) => ({ property: "", reason })) };
  }

  async diff(_id: string, olds: Plain, news: Plain): Promise<pulumi.dynamic.DiffResult> {
    const { changed, ...asked } = await inSdkForm(this.#adapter.diff(olds, news));
    // If `changes` is left out, the engine finds and shows the changed properties itself.
    return changed ? asked : { changes: false };
  }

  async create(news: Plain): Promise<pulumi.dynamic.CreateResult> {
    const { id, properties: outs } = await inSdkForm(this.#adapter.create(news));
    return { id, outs };
  }

  async read(id: string, olds: Plain): Promise<pulumi.dynamic.ReadResult> {
    const found = await inSdkForm(this.#adapter.read(id, olds));
    if (found === undefined) {
      // A blank id tells the engine that the resource is gone.
      return { id: "", props: {} };
    }
    const { properties: props, inputs } = found;
    return { id, props, ...(inputs !== undefined && { inputs }) };
  }

  async update(id: string, olds: Plain, news: Plain): Promise<pulumi.dynamic.UpdateResult> {
    return { outs: await inSdkForm(this.#adapter.update(id, olds, news)) };
  }

  async delete(id: string, olds: Plain): Promise<void> {
    await inSdkForm(this.#adapter.delete(id, olds));
  }
}

/** Gives errors the form that the SDK passes on. */
async function inSdkForm<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Incomplete) {
      const { id, properties, reasons, message } = error;
      throw { id, properties, reasons, message };
    }
    if (isForUser(error)) {
      // The SDK also prints these errors itself; see `shownByEngine`.
      error.stack = "";
      error.toString = () => shownByEngine;
    }
    throw error;
  }
}
