import { findingWords, type Proof, type ProvenLine, type RunCheck } from "../../migrate/index.js";
import { countOf, visibleText } from "../../migrate/model/text.js";
import { onStdout, print, printErrors } from "./terminal.js";

/** Prints who signed a folder and the hash of its manifest, each on its own line for comparison. */
export function printSeal({ signature, manifestSha256 }: RunCheck["seal"]): void {
  if (manifestSha256 !== null) print(`manifest  sha256 ${manifestSha256}`);
  switch (signature.kind) {
    case "unsigned":
      print("unsigned  consistent, but anyone with write access could have rewritten all of it");
      return;
    case "unchecked":
      for (const keyid of signature.keyids) print(`key       sha256 ${keyid}, self-declared`);
      print(`${onStdout.yellow("unchecked")} it claims to be signed: check it with --public-key`);
      return;
    case "valid":
      for (const keyid of signature.keyids) print(`${onStdout.green("signed")}    by sha256 ${keyid}`);
      for (const keyid of signature.unchecked) print(`key       sha256 ${keyid}, self-declared, not checked`);
      return;
    case "invalid":
      print(`${onStdout.red("signature")} not valid`);
  }
}

interface Wanted {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Prints the lines of a key and their path to the root, for a person. `--json` has them byte for byte. */
export function printProof(proof: Proof, wanted: Wanted): void {
  if (proof.kind === "proof") {
    const { tree, lines, manifestSha256, signature } = proof;
    const whole = countOf(tree.lines, "line");
    print(`${onStdout.green("proven")}: ${countOf(lines.length, "line")} of ${whole} in the manifest's tree`);
    print(`root      sha256 ${tree.root}`);
    printSeal({ manifestSha256, signature });
    lines.forEach(printLine);
    return;
  }
  print(`${onStdout.red("not proven")}: ${visibleText(wanted.key)}`);
  if (proof.kind === "unprovable")
    print("the run folder is not intact: files that the proof needs were changed or are missing");
  printErrors(proof.kind === "no-line" ? [absentWords(proof, wanted)] : proof.findings.map(findingWords));
}

function printLine({ path, line, index, text, leafHash, auditPath }: ProvenLine): void {
  print();
  print(`${path}, line ${line} (leaf ${index})`);
  print(visibleText(text));
  print(`leaf      ${leafHash}`);
  for (const { side, hash } of auditPath) print(`${side.padEnd(10)}${hash}`);
}

function absentWords({ journalLines, versionIds }: Extract<Proof, { kind: "no-line" }>, wanted: Wanted): string {
  const { key, versionId } = wanted;
  if (versionId === undefined || versionIds.length === 0) {
    return `none of the ${countOf(journalLines, "line")} of the journal is about the key "${key}": give the complete key, as in the journal`;
  }
  const known = versionIds.map((id) => `"${id}"`).join(", ");
  return `the key "${key}" has no line for version "${versionId}": its lines are for ${known}`;
}
