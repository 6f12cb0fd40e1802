import { type ComparedLine, type LiveCheck, type VerifyLiveOptions, verifyLive } from "../../migrate/index.js";
import { EXIT } from "../exit-codes.js";
import { livePrinter } from "../print/print-live.js";
import { drained, note, onStderr, printJson } from "../print/terminal.js";
import { withInterrupt } from "./with-interrupt.js";

/** Compares a report that holds with the bucket, prints what was found, and sets the exit code. */
export async function checkLive(runDir: string, options: VerifyLiveOptions, json: boolean): Promise<LiveCheck> {
  const printer = livePrinter();
  const onDifference = json ? printLine : printer.add;
  const check = await withInterrupt(
    (signal) => verifyLive(runDir, { ...options, onDifference, signal }),
    () => undefined,
  );
  if (!json) printer.print(check);
  process.exitCode = exitCode(check);
  return check;
}

function printLine(line: ComparedLine): Promise<void> {
  printJson({ kind: "live-line", result: line.kind, ...withoutKind(line) });
  return drained();
}

function withoutKind({ kind: _kind, ...line }: ComparedLine): Omit<ComparedLine, "kind"> {
  return line;
}

function exitCode({ end, results }: LiveCheck): number {
  if (end === "interrupted") {
    note(`${onStderr.yellow("interrupted:")} the other lines were not looked up`);
    return EXIT.interrupted;
  }
  return results.contradicts + results.unread > 0 ? EXIT.objectsOpen : EXIT.done;
}
