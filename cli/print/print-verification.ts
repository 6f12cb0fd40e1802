import { LIVE_KINDS, LIVE_WORDS } from "../../migrate/compare/compare-live.js";
import {
  type ComparedLine,
  findingWords,
  type LiveCheck,
  type LiveKind,
  type Proof,
  type ProvenLine,
  type RunCheck,
  type RunVerdict,
  type SignatureCheck,
  verdictOf,
} from "../../migrate/index.js";
import { countOf, formatCount, visibleText } from "../../migrate/model/text.js";
import { onStdout, print, printErrors, wrap } from "./terminal.js";

const MARKS: Readonly<Record<RunVerdict, string>> = {
  intact: onStdout.green("intact"),
  stopped: onStdout.yellow("stopped"),
  "not-intact": onStdout.red("not intact"),
};

/** Prints whether a folder is intact, for a person. */
export function printCheck({ findings, skipped, checked, seal }: RunCheck, runDir: string): void {
  const looked = `${countOf(checked.files, "file")} and ${countOf(checked.journalLines, "journal line")} checked`;
  print(`${MARKS[verdictOf(findings)]}: ${visibleText(runDir)} (${looked})`);
  printSeal(seal);
  for (const { check, because } of skipped) {
    const taken = "not checked: ".length;
    print(
      `not checked: ${wrap(`${check}, because ${visibleText(because)}`, { ...onTerminal(), taken, indent: "  " })}`,
    );
  }
  printErrors(findings.map(findingWords));
}

const LABEL_COLUMNS = 10;
const onTerminal = () => ({ columns: process.stdout.columns });

/** Prints a label in its column and a text beside it, made safe to show. A hash that does not fit gets a line of its own. */
function printLabelled(label: string, text: string, paint = (words: string) => words): void {
  const indent = " ".repeat(LABEL_COLUMNS);
  const words = wrap(visibleText(text), { ...onTerminal(), taken: LABEL_COLUMNS, indent });
  print(`${paint(label)}${" ".repeat(Math.max(1, LABEL_COLUMNS - label.length))}${words}`);
}

/** Prints who signed a folder and the hash of its manifest, each on its own line for comparison. */
function printSeal({ signature, manifestSha256, timestamps }: RunCheck["seal"]): void {
  if (manifestSha256 !== null) printLabelled("manifest", `sha256 ${manifestSha256}`);
  printSignature(signature);
  for (const { keyid, at, authority, isTrusted } of timestamps) {
    const trust = isTrusted ? "" : ", whom nothing vouches for: check it with --timestamp-ca";
    const words = `signature by ${keyid} existed at ${at}, according to ${authority}${trust}`;
    if (isTrusted) printLabelled("stamped", words, onStdout.green);
    else printLabelled("unchecked", words, onStdout.yellow);
  }
}

function printSignature(signature: SignatureCheck): void {
  switch (signature.kind) {
    case "unsigned":
      printLabelled("unsigned", "consistent, but anyone with write access could have rewritten all of it");
      return;
    case "unchecked":
      for (const keyid of signature.keyids) printLabelled("key", `sha256 ${keyid}, self-declared`);
      printLabelled("unchecked", "it claims to be signed: check it with --public-key", onStdout.yellow);
      return;
    case "valid":
      for (const keyid of signature.keyids) printLabelled("signed", `by sha256 ${keyid}`, onStdout.green);
      for (const keyid of signature.unchecked) printLabelled("key", `sha256 ${keyid}, self-declared, not checked`);
      return;
    case "invalid":
      printLabelled("signature", "not valid", onStdout.red);
  }
}

interface Wanted {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Prints the lines of a key and their path to the root, for a person. `--json` has them byte for byte. */
export function printProof(proof: Proof, wanted: Wanted): void {
  if (proof.kind === "proof") {
    const { tree, lines, manifestSha256, signature, timestamps } = proof;
    const whole = countOf(tree.lines, "line");
    print(`${onStdout.green("proven")}: ${countOf(lines.length, "line")} of ${whole} in the manifest's tree`);
    printLabelled("root", `sha256 ${tree.root}`);
    printSeal({ manifestSha256, signature, timestamps });
    lines.forEach(printLine);
    return;
  }
  print(`${onStdout.red("not proven")}: ${visibleText(wanted.key)}`);
  if (proof.kind === "unprovable")
    print(wrap("the run folder is not intact: files that the proof needs were changed or are missing", onTerminal()));
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

/** The most objects of each kind that are named. */
const NAMED = 20;
const COUNT_COLUMNS = 13;
/** The kinds that someone should look at. */
const NAMED_KINDS: readonly LiveKind[] = ["contradicts", "unread"];

export interface LivePrinter {
  /** Keeps the first few of each kind, to name them. */
  add(line: ComparedLine): void;
  print(check: LiveCheck): void;
}

/** Prints the result of a comparison with the bucket, for a person. */
export function livePrinter(): LivePrinter {
  const plain: ComparedLine[] = [];
  /** Unencrypted objects that are not named for another reason. */
  let plainCount = 0;
  /** Unread lines that were named. Lines of a location that cannot be seen are not. */
  const counts = new Map<LiveKind, number>();
  const named = new Map<LiveKind, ComparedLine[]>(NAMED_KINDS.map((kind) => [kind, []]));
  return {
    add(line) {
      counts.set(line.kind, (counts.get(line.kind) ?? 0) + 1);
      const kept = named.get(line.kind);
      if (kept !== undefined && kept.length < NAMED) kept.push(line);
      if (kept !== undefined || !line.unencrypted) return;
      plainCount += 1;
      if (plain.length < NAMED) plain.push(line);
    },
    print(check) {
      print(`${resultMark(check)}: ${lookedUp(check)} at ${visibleText(check.endpoint)}`);
      for (const kind of LIVE_KINDS) printCount(check.results[kind], LIVE_WORDS[kind]);
      if (check.unencrypted > 0) printCount(check.unencrypted, onStdout.red("not encrypted now, changed or not"));
      if (check.newObjects !== null)
        printCount(check.newObjects, "objects in the bucket that the report does not contain", true);
      printErrors(check.notSeen.map(({ bucket, prefix, detail }) => `s3://${bucket}/${prefix} is not seen: ${detail}`));
      for (const kind of NAMED_KINDS) printNamed(LIVE_NOTES[kind] ?? "", named.get(kind) ?? [], counts.get(kind) ?? 0);
      printNamed("not encrypted now: ", plain, plainCount);
    },
  };
}

function resultMark({ results, unencrypted, notSeen, end }: LiveCheck): string {
  if (results.contradicts > 0) return onStdout.red("contradicted");
  if (unencrypted > 0) return onStdout.red("not encrypted");
  if (notSeen.length > 0) return onStdout.yellow("not all seen");
  if (end === "complete" && comparedCount(results) === 0) return onStdout.yellow("nothing compared");
  if (results.unread > 0 || end === "interrupted") return onStdout.yellow("not all seen");
  return onStdout.green("not contradicted");
}

function lookedUp({ lines, sample, results }: LiveCheck): string {
  const words = `${formatCount(comparedCount(results))} of ${countOf(lines, "line")} looked up`;
  return sample === null ? words : `${words}, drawn by seed ${sample.seed},`;
}

/** The number of lines that were looked up in the bucket. */
export function comparedCount(results: LiveCheck["results"]): number {
  return Object.values(results).reduce((sum, count) => sum + count, 0);
}

function printCount(count: number, words: string, always = false): void {
  if (count > 0 || always) print(`${formatCount(count).padStart(COUNT_COLUMNS)}  ${words}`);
}

function printNamed(note: string, named: readonly ComparedLine[], count: number): void {
  printErrors(
    named.map(({ bucket, key, versionId, segment, line, detail }) => {
      const version = versionId === null ? "" : ` version ${versionId}`;
      return `s3://${bucket}/${key}${version} (${segment} line ${line}): ${note}${detail ?? "as the report says"}`;
    }),
  );
  if (count > named.length) printErrors([`${countOf(count - named.length, "more line")}: --json lists all of them`]);
}

const LIVE_NOTES: Readonly<Partial<Record<LiveKind, string>>> = {
  contradicts: "contradicts the report: ",
  unread: "could not be read: ",
};
