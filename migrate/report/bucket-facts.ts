import type { BucketFindings } from "../journal/run-record.js";
import { countOf, formatInstant } from "../model/text.js";
import { capabilityWords } from "./capability-words.js";
import type { Fact } from "./fact.js";
import {
  defaultEncryptionWords,
  OBJECT_LOCK_WORDS,
  openUploadsWords,
  trialCopyWords,
  VERSIONING_WORDS,
} from "./finding-words.js";
import { lifecycleWords, policyWords, replicationWords } from "./rule-words.js";

/** What was found of a bucket itself. Values are as recorded: escape them for the format at hand. */
export function bucketFacts(found: BucketFindings): readonly Fact[] {
  return [
    ...(found.region === undefined ? [] : [["Region", found.region] as const]),
    ["Default encryption", defaultEncryptionWords(found)],
    ["Versioning", VERSIONING_WORDS[found.versioning]],
    ["Object Lock", OBJECT_LOCK_WORDS[found.objectLock]],
    ["Uploads still open", uploadsWords(found)],
    ["Bucket policy", policyWords(found.policy)],
    ["Lifecycle rules", lifecycleWords(found.lifecycle)],
    ["Replication", replicationWords(found.replication)],
    ["Trial copy", trialCopyWords(found.canary)],
    ["Capabilities", capabilityWords(found.capabilities)],
  ];
}

function uploadsWords({ openMultipartUploads, atEnd }: BucketFindings): string {
  const atStart = `${openUploadsWords(openMultipartUploads)} when the run began`;
  if (atEnd === undefined) return atStart;
  const { openUploads } = atEnd;
  if (openUploads === null) return `${atStart}; at its end they could not be listed`;
  const { open, earlier, begunUpTo } = openUploads;
  if (open === 0) return `${atStart}, none at its end`;
  return `${atStart}, ${countOf(open, "upload")} at its end, ${earlier} of them begun by ${formatInstant(begunUpTo)}`;
}
