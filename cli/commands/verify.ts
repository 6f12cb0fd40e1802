import { Command } from "commander";
import { checkRun, findingWords, TOOL_VERSION } from "../../migrate/index.js";
import { visibleText } from "../../migrate/report/visible-text.js";
import { EXIT } from "../exit-codes.js";
import { onStdout, print, printErrors, printJson } from "../print/terminal.js";

const EXAMPLES = `
Examples:
  bucketseal verify run-1
  bucketseal verify run-1 --json`;

export function verifyCommand(): Command {
  return new Command("verify")
    .description("is a run folder as the run left it, and do its sums close?")
    .argument("<run-folder>")
    .option("--json", "one JSON object on stdout")
    .addHelpText("after", EXAMPLES)
    .action(verify);
}

async function verify(runDir: string, { json }: { json?: boolean }): Promise<void> {
  const { findings, skipped, checked } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
  process.exitCode = findings.length > 0 ? EXIT.objectsOpen : EXIT.done;
  if (json) {
    printJson({ kind: "verify", runDir, intact: findings.length === 0, findings, skipped, checked });
    return;
  }
  const looked = `${checked.files} files and ${checked.journalLines} journal lines checked`;
  for (const { check, because } of skipped) print(`not checked: ${check}, because ${visibleText(because)}`);
  if (findings.length === 0) {
    print(`${onStdout.green("intact")}: ${visibleText(runDir)} (${looked})`);
    return;
  }
  print(`${onStdout.red("not intact")}: ${visibleText(runDir)} (${looked})`);
  printErrors(findings.map(findingWords));
}
