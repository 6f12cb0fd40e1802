import { Command } from "commander";
import { findingWords, signRun } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { EXIT } from "../exit-codes.js";
import { onStdout, print, printErrors, printJson } from "../print/terminal.js";
import { passphraseOfEnvironment, refuseOtherFolder } from "./command-inputs.js";
import { PASSPHRASE_FILE } from "./run-flags.js";

const EXAMPLES = `
A folder that verify does not find intact is not signed. Signatures of other
keys stay beside the new one.

Examples:
  openssl genpkey -algorithm ed25519 -out sign.pem && chmod 600 sign.pem
  openssl pkey -in sign.pem -pubout -out sign.pub.pem
  bucketseal sign run-1 --key sign.pem
  bucketseal verify run-1 --public-key sign.pub.pem`;

export function signCommand(): Command {
  return new Command("sign")
    .description("check a run folder, and sign its manifest")
    .argument("<run-folder>", "the folder that audit or migrate wrote")
    .requiredOption("--key <file>", "an Ed25519 or ECDSA P-256 private key (PEM), which nobody else may read")
    .option("--sign-passphrase-file <file>", PASSPHRASE_FILE)
    .option("--json", "one JSON object on stdout")
    .addHelpText("after", EXAMPLES)
    .action(sign);
}

interface Flags {
  readonly key: string;
  readonly signPassphraseFile?: string;
  readonly json?: boolean;
}

async function sign(runDir: string, { key, signPassphraseFile, json }: Flags): Promise<void> {
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
    print(`${onStdout.red("not signed")}: ${visibleText(runDir)} does not hold`);
    printErrors(signed.findings.map(findingWords));
  }
}
