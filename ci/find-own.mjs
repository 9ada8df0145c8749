// Reads comments, notes or issues of GitHub or GitLab, page by page or not, and prints a field of the first one that
// $AUTHOR wrote, GitHub's login or GitLab's id, and that begins with $MARKER. Others could write the marker too, hence the
// author.
import { text } from "node:stream/consumers";

const [field] = process.argv.slice(2);
const { AUTHOR, MARKER } = process.env;

const entries = JSON.parse(await text(process.stdin)).flat();
const own = entries.find(
  ({ user, author, body, description }) =>
    String(user?.login ?? author?.id) === AUTHOR && (body ?? description)?.startsWith(MARKER),
);
if (own !== undefined) {
  process.stdout.write(String(own[field]));
}
