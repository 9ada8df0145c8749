import { EventEmitter } from "node:events";
import type { WorkItem } from "../model.ts";

/** Announces what has happened in the store. */
export class Changes extends EventEmitter<{
  /** A work item has changed its status, and the change is stored. The event has the item as it is now. */
  moved: [item: WorkItem];
  /** Something was written, perhaps inside a transaction that is still open. */
  written: [];
}> {}
