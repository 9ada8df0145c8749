// Finds, in a list that an API answers, what an earlier run wrote: it begins with the marker, and is by the same
// author, as anybody can write the marker. Prints its number, or nothing.
//
//   find-own.mjs MARKER AUTHOR < LIST
import { readFileSync } from "node:fs";

const [marker, author] = process.argv.slice(2);

// GitHub says `user` and `number` where GitLab says `author` and `iid`; comments have just an `id`.
const own = JSON.parse(readFileSync(0, "utf8"))
  .flat()
  .find(
    ({ body, description, user, author: by }) =>
      (body ?? description ?? "").startsWith(marker) && (user?.login ?? by?.username) === author,
  );

if (own !== undefined) process.stdout.write(`${own.number ?? own.iid ?? own.id}\n`);
