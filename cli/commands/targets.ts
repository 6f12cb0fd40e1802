import { Command } from "commander";
import { readDeclaredBuckets, UsageError } from "../../migrate/index.js";
import { printTargets } from "../print/print-targets.js";
import { printJson } from "../print/terminal.js";
import { targetsSource } from "./command-inputs.js";

const EXAMPLES = `
PATH is a cdktf.out folder, one of its stacks, a file made by
\`terraform output -json\` or \`cdktf output --outputs-file\`, or - for stdin.
audit and migrate take the same as --targets.

Examples:
  bucketseal targets cdktf.out
  terraform -chdir=cdktf.out/stacks/storage output -json | bucketseal targets -
  bucketseal targets outputs.json --json`;

export function targetsCommand(): Command {
  return new Command("targets")
    .description("list the buckets that a CDKTF app declares, or that Terraform deployed")
    .argument("<path>", "where the buckets are named")
    .option("--json", "one JSON object a line on stdout")
    .addHelpText("after", EXAMPLES)
    .action(targets);
}

async function targets(path: string, { json }: { json?: boolean }): Promise<void> {
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
