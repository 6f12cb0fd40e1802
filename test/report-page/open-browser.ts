import { type Browser, chromium } from "playwright-core";
import { findExecutable } from "../servers/programs.js";

const NAMES = ["chromium", "chromium-browser", "google-chrome"] as const;
export const BROWSER_MISSING = `no browser on the PATH (one of ${NAMES.join(", ")})`;

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The full path of the installed browser; undefined if there is none. */
export function findBrowser(): string | undefined {
  return NAMES.map(findExecutable).find((path) => path !== undefined);
}

export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS });
}
