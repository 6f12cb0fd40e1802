import type { OnEvent } from "../../migrate/index.js";
import { progressBar } from "./progress-bar.js";
import { progressLines } from "./progress-lines.js";

export interface Progress {
  readonly onEvent: OnEvent;
  /** Whether it has a use for knowing how many objects there are. */
  readonly wantsCount: boolean;
  readonly stop: () => void;
}

/** A bar on a terminal, a line now and then elsewhere, nothing if asked. All on stderr. */
export function createProgress({ quiet }: { readonly quiet: boolean }): Progress {
  if (quiet) return { onEvent: () => undefined, wantsCount: false, stop: () => undefined };
  return process.stderr.isTTY ? progressBar() : progressLines();
}
