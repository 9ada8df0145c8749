import assert from "node:assert/strict";
import { FilesError } from "../../provider/disk/problems.ts";

/** Asserts that files are refused with one line. */
export async function assertRefused(work: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await errorOf(work, FilesError);
  assert.equal(error.name, "FilesError");
  assert.match(error.message, message);
  assert.doesNotMatch(error.message, /\n/);
}

/** The error that the work ends with. */
export async function errorOf<E extends Error = Error>(
  work: Promise<unknown>,
  // biome-ignore lint/suspicious/noExplicitAny: the parameters of a constructor do not matter here
  type?: abstract new (...args: any[]) => E,
): Promise<E> {
  const error = await work.then(
    (value) => assert.fail(`no error, but ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof assert.AssertionError) {
    throw error;
  }
  assert.ok(error instanceof (type ?? Error), `not the error that is expected: ${String(error)}`);
  return error as E;
}
