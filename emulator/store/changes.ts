import { EventEmitter } from "node:events";
import type { WorkItem } from "../model.ts";

/** Tells what has happened in the store. */
export class Changes extends EventEmitter<{
  /** A work item has another status, and is stored so; it comes as it is now. */
  moved: [item: WorkItem];
  /** Anything was written; inside a transaction that may still be open. */
  written: [];
}> {}
