import { type ComparedLine, type LiveCheck, verifyLive } from "../../migrate/index.js";
import { EXIT } from "../exit-codes.js";
import { comparedCount, livePrinter } from "../print/print-live.js";
import { drained, note, onStderr, printJson } from "../print/terminal.js";
import type { LiveOptions } from "./live-flags.js";
import { withInterrupt } from "./with-interrupt.js";

/** Compares a report that holds with the bucket, prints what was found, and sets the exit code. */
export async function checkLive(runDir: string, live: LiveOptions, json: boolean): Promise<LiveCheck> {
  const { allowEmpty, ...options } = live;
  const printer = livePrinter();
  const onDifference = json ? printLine : printer.add;
  const check = await withInterrupt(
    (signal) => verifyLive(runDir, { ...options, onDifference, signal }),
    () => undefined,
  );
  if (!json) printer.print(check);
  process.exitCode = exitCode(check, allowEmpty === true);
  return check;
}

function printLine(line: ComparedLine): Promise<void> {
  printJson({ kind: "live-line", result: line.kind, ...withoutKind(line) });
  return drained();
}

function withoutKind({ kind: _kind, ...line }: ComparedLine): Omit<ComparedLine, "kind"> {
  return line;
}

function exitCode({ end, results, unencrypted, notSeen }: LiveCheck, allowEmpty: boolean): number {
  if (end === "interrupted") {
    note(`${onStderr.yellow("interrupted:")} the other lines were not looked up`);
    return EXIT.interrupted;
  }
  if (comparedCount(results) === 0 && notSeen.length === 0 && !allowEmpty) {
    note(`${onStderr.red("exit code 1:")} ${NOTHING_COMPARED}`);
    return EXIT.objectsOpen;
  }
  return results.contradicts + results.unread + unencrypted + notSeen.length > 0 ? EXIT.objectsOpen : EXIT.done;
}

const NOTHING_COMPARED =
  "nothing was compared: no line of the report names an object to look up, so that the bucket says nothing of it (--allow-empty lets it pass)";
