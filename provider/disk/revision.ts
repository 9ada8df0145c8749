import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Which commit of which repository a folder has. */
export interface Revision {
  /** The URL of the remote, without credentials; undefined if there is no remote. */
  repository?: string;
  /** The commit, followed by `-dirty` if a file that git knows was changed since. */
  commit: string;
}

const run = promisify(execFile);

/** The revision of a folder, by git, or else as a CI system says it. A text says why there is none. */
export async function readRevision(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Revision | string> {
  try {
    return await ofGit(folder);
  } catch (error) {
    return ofCi(environment) ?? problemOf(error);
  }
}

async function ofGit(folder: string): Promise<Revision> {
  const git = async (...args: string[]): Promise<string> => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    return (await run("git", ["--no-optional-locks", ...args], options)).stdout.trim();
  };
  const head = await git("rev-parse", "--verify", "HEAD");
  // Like `git describe --dirty`: what git does not know, such as a report of this very run, does not count.
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  const remotes = (await git("remote")).split("\n");
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  const url = remote ? await git("config", "--get", `remote.${remote}.url`).catch(() => "") : "";
  return {
    ...(url !== "" && { repository: withoutCredentials(url) }),
    commit: changes === "" ? head : `${head}-dirty`,
  };
}

/** What GitHub and GitLab say in the environment, for images that have no git. */
function ofCi(environment: NodeJS.ProcessEnv): Revision | undefined {
  const { GITHUB_SHA, GITHUB_SERVER_URL, GITHUB_REPOSITORY } = environment;
  const { CI_COMMIT_SHA, CI_PROJECT_URL } = environment;
  const onGitHub =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`
      : undefined;
  const [commit, url] = GITHUB_SHA ? [GITHUB_SHA, onGitHub] : [CI_COMMIT_SHA, CI_PROJECT_URL];
  return commit ? { ...(url && { repository: withoutCredentials(url) }), commit } : undefined;
}

function problemOf(error: unknown): string {
  const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === "ENOENT") {
    return "git is not installed";
  }
  if (/not a git repository/.test(stderr)) {
    return "the program's folder is in no git repository";
  }
  return /Needed a single revision/.test(stderr)
    ? "the git repository has no commit yet"
    : `git says: ${stderr.trim().split("\n").at(0) ?? ""}`;
}

/**
 * The URL of a repository without what may let others in. The user of ssh, as in `git@host:path`, is no secret; that of
 * other protocols may be a token.
 */
export function withoutCredentials(url: string): string {
  const text = url.replace(/[?#].*$/s, "");
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme !== undefined && /(^|\+)ssh($|\+)/i.test(scheme)) {
    return text.replace(/^([^/]*\/\/[^/:@]*):.*@/s, "$1@");
  }
  // Git cannot use `user:password@host:path`, because it takes what is before the colon for a host. The password is real.
  return scheme === undefined && /^[^/:@]+:[^/\\@]*@/.test(text)
    ? text.replace(/^.*@/s, "")
    : text.replace(/\/\/.*@/s, "//");
}
