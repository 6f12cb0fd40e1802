import type { BucketFindings } from "../../journal/run-record.js";
import { formatCount } from "../../model/text.js";
import { bucketFacts } from "../bucket-facts.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { factTable } from "./run-section.js";

const SHOWN = 50;

/** What was found of the buckets themselves, one table each. */
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
