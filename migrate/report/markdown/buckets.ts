import type { VersionRecord } from "../../journal/observation.js";
import type { BucketFindings, RunRecord } from "../../journal/run-record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { visibleText } from "../../model/text.js";
import { type VersionExceptions, versionReasonWords } from "../exceptions.js";
import { bucketFacts, runFacts } from "../facts.js";
import type { Language } from "../language.js";
import {
  type NoncurrentTotals,
  noncurrentClosingWords,
  VERSION_OUTCOME_KINDS,
  VERSION_OUTCOME_WORDS,
} from "../noncurrent.js";
import { outcomeCount, UNSEEN_WORDS } from "../not-seen.js";
import type { Remaining } from "../remains.js";
import { runSettings } from "../run-state.js";
import type { Fact } from "../run-words.js";
import type { Summary } from "../summary.js";
import type { Tally } from "../tally.js";
import { plaintextSources } from "../words.js";

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
export function bucketSection(buckets: readonly BucketFindings[], lang: Language): string[] {
  const { say } = lang;
  const all = buckets.length;
  return all === 0
    ? []
    : [
        `## ${say("Buckets")}`,
        ...(all > SHOWN ? [say("The first {n} of {all}; run.json has all.", { n: SHOWN, all })] : []),
        ...buckets.slice(0, SHOWN).flatMap((found) => oneBucket(found, lang)),
      ];
}

function oneBucket(found: BucketFindings, lang: Language): string[] {
  const { say } = lang;
  const warnings = found.warnings.map((warning) => `- ${escapeMarkdown(warning)}`);
  return [
    `### ${escapeMarkdown(found.bucket)}`,
    factTable([say("What"), say("Found")], bucketFacts(found, lang)),
    ...(warnings.length === 0 ? [] : [say("Warnings:"), warnings.join("\n")]),
  ];
}

const SHOWN_VERSIONS = 100;

/** The noncurrent versions, counted separately from the objects. */
export function noncurrentSection(
  noncurrent: NoncurrentTotals | undefined,
  exceptions: VersionExceptions,
  lang: Language,
): string[] {
  if (noncurrent === undefined) return [];
  const { say, count, bytes } = lang;
  const { listed, deleteMarkers, outcomes, replayed } = noncurrent;
  const figuresOf = (words: string, { objects, bytes: size }: Tally) => [words, count(objects), bytes(size)];
  const sources = plaintextSources(noncurrent).map(({ words, tally }) =>
    figuresOf(say("of which {source}", { source: say(words) }), tally),
  );
  const rows = [
    [`**${say("listed{#versions}")}**`, `**${count(listed)}**`, ""],
    ...VERSION_OUTCOME_KINDS.flatMap((kind) => [
      figuresOf(say(`${VERSION_OUTCOME_WORDS[kind]}{#versions}`), outcomes[kind]),
      ...(kind === "plaintext" ? sources : []),
    ]),
    figuresOf(say("re-created encrypted before they were listed"), replayed),
    [say("delete markers, which contain no data"), count(deleteMarkers), ""],
  ];
  const figures = [say("Count"), say("Size")];
  return [
    `## ${say("Noncurrent versions")}`,
    markdownTable([say("Noncurrent versions"), ...figures], rows, figures),
    escapeMarkdown(noncurrentClosingWords(noncurrent, lang)),
    ...exceptionTable(exceptions, lang),
  ];
}

function exceptionTable({ total: n, first }: VersionExceptions, lang: Language): string[] {
  if (n === 0) return [];
  const { say } = lang;
  const shown = first.slice(0, SHOWN_VERSIONS);
  const toCheck = `${say("{n} to check one by one", { n })}.`;
  const more = say("The first {n} are here; report.csv has all.", { n: shown.length });
  const head = [say("Version"), say("Size"), say("Encryption"), say("Why")];
  return [
    n > shown.length ? `${toCheck} ${more}` : toCheck,
    markdownTable(
      head,
      shown.map((record) => versionRow(record, lang)),
      [say("Size")],
    ),
  ];
}

function versionRow({ bucket, key, before, outcome, notes }: VersionRecord, lang: Language): string[] {
  const { say } = lang;
  const detail = outcome.kind === "failed" ? outcome.detail : "";
  const why = [versionReasonWords(outcome, lang), detail, ...notes].filter((part) => part !== "");
  return [
    escapeMarkdown(`s3://${bucket}/${key} (version ${before.versionId ?? "null"})`),
    lang.bytes(before.sizeBytes),
    say(outcome.kind === "vanished" ? "gone" : STATE_WORDS[before.state]),
    why.map(escapeMarkdown).join("; "),
  ];
}

/** The remaining work and the limits of the run, placed before any figure that could be over-interpreted. */
export function remainsSection(
  remaining: readonly Remaining[],
  limits: readonly string[],
  { say }: Language,
): string[] {
  const items = remaining.map(({ words }) => `- ${escapeMarkdown(words)}`);
  return [
    `## ${say("What remains")}`,
    items.length === 0 ? say("Nothing that this run saw.") : items.join("\n"),
    ...(limits.length === 0 ? [] : [say("Not covered:"), limits.map((line) => `- ${escapeMarkdown(line)}`).join("\n")]),
  ];
}

export function runSection(run: RunRecord, lang: Language): string[] {
  const { say } = lang;
  return [`## ${say("Run")}`, factTable([say("What"), say("Value")], runFacts(run, lang))];
}

export function settingSection(run: RunRecord, lang: Language): string[] {
  const { say } = lang;
  const settings = runSettings(run, lang);
  const rows = settings.map(({ name, value, origin }) => [escapeMarkdown(name), escapeMarkdown(value), say(origin)]);
  return rows.length === 0 ? [] : [`## ${say("Settings")}`, markdownTable([say("Option"), say("Value"), ""], rows)];
}

export function scopeSection({ scopes }: Summary, { say, count }: Language): string[] {
  const rows = scopes.map((scope) => [
    escapeMarkdown(`s3://${scope.bucket}/${scope.prefix}`),
    count(scope.listed),
    count(outcomeCount(scope)),
    count(scope.filteredOut),
    count(scope.statesNow.none.objects),
    scope.unseen !== undefined
      ? `**${say("not seen: {why}", { why: say(UNSEEN_WORDS[scope.unseen.because]) })}**`
      : scope.closes
        ? say("yes")
        : `**${say("no")}**`,
  ]);
  const figures = [say("Listed"), say("With an outcome"), say("Excluded by filters"), say("Unencrypted now")];
  return [`## ${say("Scope")}`, markdownTable([say("Bucket and prefix"), ...figures, say("Closes")], rows, figures)];
}

/** A table of facts that are not escaped yet. */
export function factTable(head: readonly string[], facts: readonly Fact[]): string {
  return markdownTable(
    head,
    facts.map((fact) => fact.map(escapeMarkdown)),
  );
}
