import type { VersionRecord } from "../../journal/observation.js";
import type { BucketFindings, RunRecord } from "../../journal/run-record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { formatBytes, formatCount, visibleText } from "../../model/text.js";
import type { VersionExceptions } from "../exceptions.js";
import { bucketFacts, runFacts } from "../facts.js";
import {
  type NoncurrentTotals,
  noncurrentClosingWords,
  VERSION_OUTCOME_KINDS,
  VERSION_OUTCOME_WORDS,
  versionReasonWords,
} from "../noncurrent.js";
import { outcomeCount, UNSEEN_WORDS } from "../not-seen.js";
import type { Remaining } from "../remains.js";
import { runSettings } from "../run-state.js";
import type { Fact } from "../run-words.js";
import type { Summary } from "../summary.js";

/** A table of cells that are already Markdown. The `numeric` columns are right-aligned. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly string[] = [],
): string {
  const rule = head.map((column) => (numeric.includes(column) ? "---:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

// Characters that could end a table cell or become HTML are written as entities, since renderers disagree on
// backslashes there.
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "@": "&#64;",
};

/** Escapes text so that it stays text in Markdown and in tables: no markup, link, HTML or line break. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replace(/[\\`*_[\]#~^$]/g, "\\$&")
    .replace(/[&<>|@]/g, (character) => ENTITIES[character] ?? "")
    .replaceAll("://", "&#58;//")
    .replace(/www\./gi, (found) => `${found.slice(0, -1)}&#46;`);
}

const SHOWN = 50;

/** The findings about the buckets, one table each. */
export function bucketSection(buckets: readonly BucketFindings[]): string[] {
  const more = buckets.length - SHOWN;
  return buckets.length === 0
    ? []
    : [
        "## Buckets",
        ...(more > 0 ? [`The first ${formatCount(SHOWN)} of ${formatCount(buckets.length)}; run.json has all.`] : []),
        ...buckets.slice(0, SHOWN).flatMap(oneBucket),
      ];
}

function oneBucket(found: BucketFindings): string[] {
  const warnings = found.warnings.map((warning) => `- ${escapeMarkdown(warning)}`);
  return [
    `### ${escapeMarkdown(found.bucket)}`,
    factTable(["What", "Found"], bucketFacts(found)),
    ...(warnings.length === 0 ? [] : ["Warnings:", warnings.join("\n")]),
  ];
}

const SHOWN_VERSIONS = 100;
const FIGURES = ["Count", "Size"] as const;

/** The noncurrent versions, counted separately from the objects. */
export function noncurrentSection(noncurrent: NoncurrentTotals | undefined, exceptions: VersionExceptions): string[] {
  if (noncurrent === undefined) return [];
  const { listed, deleteMarkers, outcomes, replayed } = noncurrent;
  const rows = [
    ["**listed**", `**${formatCount(listed)}**`, ""],
    ...VERSION_OUTCOME_KINDS.map((kind) => [
      VERSION_OUTCOME_WORDS[kind],
      formatCount(outcomes[kind].objects),
      formatBytes(outcomes[kind].bytes),
    ]),
    ["re-created encrypted before they were listed", formatCount(replayed.objects), formatBytes(replayed.bytes)],
    ["delete markers, which contain no data", formatCount(deleteMarkers), ""],
  ];
  return [
    "## Noncurrent versions",
    markdownTable(["Noncurrent versions", ...FIGURES], rows, FIGURES),
    escapeMarkdown(noncurrentClosingWords(noncurrent)),
    ...exceptionTable(exceptions),
  ];
}

function exceptionTable({ total, first }: VersionExceptions): string[] {
  if (total === 0) return [];
  const shown = first.slice(0, SHOWN_VERSIONS);
  const more = total > shown.length ? ` The first ${formatCount(shown.length)} are here; report.csv has all.` : "";
  const head = ["Version", "Size", "Encryption", "Why"];
  return [`${formatCount(total)} to check one by one.${more}`, markdownTable(head, shown.map(versionRow), ["Size"])];
}

function versionRow({ bucket, key, before, outcome, notes }: VersionRecord): string[] {
  const detail = outcome.kind === "failed" ? outcome.detail : "";
  const why = [versionReasonWords(outcome), detail, ...notes].filter((part) => part !== "");
  return [
    escapeMarkdown(`s3://${bucket}/${key} (version ${before.versionId ?? "null"})`),
    formatBytes(before.sizeBytes),
    outcome.kind === "vanished" ? "gone" : STATE_WORDS[before.state],
    why.map(escapeMarkdown).join("; "),
  ];
}

/** The remaining work and the limits of the run, placed before any figure that could be over-interpreted. */
export function remainsSection(remaining: readonly Remaining[], limits: readonly string[]): string[] {
  const items = remaining.map(({ words }) => `- ${escapeMarkdown(words)}`);
  return [
    "## What remains",
    items.length === 0 ? "Nothing that this run saw." : items.join("\n"),
    ...(limits.length === 0 ? [] : ["Not covered:", limits.map((line) => `- ${escapeMarkdown(line)}`).join("\n")]),
  ];
}

const RUN_FIGURES = ["Listed", "With an outcome", "Excluded by filters", "Unencrypted now"];

export function runSection(run: RunRecord): string[] {
  return ["## Run", factTable(["What", "Value"], runFacts(run))];
}

export function settingSection(run: RunRecord): string[] {
  const settings = runSettings(run);
  const rows = settings.map(({ name, value, origin }) => [escapeMarkdown(name), escapeMarkdown(value), origin]);
  return rows.length === 0 ? [] : ["## Settings", markdownTable(["Option", "Value", ""], rows)];
}

export function scopeSection({ scopes }: Summary): string[] {
  const rows = scopes.map((scope) => [
    escapeMarkdown(`s3://${scope.bucket}/${scope.prefix}`),
    formatCount(scope.listed),
    formatCount(outcomeCount(scope)),
    formatCount(scope.filteredOut),
    formatCount(scope.statesNow.none.objects),
    scope.unseen !== undefined
      ? `**not seen: ${UNSEEN_WORDS[scope.unseen.because]}**`
      : scope.closes
        ? "yes"
        : "**no**",
  ]);
  return ["## Scope", markdownTable(["Bucket and prefix", ...RUN_FIGURES, "Closes"], rows, RUN_FIGURES)];
}

function factTable(head: readonly string[], facts: readonly Fact[]): string {
  return markdownTable(
    head,
    facts.map((fact) => fact.map(escapeMarkdown)),
  );
}
