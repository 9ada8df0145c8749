import { execFileSync } from "node:child_process";

/** Commits all files of a folder, which becomes a repository if it is none, and returns the commit. */
export function commitAll(folder: string): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  git("init", "-q");
  git("add", "--all");
  git(...author, "commit", "-q", "--allow-empty", "-m", "Change");
  return git("rev-parse", "HEAD").trim();
}
