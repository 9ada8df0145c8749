/** The address of the real service. */
export const defaultBaseUrl = "https://api.ai.cloudfactory.app/api/v1";

/** The names of this machine in URLs. */
export const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether nobody else can read what is sent to a URL on its way, or `allowHttp` says that somebody may. */
export function isPrivate({ protocol, hostname }: URL, allowHttp: boolean): boolean {
  return protocol === "https:" || (protocol === "http:" && (allowHttp || loopback.has(hostname)));
}

/**
 * Why a base URL cannot be used, phrased to follow its name; undefined if it can. `allowHttp` allows http to any
 * machine; leave it out where the user has no such option.
 */
export function baseUrlProblem(text: string, allowHttp?: boolean): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    // What precedes an @ may be a password, however wrong the rest is.
    return `must be an https URL, got ${JSON.stringify(text.replace(/^.*@/s, "…@"))}`;
  }
  if (!isPrivate(url, allowHttp === true)) {
    const unless = allowHttp === undefined ? " only" : ", unless allowHttp is on";
    return `must be https, got "${url.origin}": the key would cross the network unencrypted (http is for this machine${unless})`;
  }
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    return `must have no query, fragment, user name or password, got one on "${url.origin}"`;
  }
  return undefined;
}

/** Why a key cannot be used, phrased to follow its name; undefined if it can. Never shows the key. */
export function apiKeyProblem(key: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(key)
    ? undefined
    : "must be one line of letters, digits and signs, without spaces; the one that is set has others";
}
