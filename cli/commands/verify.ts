import { Command } from "commander";
import { checkRun, findingWords, TOOL_VERSION } from "../../migrate/index.js";
import { visibleText } from "../../migrate/report/visible-text.js";
import { EXIT } from "../exit-codes.js";
import { onStdout, print, printErrors, printJson } from "../print/terminal.js";
import { refuseOtherFolder } from "./refuse-other-folder.js";

const EXAMPLES = `
Examples:
  bucketseal verify run-1
  bucketseal verify run-1 --json`;

export function verifyCommand(): Command {
  return new Command("verify")
    .description("is a run folder as the run left it, and do its sums close?")
    .argument("<run-folder>", "the folder that audit or migrate wrote")
    .option("--json", "one JSON object on stdout")
    .addHelpText("after", EXAMPLES)
    .action(verify);
}

async function verify(runDir: string, { json }: { json?: boolean }): Promise<void> {
  await refuseOtherFolder(runDir);
  const { findings, skipped, checked } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
  process.exitCode = findings.length > 0 ? EXIT.objectsOpen : EXIT.done;
  if (json) {
    printJson({ kind: "verify", runDir, intact: findings.length === 0, findings, skipped, checked });
    return;
  }
  const looked = `${checked.files} files and ${checked.journalLines} journal lines checked`;
  const mark = findings.length === 0 ? onStdout.green("intact") : onStdout.red("not intact");
  print(`${mark}: ${visibleText(runDir)} (${looked})`);
  for (const { check, because } of skipped) print(`not checked: ${check}, because ${visibleText(because)}`);
  printErrors(findings.map(findingWords));
}
