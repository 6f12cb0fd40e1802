import { RunError, UsageError } from "../migrate/index.js";
import { EXIT } from "./exit-codes.js";
import { printErrors } from "./print/terminal.js";

/** Prints what was thrown and names its exit code. Throws on what nobody foresaw: a bug should show its stack. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof UsageError) {
    printErrors(thrown.problems);
    return EXIT.badUsage;
  }
  if (thrown instanceof RunError) {
    printErrors(thrown.message.split("\n"));
    return EXIT.bucketUnreadable;
  }
  throw thrown;
}
