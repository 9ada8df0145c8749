import { parseJson } from "../api/int64.ts";

/** The URL at which people find a file that is not sent; undefined if it is sent. */
export function linkOf(text: string): string | undefined {
  return (parseJson(text) as { url?: string }).url;
}
