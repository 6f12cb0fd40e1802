import type { VersionRecord } from "../../journal/observation.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { formatBytes, formatCount } from "../../model/text.js";
import type { NoncurrentTotals } from "../noncurrent.js";
import { noncurrentClosingWords } from "../noncurrent-words.js";
import type { VersionExceptions } from "../version-exceptions.js";
import { VERSION_OUTCOME_KINDS, VERSION_OUTCOME_WORDS, versionReasonWords } from "../version-words.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { markdownTable } from "./markdown-table.js";

const SHOWN = 100;
const FIGURES = ["Count", "Size"] as const;

/** The noncurrent versions, counted apart from the objects. */
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
    ["delete markers, which hold nothing", formatCount(deleteMarkers), ""],
  ];
  return [
    "## Older versions",
    markdownTable(["Noncurrent versions", ...FIGURES], rows, FIGURES),
    escapeMarkdown(noncurrentClosingWords(noncurrent)),
    ...exceptionTable(exceptions),
  ];
}

function exceptionTable({ total, first }: VersionExceptions): string[] {
  if (total === 0) return [];
  const shown = first.slice(0, SHOWN);
  const more = total > shown.length ? ` The first ${formatCount(shown.length)} are here; report.csv has all.` : "";
  const head = ["Version", "Size", "Encryption", "Why"];
  return [`${formatCount(total)} to look at one by one.${more}`, markdownTable(head, shown.map(versionRow), ["Size"])];
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
