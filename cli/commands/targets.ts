import { readDeclaredBuckets, UsageError } from "../../migrate/index.js";
import { printTargets } from "../print/print-targets.js";
import { printJson } from "../print/terminal.js";
import { targetsSource } from "./command-inputs.js";
import { declareCommand } from "./declare-command.js";

export const targetsCommand = declareCommand({
  name: "targets",
  description: "list the buckets that a CDKTF app declares or that Terraform deployed",
  words: { "<path>": "file or folder that lists the buckets" },
  options: { json: { flag: "--json", help: "print one JSON object per line on stdout" } },
  notes: `PATH is a cdktf.out folder, one of its stacks, a file made by
\`terraform output -json\` or \`cdktf output --outputs-file\`, or - for stdin.
audit and migrate accept the same with --targets.`,
  examples: `  bucketseal targets cdktf.out
  terraform -chdir=cdktf.out/stacks/storage output -json | bucketseal targets -
  bucketseal targets outputs.json --json`,
  run: ({ json }, path) => targets(path, { json }),
});

async function targets(path: string, { json }: { readonly json: boolean | undefined }): Promise<void> {
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
