import type { BucketFindings } from "../../journal/run-record.js";
import { capabilityWords } from "../capability-words.js";
import {
  defaultEncryptionWords,
  OBJECT_LOCK_WORDS,
  openUploadsWords,
  trialCopyWords,
  VERSIONING_WORDS,
} from "../finding-words.js";
import { escapeMarkdown } from "./escape-markdown.js";
import { markdownTable } from "./markdown-table.js";

const HEAD = [
  "Bucket",
  "Default encryption",
  "Versioning",
  "Object Lock",
  "Trial copy",
  "Capabilities",
  "Uploads still open",
];

export function bucketSection(buckets: readonly BucketFindings[]): string[] {
  const rows = buckets.map((found) => [
    escapeMarkdown(found.bucket),
    defaultEncryptionWords(found.defaultEncryption),
    VERSIONING_WORDS[found.versioning],
    OBJECT_LOCK_WORDS[found.objectLock],
    escapeMarkdown(trialCopyWords(found.canary)),
    capabilityWords(found.capabilities),
    openUploadsWords(found.openMultipartUploads),
  ]);
  const warnings = buckets.flatMap(({ bucket, warnings }) =>
    warnings.map((warning) => `- ${escapeMarkdown(bucket)}: ${escapeMarkdown(warning)}`),
  );
  return rows.length === 0
    ? []
    : ["## Buckets", markdownTable(HEAD, rows), ...(warnings.length === 0 ? [] : ["Warnings:", warnings.join("\n")])];
}
