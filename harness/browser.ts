import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Why some specs do not run. */
export const noBrowser = "no Chromium is on the PATH: CHROMIUM_PATH may name one";

/**
 * Opens a headless Chromium: the one that `CHROMIUM_PATH` names, or else one on the `PATH`; undefined if there is none.
 */
export async function openBrowser(): Promise<Browser | undefined> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const executablePath = process.env.CHROMIUM_PATH ?? found.find((file) => existsSync(file));
  if (executablePath === undefined) {
    return undefined;
  }
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", ...quiet];
  return await chromium.launch({ executablePath, args });
}
