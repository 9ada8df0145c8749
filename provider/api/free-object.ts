import { z } from "zod";

/** An object of any entries, as it is: `z.record` leaves out one that is called `__proto__`. */
export const freeObject = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
