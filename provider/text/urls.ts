const wholeUrl = /^\s*[a-z][a-z0-9+.-]*:\/\//i;
// A scheme is short. Were its length not bounded, a long run of letters would be read again from each of them.
const url = /([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#"<>]*@)?([^\s?#"<>]*)([?#][^\s"<>]*)?/gi;

/** A URL as the name of what it shows: without user, query and fragment. Any other text is as it is. */
export function stripUrl(text: string): string {
  return wholeUrl.test(text)
    ? text.replace(/[?#].*$/s, "").replace(/^(\s*[^/]*\/\/)[^/]*@/, "$1")
    : text;
}

/** Text whose URLs are without user, password and query: who has a signed URL's query may read what it names. */
export function withoutQueries(text: string): string {
  // Of a text that is a URL as a whole, even what follows a space is its query.
  const whole = wholeUrl.test(text) ? text.replace(/[?#].*$/s, "?…") : text;
  return whole.replace(url, (_, start: string, rest: string, query?: string) =>
    [start, rest, query === undefined ? "" : "?…"].join(""),
  );
}
