import {
  createKeyFile,
  type DeclaredBucket,
  findingWords,
  readDeclaredBuckets,
  signRun,
  UsageError,
} from "../../migrate/index.js";
import { countOf, visibleText } from "../../migrate/model/text.js";
import type { SignFlags } from "../declarations/run-folders.js";
import type { TargetsFlags } from "../declarations/stores-and-keys.js";
import { EXIT } from "../exit-codes.js";
import { onStdout, print, printErrors, printJson, wrap } from "../print/terminal.js";
import { networkOfEnvironment, passphraseOfEnvironment, refuseOtherFolder, targetsSource } from "./command-inputs.js";

export async function targets({ json }: TargetsFlags, path: string): Promise<void> {
  const read = await readDeclaredBuckets(await targetsSource(path));
  if (read.kind === "bad") throw new UsageError(read.problems);
  if (!json) {
    printTargets(read.buckets);
    return;
  }
  for (const { kind, stack, output, target } of read.buckets) {
    const { bucketseal: _version, ...where } = target;
    printJson({ kind: "target", known: kind === "known", ...where, stack, output });
  }
}

const HEADINGS = ["bucket", "store", "region", "endpoint", "output"] as const;
const GAP = 2;
const INDENT = "  ";
const LATER = "(known after deploy)";

/** Prints the buckets as a table, or on several lines each if the terminal is too narrow. */
function printTargets(buckets: readonly DeclaredBucket[]): void {
  const rows = buckets.map(targetCells);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const { columns = Number.POSITIVE_INFINITY } = process.stdout;
  const narrow = widths.reduce((sum, width) => sum + width + GAP, -GAP) > columns;
  if (narrow) rows.forEach(printRecord);
  else {
    print(onStdout.dim(line(HEADINGS, widths)));
    for (const cells of rows) print(line(cells, widths));
  }
  const later = buckets.filter(({ kind }) => kind === "after-deploy").length;
  if (later > 0) printLater(later);
}

function targetCells({ output, target }: DeclaredBucket): string[] {
  const { bucket, provider, region, endpoint } = target;
  return [bucket, provider, region, endpoint, output].map((text) => (text.includes("${") ? LATER : visibleText(text)));
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell.padEnd((widths[column] ?? 0) + GAP))
    .join("")
    .trimEnd();
}

function printRecord([bucket = "", ...cells]: readonly string[]): void {
  print(onStdout.bold(bucket));
  for (const [index, cell] of cells.entries()) print(`${INDENT}${HEADINGS[index + 1]?.padEnd(10)}${cell}`);
}

function printLater(later: number): void {
  const words = `Terraform knows ${countOf(later, "bucket")} only after deployment: deploy, then use the output of \`terraform output -json\` or \`cdktf output --outputs-file FILE\`.`;
  print();
  print(wrap(words, { columns: process.stdout.columns }));
}

export async function sign({ key, json, ...others }: SignFlags, runDir: string): Promise<void> {
  await refuseOtherFolder(runDir);
  const signed = await signRun(runDir, {
    ...others,
    sign: key,
    ...passphraseOfEnvironment(),
    ...networkOfEnvironment(),
  });
  process.exitCode = signed.kind === "signed" ? EXIT.done : EXIT.objectsOpen;
  if (json) {
    const { kind: result, ...rest } = signed;
    printJson({ kind: "sign", runDir, result, ...rest });
  } else if (signed.kind === "signed") {
    print(`${onStdout.green("signed")}: ${visibleText(runDir)}`);
    print(`key       sha256 ${signed.seal.signedBy}`);
    print(`manifest  sha256 ${signed.seal.manifestSha256}`);
  } else {
    print(`${onStdout.red("not signed")}: ${visibleText(runDir)} is not intact`);
    printErrors(signed.findings.map(findingWords));
  }
}

export async function keygen(_flags: object, path: string): Promise<void> {
  const { md5 } = await createKeyFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "EEXIST" ? "it exists, and overwriting it would destroy the key in it" : error.message;
    throw new UsageError([`key file "${path}" was not written: ${why}; choose a new file`]);
  });
  print(`${visibleText(path)}  32 bytes, readable only by its owner`);
  print(`MD5     ${md5}`);
}
