import type { RunRecord } from "../../journal/run-record.js";
import { formatCount } from "../../model/text.js";
import { outcomeCount } from "../counts.js";
import type { Fact } from "../fact.js";
import { UNSEEN_WORDS } from "../not-seen.js";
import { runFacts } from "../run-facts.js";
import { runSettings } from "../run-settings.js";
import type { Summary } from "../summary.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { markdownTable } from "./markdown-table.js";

const FIGURES = ["Listed", "With an outcome", "Left out by filters", "Unencrypted now"];

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
  return ["## Scope", markdownTable(["Bucket and prefix", ...FIGURES, "Closes"], rows, FIGURES)];
}

export function factTable(head: readonly string[], facts: readonly Fact[]): string {
  return markdownTable(
    head,
    facts.map((fact) => fact.map(escapeMarkdown)),
  );
}
