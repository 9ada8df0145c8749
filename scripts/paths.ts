import { tmpdir } from "node:os";
import { join } from "node:path";

/** The root folder of the project. */
export const projectRoot: string = join(import.meta.dirname, "..");

/** Where Node keeps compiled code for the many short processes that load the same packages. */
export const compileCache: string = join(tmpdir(), "aidp-compiled");
