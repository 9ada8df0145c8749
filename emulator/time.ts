/** A date-time from a request, in milliseconds. */
export function toTime(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
