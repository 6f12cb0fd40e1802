import {
  type ComparedLine,
  checkRun,
  findingWords,
  type LiveCheck,
  proveKey,
  type RunVerdict,
  TOOL_VERSION,
  UsageError,
  type VerifyLiveOptions,
  verdictOf,
  verifyLive,
} from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { flagName } from "../../migrate/options/option-table.js";
import type { ProviderId } from "../../providers/index.js";
import type { LiveFlags, VerifyFlags } from "../declarations/run-folders.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { printProof, printSeal } from "../print/print-evidence.js";
import { comparedCount, livePrinter } from "../print/print-live.js";
import { drained, note, onStderr, onStdout, print, printErrors, printJson } from "../print/terminal.js";
import { networkOfEnvironment, publicKeysIn, refuseOtherFolder } from "./command-inputs.js";

export async function verify(flags: VerifyFlags, runDir: string): Promise<void> {
  const { publicKey = [], prove: key, versionId, json, ...others } = flags;
  const live = liveOptions(others);
  if (versionId !== undefined && key === undefined) {
    throw new UsageError(["--version-id picks a version of the key in --prove: give both, or neither"]);
  }
  if (live !== null && key !== undefined) {
    throw new UsageError([
      "--live compares the report with the bucket, and --prove one line with the manifest: give only one",
    ]);
  }
  const publicKeys = await publicKeysIn(publicKey);
  await refuseOtherFolder(runDir);
  if (key === undefined) await check(runDir, { publicKeys, json, live });
  else await prove(runDir, { publicKeys, json, live, key, versionId });
}

interface Asked {
  readonly publicKeys: Awaited<ReturnType<typeof publicKeysIn>>;
  readonly json: boolean | undefined;
  /** `null` without --live. */
  readonly live: LiveOptions | null;
}

async function check(runDir: string, { publicKeys, json, live }: Asked): Promise<void> {
  const { findings, skipped, checked, seal } = await checkRun(runDir, { toolVersion: TOOL_VERSION, publicKeys });
  process.exitCode = findings.length > 0 ? EXIT.objectsOpen : EXIT.done;
  // A report that is not intact is no basis for a comparison with the bucket.
  const compares = live !== null && findings.length === 0 ? { ...live, publicKeys } : null;
  if (json) {
    const compared = compares && { live: await checkLive(runDir, compares, true) };
    const verdict = verdictOf(findings);
    printJson({
      kind: "verify",
      runDir,
      verdict,
      intact: verdict === "intact",
      findings,
      skipped,
      checked,
      seal,
      ...compared,
    });
    return;
  }
  const looked = `${checked.files} files and ${checked.journalLines} journal lines checked`;
  print(`${MARKS[verdictOf(findings)]}: ${visibleText(runDir)} (${looked})`);
  printSeal(seal);
  for (const { check, because } of skipped) print(`not checked: ${check}, because ${visibleText(because)}`);
  printErrors(findings.map(findingWords));
  if (compares !== null) await checkLive(runDir, compares, false);
  else if (live !== null) print("not compared with the bucket: the run folder is not intact");
}

async function prove(
  runDir: string,
  { json, live: _live, ...options }: Asked & { key: string; versionId: string | undefined },
) {
  const proof = await proveKey(runDir, options);
  process.exitCode = proof.kind === "proof" ? EXIT.done : EXIT.objectsOpen;
  const { key, versionId } = options;
  if (json) printJson({ kind: "prove", runDir, key, ...(versionId === undefined ? {} : { versionId }), proof });
  else printProof(proof, options);
}

const MARKS: Readonly<Record<RunVerdict, string>> = {
  intact: onStdout.green("intact"),
  stopped: onStdout.yellow("stopped"),
  "not-intact": onStdout.red("not intact"),
};

/** Compares an intact report with the bucket, prints the result and sets the exit code. */
async function checkLive(runDir: string, live: LiveOptions, json: boolean): Promise<LiveCheck> {
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
    note(`${onStderr.yellow("interrupted:")} the other lines were not compared`);
    return EXIT.interrupted;
  }
  if (comparedCount(results) === 0 && notSeen.length === 0 && !allowEmpty) {
    note(`${onStderr.red("exit code 1:")} ${NOTHING_COMPARED}`);
    return EXIT.objectsOpen;
  }
  return results.contradicts + results.unread + unencrypted + notSeen.length > 0 ? EXIT.objectsOpen : EXIT.done;
}

const NOTHING_COMPARED =
  "nothing was compared: the report contains no object that could be looked up in the bucket (accept this with --allow-empty)";

interface LiveOptions extends VerifyLiveOptions {
  /** If there is nothing to compare, that is not a failure. */
  readonly allowEmpty?: boolean | undefined;
}

/** `null` without --live. */
function liveOptions({ live, ...given }: LiveFlags): LiveOptions | null {
  if (live) return { ...given, provider: given.provider as ProviderId | undefined, ...networkOfEnvironment() };
  const alone = Object.entries(given).filter(([, value]) => value !== undefined);
  const problems = alone.map(([name]) => `${flagName(name)} applies only to --live: add --live, or leave it out`);
  if (problems.length > 0) throw new UsageError(problems);
  return null;
}
