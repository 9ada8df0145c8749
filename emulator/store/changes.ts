import { EventEmitter } from "node:events";
import type { WorkItem } from "../model.ts";

/** Tells what has happened in the store, once it is there to be read. */
export class Changes extends EventEmitter<{
  /** A work item has another status; it comes as it is now. */
  moved: [item: WorkItem];
}> {}
