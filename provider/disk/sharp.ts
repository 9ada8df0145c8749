type Sharp = typeof import("sharp").default;

/** The largest picture to decode: even a small file may be a picture that fills the memory. */
export const mostPixels = 150_000_000;

/** The optional package `sharp`; undefined if it is not installed for this machine. */
export async function loadSharp(): Promise<Sharp | undefined> {
  return import("sharp").then(
    (module) => module.default,
    () => undefined,
  );
}
