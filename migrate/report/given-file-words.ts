import type { BaselineRecord, KeyManifestRecord, RunRecord } from "../journal/run-record.js";
import { countOf, formatCount, formatInstant, visibleText } from "../model/text.js";
import type { Fact } from "./fact.js";
import type { Totals } from "./summary.js";

/** The files that a run went by, for its facts. Values are as recorded: escape them for the format at hand. */
export function givenFileFacts({ keyManifest, baseline }: RunRecord): Fact[] {
  return [
    ...(keyManifest === undefined ? [] : [["Kept to", manifestWords(keyManifest)] as const]),
    ...(baseline === undefined ? [] : [["Baseline", baselineWords(baseline)] as const]),
  ];
}

function manifestWords({ format, files, createdAt, lines, outside }: KeyManifestRecord): string {
  const names = files.map(({ name, sha256 }) => `${name} (SHA-256 ${sha256})`).join(", ");
  const made = createdAt === null ? "" : `, made ${formatInstant(createdAt)}`;
  const elsewhere =
    outside === 0 ? "" : `; ${countOf(outside, "more line names", "more lines name")} objects elsewhere`;
  return `${countOf(lines, "line")} of ${FORMAT_WORDS[format]} ${names}${made}${elsewhere}`;
}

const FORMAT_WORDS: Readonly<Record<KeyManifestRecord["format"], string>> = {
  inventory: "the S3 Inventory",
  keys: "the list of keys",
  keys0: "the list of keys",
  journal: "the run",
};

function baselineWords({
  run,
  startedAt,
  lines,
  oneOf,
  seed,
  dropped,
  leftOut,
  signedBy = [],
}: BaselineRecord): string {
  const named = `run ${run}${startedAt === null ? "" : ` of ${formatInstant(startedAt)}`}, ${countOf(lines, "line")} that could count`;
  if (leftOut !== undefined) {
    return `run ${run}; left out, since this run is signed and no key was given to check the baseline by: every object was read`;
  }
  if (dropped !== null) return `${named}; dropped, since a sampled object contradicted it`;
  return `${named}; ${restWords(signedBy)}; one of ${rounded(oneOf)} was read again, drawn by seed ${seed}`;
}

/** What a baseline rests on. */
function restWords(signedBy: readonly string[]): string {
  if (signedBy.length === 0) return "it agreed with itself, and no key was given to check a signature by";
  return `signed by key ${signedBy.join(", ")}, which was given`;
}

/** What a reader might take the run to have seen, although files said it. Safe to print. */
export function givenFileCaveats({ evidenceNow }: Totals, { keyManifest, baseline }: RunRecord): string[] {
  const taken = evidenceNow.baseline?.objects ?? 0;
  const listed = evidenceNow.inventory?.objects ?? 0;
  return [
    ...(keyManifest === undefined
      ? []
      : [`Every object that ${visibleText(nameOf(keyManifest))} does not name: this run was kept to it.`]),
    ...(listed === 0
      ? []
      : [
          `The answer of the store about ${countOf(listed, "object")}: its inventory says how they are encrypted, and they are listed as it has them.`,
        ]),
    ...(taken === 0 || baseline === undefined
      ? []
      : [
          `The answer of the store about ${countOf(taken, "object")}: they are listed with the version, ETag, size and date that they had in an earlier, verified run (${baseline.run}; ${restWords(baseline.signedBy ?? [])}), of which one of ${rounded(baseline.oneOf)} was read again and agreed.`,
        ]),
    ...(baseline?.dropped ? [droppedWords(baseline.dropped)] : []),
  ];
}

function nameOf({ files }: KeyManifestRecord): string {
  const [first, ...others] = files.map(({ name }) => name);
  return others.length === 0 ? (first ?? "its manifest") : `${first} and ${countOf(others.length, "more file")}`;
}

function droppedWords({ bucket, key, detail }: NonNullable<BaselineRecord["dropped"]>): string {
  return `The earlier run that was given to go by: s3://${visibleText(`${bucket}/${key}`)} contradicted it (${visibleText(detail)}), so that every object was read.`;
}

function rounded(oneOf: number): string {
  return Number.isInteger(oneOf) ? formatCount(oneOf) : oneOf.toFixed(1);
}
