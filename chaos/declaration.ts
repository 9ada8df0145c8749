import { formatMark, type Mark } from "../provider/items/mark.ts";
import { type Edit, files, slots, type Values } from "./history.ts";

/** A work item as a program declares it. */
export interface DeclaredItem {
  assetUrl?: string;
  file?: string;
  difficulty: number;
  metadata: Record<string, unknown>;
  labels: { bbox: number[]; metadata: Record<string, unknown> }[];
}

/** What each resource does with begun work. */
export const manners = {
  photos: { onWorkInProgress: "cancel" },
  frames: { onWorkInProgress: "refuse" },
  "sign-0": { onWorkInProgress: "refuse" },
  "sign-1": { onWorkInProgress: "cancel" },
} as const;

type SetName = "photos" | "frames";
export const setNames: readonly SetName[] = ["photos", "frames"];

/** The program of one stack, and how it is edited. */
export class Declaration {
  readonly stack: string;
  /** The declared items by slot. */
  readonly #items = new Map<number, DeclaredItem>();
  readonly contents = new Map<string, string>(files.map((name) => [name, "0"]));
  batchMetadata: Record<string, unknown> = {};
  /**
   * Counts the interrupted updates. What is declared after one is new, because nothing tells a provider about a change
   * that is taken back before its update comes to an end.
   */
  #interruptions = 0;
  /** What the last update left undone, and why. */
  #left: "nothing" | "failed" | "interrupted" = "nothing";

  constructor(stack: string) {
    this.stack = stack;
  }

  /** Each declared item, by its name on the platform. */
  get items(): Map<string, { slot: number; item: DeclaredItem }> {
    return new Map([...this.#items].map(([slot, item]) => [this.nameOf(slot), { slot, item }]));
  }

  /** The name of a slot's item on the platform: its URN, and its key in the set. */
  nameOf(slot: number): string {
    return formatMark(markOf(this.stack, slot));
  }

  itemsOf(resource: string): [key: string, item: DeclaredItem][] {
    return [...this.#items].flatMap(([index, item]) => {
      const slot = slots[index];
      return slot?.resource === resource ? [[slot.key ?? "", item] as [string, DeclaredItem]] : [];
    });
  }

  ended(how: "done" | "failed" | "interrupted"): void {
    this.#left = how === "done" ? "nothing" : how;
    this.#interruptions += how === "interrupted" ? 1 : 0;
  }

  edit(edit: Edit): void {
    switch (edit.edit) {
      case "put":
        this.#items.set(edit.slot, this.#itemOf(edit.slot, edit.values));
        break;
      case "drop":
        this.#drop((slot) => slot === edit.slot);
        break;
      case "drop set":
        this.#drop((slot) => slots[slot]?.resource === edit.set);
        break;
      case "write":
        this.contents.set(edit.file, `${this.#interruptions}-${edit.content}`);
        break;
      case "batch":
        this.batchMetadata = { owner: `${this.#interruptions}-${edit.metadata}` };
    }
  }

  /**
   * An item may exist although no state has it, because its update was interrupted or because the state has no place
   * for it. Such an item stays declared until an update comes to its end: otherwise nothing could tell the provider
   * about it.
   */
  #drop(isMeant: (slot: number) => boolean): void {
    for (const slot of [...this.#items.keys()].filter(isMeant)) {
      const isInSet = slots[slot]?.key !== undefined;
      if (this.#left === "nothing" || (this.#left === "failed" && isInSet)) {
        this.#items.delete(slot);
      }
    }
  }

  #itemOf(slot: number, { asset, labels, metadata, file }: Values): DeclaredItem {
    const { key, resource } = slots[slot] ?? {};
    const age = this.#interruptions;
    const shown =
      file !== undefined && key !== undefined
        ? { file: `${resource}-${file}.txt` }
        : { assetUrl: `https://p.example/${this.stack}/${resource}/${slot}-${age}-${asset}.png` };
    return {
      ...shown,
      difficulty: 50,
      metadata: { row: `${age}-${metadata}` },
      labels: Array.from({ length: labels }, (_, index) => ({
        bbox: [index, age, labels, 1],
        metadata: { category: "sign" },
      })),
    };
  }
}

function markOf(stack: string, slot: number): Mark {
  const { resource = "", key } = slots[slot] ?? {};
  const type = key === undefined ? "WorkItem" : "WorkItemSet";
  return { owner: urnOf(stack, type, resource), key };
}

/** The incarnation of items that a same-named stack on another backend has made. */
export const twinLife = "of another backend";

/** The mark that such a stack puts on the item of a slot. */
export function twinMark(stack: string, slot: number): Mark {
  return { ...markOf(stack, slot), incarnation: twinLife };
}

/** The engine's name for a resource. */
export function urnOf(stack: string, type: string, name: string): string {
  return `urn:pulumi:${stack}::labeling::pulumi-nodejs:dynamic/aidp:${type}::${name}`;
}
