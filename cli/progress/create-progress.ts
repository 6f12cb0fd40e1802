import type { Progress } from "./progress.js";
import { progressBar } from "./progress-bar.js";
import { progressLines } from "./progress-lines.js";

/** A bar on a terminal, a line now and then elsewhere, nothing if asked. All on stderr. */
export function createProgress({ quiet }: { readonly quiet: boolean }): Progress {
  if (quiet) return { onEvent: () => undefined, wantsCount: false, stop: () => undefined, above: (write) => write() };
  return process.stderr.isTTY ? progressBar() : progressLines();
}
