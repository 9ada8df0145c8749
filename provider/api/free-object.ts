import { z } from "zod";

/** An object with any entries, unchanged: `z.record` leaves out an entry that is called `__proto__`. */
export const freeObject = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
