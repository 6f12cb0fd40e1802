import { join } from "node:path";
import {
  type ComparedLine,
  checkRun,
  findingWords,
  type LiveCheck,
  type OnEvent,
  proveKey,
  rewriteReports,
  TOOL_VERSION,
  UsageError,
  type VerifyLiveOptions,
  verdictOf,
  verifyLive,
} from "../../migrate/index.js";
import { choiceProblems } from "../../migrate/options/declaration.js";
import { flagName } from "../../migrate/options/option-table.js";
import {
  OCSF_SCOPES,
  type OcsfScope,
  REPORT_FORMAT_NAMES,
  type ReportFormatName,
  reportFiles,
  withOcsfScope,
} from "../../migrate/report/formats.js";
import { LANGS, type Lang } from "../../migrate/report/language.js";
import type { ProviderId } from "../../providers/index.js";
import type { LiveFlags, ReportFlags, VerifyFlags } from "../declarations/run-folders.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { comparedCount, livePrinter, printCheck, printProof } from "../print/print-verification.js";
import { startLog } from "../print/run-events.js";
import { drained, note, onStderr, print, printJson, warn } from "../print/terminal.js";
import { nextAfterVerify } from "../print/what-next.js";
import { placeOfEnvironment } from "./aws-environment.js";
import {
  authoritiesIn,
  networkOfEnvironment,
  passphraseOfEnvironment,
  publicKeysIn,
  refuseOtherFolder,
} from "./command-inputs.js";

export async function verify(flags: VerifyFlags, runDir: string): Promise<void> {
  const { publicKey = [], timestampCa = [], prove: key, versionId, json, ...others } = flags;
  const { quiet, verbose: _verbose, logLevel: _level, logFormat: _format, ...ofLive } = others;
  const live = liveOptions(ofLive, { quiet, onEvent: startLog(flags) ?? undefined });
  if (versionId !== undefined && key === undefined) {
    throw new UsageError(["--version-id picks a version of the key in --prove: give both, or neither"]);
  }
  if (live !== null && key !== undefined) {
    throw new UsageError([
      "--live compares the report with the bucket, and --prove one line with the manifest: give only one",
    ]);
  }
  const publicKeys = await publicKeysIn(publicKey);
  const authorities = await authoritiesIn(timestampCa);
  await refuseOtherFolder(runDir);
  if (key === undefined) await check(runDir, { publicKeys, authorities, json, live });
  else await prove(runDir, { publicKeys, authorities, json, live, key, versionId });
}

interface Asked {
  readonly publicKeys: Awaited<ReturnType<typeof publicKeysIn>>;
  readonly authorities: Awaited<ReturnType<typeof authoritiesIn>>;
  readonly json: boolean | undefined;
  /** `null` without --live. */
  readonly live: LiveOptions | null;
}

async function check(runDir: string, { publicKeys, authorities, json, live }: Asked): Promise<void> {
  const trusted = { publicKeys, authorities };
  const checkedRun = await checkRun(runDir, { toolVersion: TOOL_VERSION, ...trusted });
  const { findings, skipped, checked, seal } = checkedRun;
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
  printCheck(checkedRun, runDir);
  if (compares !== null) await checkLive(runDir, compares, false);
  else if (live !== null) print("not compared with the bucket: the run folder is not intact");
  const next = nextAfterVerify(checkedRun, runDir);
  if (live === null && next !== null) print(`next      ${next}`);
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

/** Compares an intact report with the bucket, prints the result and sets the exit code. */
async function checkLive(runDir: string, live: LiveOptions, json: boolean): Promise<LiveCheck> {
  const { allowEmpty, quiet, ...options } = live;
  const printer = livePrinter();
  const onDifference = json ? printLine : printer.add;
  const place = await placeOfEnvironment(options, true);
  const onEvent: OnEvent = (event) => {
    if (!quiet) place.onEvent(event);
    options.onEvent?.(event);
  };
  const check = await withInterrupt(
    (signal) => place.explain(verifyLive(runDir, { ...options, ...place.flags, onDifference, onEvent, signal })),
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
  readonly quiet?: boolean | undefined;
}

/** `null` without --live. */
function liveOptions({ live, ...given }: LiveFlags, said: Pick<LiveOptions, "quiet" | "onEvent">): LiveOptions | null {
  if (live) return { ...given, ...said, provider: given.provider as ProviderId | undefined, ...networkOfEnvironment() };
  const alone = Object.entries(given).filter(([, value]) => value !== undefined);
  const problems = alone.map(([name]) => `${flagName(name)} applies only to --live: add --live, or leave it out`);
  if (problems.length > 0) throw new UsageError(problems);
  return null;
}

export async function report({ formats, ocsf, lang, ...others }: ReportFlags, runDir: string): Promise<void> {
  const given = formats.split(",");
  const problems = [
    ...choiceProblems("--format", given, REPORT_FORMAT_NAMES),
    ...choiceProblems("--ocsf", [ocsf], OCSF_SCOPES),
    ...choiceProblems("--lang", lang === undefined ? [] : [lang], LANGS),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  const names = withOcsfScope(given as ReportFormatName[], ocsf as OcsfScope);
  const { leftOut, dropped } = await rewriteReports(runDir, names, {
    ...others,
    ...passphraseOfEnvironment(),
    lang: lang as Lang | undefined,
  });
  for (const finding of leftOut) warn(findingWords(finding));
  for (const keyid of dropped) warn(`the signature of key ${keyid} was dropped: it does not cover these reports`);
  for (const { file } of reportFiles(names)) print(join(runDir, file));
}
