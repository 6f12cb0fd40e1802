import { Command } from "commander";
import { checkRun, type Finding, findingWords, TOOL_VERSION } from "../../migrate/index.js";
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
  const mark = markOf(findings);
  print(`${mark}: ${visibleText(runDir)} (${looked})`);
  for (const { check, because } of skipped) print(`not checked: ${check}, because ${visibleText(because)}`);
  printErrors(findings.map(findingWords));
}

/** What a kill leaves is no change of the folder. */
const OF_A_KILL: ReadonlySet<Finding["kind"]> = new Set(["run-not-ended", "line-cut-off"]);

function markOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return onStdout.green("intact");
  return findings.every(({ kind }) => OF_A_KILL.has(kind)) ? onStdout.yellow("not ended") : onStdout.red("not intact");
}
