import { join } from "node:path";

/** The root folder of the project. */
export const projectRoot: string = join(import.meta.dirname, "..");
