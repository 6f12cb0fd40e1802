import { type DeclaredBucket, readDeclaredBuckets, UsageError } from "../../migrate/index.js";
import { countOf, visibleText } from "../../migrate/model/text.js";
import type { TargetsFlags } from "../declarations/stores-and-keys.js";
import { onStdout, print, printJson, wrap } from "../print/terminal.js";
import { targetsSource } from "./command-inputs.js";

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
