import { endProcess } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { note } from "../print/terminal.js";

/** SIGHUP: the terminal is gone, as with a connection that broke. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first SIGINT, SIGTERM or SIGHUP asks the work to stop in good order; a second one ends the process at once.
 * Results that nobody reads any more, as with `| head`, stop it in good order too.
 */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>, onInterrupt: () => void): Promise<T> {
  const controller = new AbortController();
  const stop = (words: string) => {
    if (controller.signal.aborted) return;
    onInterrupt();
    note(words);
    controller.abort();
  };
  const interrupt = () => {
    if (controller.signal.aborted) endProcess(EXIT.interrupted);
    stop("stopping: finishing what is in flight (again to stop at once)");
  };
  const unread = () => stop("stopping: nobody reads the output any more");
  for (const name of SIGNALS) process.on(name, interrupt);
  process.stdout.on("error", unread);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
    process.stdout.off("error", unread);
  }
}
