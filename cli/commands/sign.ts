import { findingWords, signRun } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import type { SignFlags } from "../declarations/run-folders.js";
import { EXIT } from "../exit-codes.js";
import { onStdout, print, printErrors, printJson } from "../print/terminal.js";
import { passphraseOfEnvironment, refuseOtherFolder } from "./command-inputs.js";

export async function sign({ key, signPassphraseFile, json }: SignFlags, runDir: string): Promise<void> {
  await refuseOtherFolder(runDir);
  const signed = await signRun(runDir, { sign: key, signPassphraseFile, ...passphraseOfEnvironment() });
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
