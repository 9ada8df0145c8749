import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { FilesError } from "./problems.ts";

/**
 * The text of a file, in pieces, without a byte order mark; of a `.gz`, what is packed in it. Another encoding would
 * result in other names.
 */
export async function* textOfFile(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    const file = createReadStream(path);
    // An error of the file ends the unpacking, too.
    const bytes = /\.gz$/i.test(path) ? pipeline(file, createGunzip(), () => {}) : file;
    for await (const piece of bytes) {
      yield decoder.decode(piece, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith("Z_")) {
      throw new FilesError("it is not gzip, or its end is missing: write it or fetch it once more");
    }
    if (code === "EISDIR") {
      throw new FilesError("it is a folder: name a file in it");
    }
    throw code === "ERR_ENCODING_INVALID_ENCODED_DATA"
      ? new FilesError("it is not UTF-8: save it with that encoding")
      : new FilesError(`it cannot be read (${code})`);
  }
}

/** A line is one work item: a file with a longer line is of another kind. */
const longestLine = 64 * 1024 * 1024;

/** The lines of a file. Unlike `readline`, it does not end a line at the separators that JSON allows within texts. */
export async function* linesOfFile(path: string): AsyncGenerator<string> {
  let begun = "";
  let line = 1;
  for await (const piece of textOfFile(path)) {
    const [first = "", ...others] = piece.split("\n");
    begun += first;
    if (begun.length > longestLine) {
      throw new FilesError(
        `line ${line} is longer than 64 MiB: put each work item on a line of its own`,
      );
    }
    for (const next of others) {
      yield begun;
      begun = next;
      line += 1;
    }
  }
  yield begun;
}
