// Reads a page of notes or issues, and prints a field of the first one that the user with the id
// $AUTHOR wrote and whose text begins with $MARKER. Others could write the marker too, hence the author.
import { text } from "node:stream/consumers";

const [field] = process.argv.slice(2);
const { AUTHOR, MARKER } = process.env;

const entries = JSON.parse(await text(process.stdin));
const own = entries.find(
  ({ author, body, description }) =>
    String(author?.id) === AUTHOR && (body ?? description)?.startsWith(MARKER),
);
if (own !== undefined) {
  process.stdout.write(String(own[field]));
}
