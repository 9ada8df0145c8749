import { batchIdText } from "../../provider/lifecycle/ids.ts";
import { isUnknown } from "../../provider/lifecycle/unknown-values.ts";
import { parseUrn } from "../../provider/lifecycle/urns.ts";
import { isKind as isTypeOf, type Kind } from "../../provider/pulumi/shim.ts";
import type { Side, Step } from "../engine/events.ts";

/** The resources that each property of a resource depends on, by URN; empty if the engine did not report them. */
export type Dependencies = ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;

/** The batch of a work item. */
export interface Place {
  /** Identifies the batch: equal keys mean the same batch. */
  key: string;
  name: string;
  batchId?: string;
  /** The step of the batch's resource, if the stack declares it. */
  step?: Step;
}

/** Whether a step is about a resource of this kind. */
export function isKind({ type }: Step, kind: Kind): boolean {
  return isTypeOf(type, kind);
}

/** Finds the batches of work items, and the uploads of sets. */
export class Places {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #batches: readonly Step[];
  readonly #dependencies: Dependencies;

  constructor(steps: readonly Step[], dependencies: Dependencies) {
    this.#steps = new Map(steps.map((step) => [step.urn, step]));
    this.#batches = steps.filter((step) => isKind(step, "Batch"));
    this.#dependencies = dependencies;
  }

  /** The place of a batch that the stack declares. */
  of(step: Step): Place {
    const name = step.new?.inputs.name ?? step.old?.inputs.name;
    // Of a batch that is adopted, a preview already knows the id.
    const { batchId } = step.old?.outputs ?? step.new?.outputs ?? {};
    return {
      key: step.urn,
      name: typeof name === "string" && !isUnknown(name) ? name : `(${resourceName(step.urn)})`,
      ...(typeof batchId === "string" && !isUnknown(batchId) && { batchId }),
      step,
    };
  }

  /** The batch where a resource's items are now. */
  before({ old }: Step): Place {
    return this.#known(old);
  }

  /**
   * The batch where the items will be. At preview its id may be unknown; then what the property depends on leads to it.
   */
  after(step: Step): Place {
    const { batchId } = step.new?.inputs ?? {};
    if (!isUnknown(batchId)) {
      return this.#known(step.new);
    }
    const batch =
      this.#single(step, "batchId", "Batch") ??
      only(this.#batches.filter(({ op }) => op === "create" || op === "replace"));
    return batch === undefined ? { key: "new", name: "(new batch)" } : this.of(batch);
  }

  /** Whether both are the same batch, and it keeps its id. */
  isSame(before: Place, after: Place): boolean {
    return before.key === after.key && after.step?.op !== "replace";
  }

  /** The upload sets that the paths of a work item set may come from. */
  uploadsOf(step: Step): Step[] {
    const one = this.#single(step, "uploads", "UploadSet");
    return one === undefined
      ? [...this.#steps.values()].filter((each) => isKind(each, "UploadSet"))
      : [one];
  }

  /** The upload whose path a work item will show, if that path is not known yet. */
  uploadOf(step: Step): Step | undefined {
    return this.#single(step, "assetUrl", "SignedUpload");
  }

  #known(side: Side | undefined): Place {
    const { projectId, batchId: given } = side?.inputs ?? {};
    const batchId = batchIdText(given);
    if (batchId === undefined || batchId === null) {
      // The platform puts such an item into that batch.
      return { key: `${String(projectId)}/Default`, name: "Default" };
    }
    const batch = this.#batches.find(({ old, new: next }) =>
      [old, next].some((each) => each?.outputs.batchId === batchId),
    );
    if (batch !== undefined) {
      return this.of(batch);
    }
    const text = String(batchId);
    return { key: `${String(projectId)}/${text}`, name: `batch ${text}`, batchId: text };
  }

  /** The only resource of a kind that a property depends on, or else the only one declared under the same parent. */
  #single(step: Step, property: string, kind: Kind): Step | undefined {
    const urns = this.#dependencies.get(step.urn)?.[property] ?? [];
    const named = urns.flatMap((urn) => this.#steps.get(urn) ?? []);
    const of = (steps: readonly Step[]) => only(steps.filter((each) => isKind(each, kind)));
    const found = of(named);
    const isIn = step.parent !== "" && !step.parent.includes("::pulumi:pulumi:Stack::");
    if (found !== undefined || !isIn) {
      return found;
    }
    return of([...this.#steps.values()].filter(({ parent }) => parent === step.parent));
  }
}

export function resourceName(urn: string): string {
  return parseUrn(urn).name;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
