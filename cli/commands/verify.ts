import {
  checkRun,
  findingWords,
  proveKey,
  type RunVerdict,
  TOOL_VERSION,
  UsageError,
  verdictOf,
} from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { EXIT } from "../exit-codes.js";
import { printProof, printSeal } from "../print/print-evidence.js";
import { onStdout, print, printErrors, printJson } from "../print/terminal.js";
import { publicKeysIn, refuseOtherFolder } from "./command-inputs.js";
import { type CommandFlags, declareCommand, type FlagsOf, grouped } from "./declare-command.js";
import { checkLive, type LiveOptions, liveFlags, liveOptions } from "./verify-live.js";

const options = {
  publicKey: {
    flag: "--public-key <file>",
    help: "public key that must have signed it: Ed25519 or ECDSA P-256, PEM (repeatable)",
    takes: "repeated",
  },
  prove: {
    flag: "--prove <key>",
    help: "prove the journal lines of this key, up to the root in the manifest",
  },
  versionId: { flag: "--version-id <id>", help: "with --prove: only the lines of this version" },
  json: {
    flag: "--json",
    help: "print one JSON object on stdout, after one for each line that --live finds different",
  },
  ...grouped("Comparing with the bucket:", liveFlags),
} as const satisfies CommandFlags;

export const verifyCommand = declareCommand({
  name: "verify",
  description: "check that a run folder is complete, consistent and unmodified",
  words: { "<run-folder>": "the folder that audit or migrate wrote" },
  options,
  notes: "With --prove only the files that the proof needs are checked.",
  examples: `  bucketseal verify run-1
  bucketseal verify run-1 --public-key sign.pub.pem
  bucketseal verify run-1 --live --provider ovhcloud --sample 1000
  bucketseal verify run-1 --prove invoices/2026/07.pdf --json`,
  run: (flags, runDir) => verify(runDir, flags),
});

async function verify(runDir: string, flags: FlagsOf<typeof options>): Promise<void> {
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
