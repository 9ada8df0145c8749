const wholeUrl = /^\s*[a-z][a-z0-9+.-]*:\/\//i;
// A scheme is short. If its length were unbounded, a long run of letters would be read again from each letter.
const url = /([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#"<>]*@)?([^\s?#"<>]*)([?#][^\s"<>]*)?/gi;

export function isUrl(text: string): boolean {
  return wholeUrl.test(text);
}

/** A URL as the name of what it shows: without user, query and fragment. Any other text is unchanged. */
export function stripUrl(text: string): string {
  return wholeUrl.test(text)
    ? text.replace(/[?#].*$/s, "").replace(/^(\s*[^/]*\/\/)[^/]*@/, "$1")
    : text;
}

/** Text whose URLs have no user, password or query: whoever has a signed URL's query may read what it names. */
export function withoutQueries(text: string): string {
  // If the whole text is a URL, even what follows a space belongs to its query.
  const whole = wholeUrl.test(text) ? text.replace(/[?#].*$/s, "?…") : text;
  return whole.replace(url, (_, start: string, rest: string, query?: string) =>
    [start, rest, query === undefined ? "" : "?…"].join(""),
  );
}
