// Reads pages of comments or issues, and prints a field of the first one that $AUTHOR wrote and that
// begins with $MARKER. Others could write the marker too, hence the author.
import { text } from "node:stream/consumers";

const [field] = process.argv.slice(2);
const { AUTHOR, MARKER } = process.env;

const entries = JSON.parse(await text(process.stdin)).flat();
const own = entries.find(({ user, body }) => user?.login === AUTHOR && body?.startsWith(MARKER));
if (own !== undefined) {
  process.stdout.write(String(own[field]));
}
