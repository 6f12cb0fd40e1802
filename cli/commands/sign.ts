import { findingWords, signRun } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { signing } from "../../migrate/options/options-of-every-run.js";
import { EXIT } from "../exit-codes.js";
import { onStdout, print, printErrors, printJson } from "../print/terminal.js";
import { passphraseOfEnvironment, refuseOtherFolder } from "./command-inputs.js";
import { type CommandFlags, declareCommand, type FlagsOf } from "./declare-command.js";

const options = {
  key: {
    flag: "--key <file>",
    help: "Ed25519 or ECDSA P-256 private key (PEM), readable only by you",
    required: true,
  },
  signPassphraseFile: signing.signPassphraseFile,
  json: { flag: "--json", help: "print one JSON object on stdout" },
} as const satisfies CommandFlags;

export const signCommand = declareCommand({
  name: "sign",
  description: "verify a run folder and sign its manifest",
  words: { "<run-folder>": "the folder that audit or migrate wrote" },
  options,
  notes: "Refuses a folder that is not intact. Signatures by other keys are kept.",
  examples: `  openssl genpkey -algorithm ed25519 -out sign.pem && chmod 600 sign.pem
  openssl pkey -in sign.pem -pubout -out sign.pub.pem
  bucketseal sign run-1 --key sign.pem
  bucketseal verify run-1 --public-key sign.pub.pem`,
  run: (flags, runDir) => sign(runDir, flags),
});

async function sign(runDir: string, { key, signPassphraseFile, json }: FlagsOf<typeof options>): Promise<void> {
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
