import { aclSentWithCopy, aclSentWithUpload } from "./acl-sent-with-copy.js";
import { bodyAfterCopy } from "./body-after-copy.js";
import { completeIfMatch } from "./complete-if-match.js";
import { copyIfMatch } from "./copy-if-match.js";
import { copySourceIfMatch } from "./copy-source-if-match.js";
import { defaultEncryption } from "./default-encryption.js";
import { etagAfterCopy } from "./etag-after-copy.js";
import type { Experiment } from "./experiment.js";
import { headSseAfterCopy } from "./head-sse-after-copy.js";
import { headersAfterCopy } from "./headers-after-copy.js";
import { keptByWays } from "./kept-by-ways.js";
import { listingEncoding } from "./listing-encoding.js";
import { objectAcl } from "./object-acl.js";
import { objectLock } from "./object-lock.js";
import { objectTags } from "./object-tags.js";
import { partSourceIfMatch } from "./part-source-if-match.js";
import { putIfMatch } from "./put-if-match.js";
import { putWithSse } from "./put-with-sse.js";
import { putWithoutSse } from "./put-without-sse.js";
import { readLocks, readLocksOfNothing } from "./read-locks.js";
import { selfCopy } from "./self-copy.js";
import { selfCopyReplacing } from "./self-copy-replacing.js";
import { storageClass } from "./storage-class.js";
import { storageClassSentWithCopy } from "./storage-class-sent-with-copy.js";
import { taggingHeader } from "./tagging-header.js";
import { partCopyPercent, uploadPartCopy } from "./upload-part-copy.js";
import { versioning } from "./versioning.js";
import { writeLegalHold, writeRetention } from "./write-locks.js";

/** What needs no object. */
export const READING: readonly Experiment[] = [versioning, objectLock, defaultEncryption, ...readLocksOfNothing];

/** What needs throw-away objects. Some look at what those before them found. */
export const WRITING: readonly Experiment[] = [
  listingEncoding,
  putWithSse,
  putWithoutSse,
  selfCopy,
  selfCopyReplacing,
  headSseAfterCopy,
  bodyAfterCopy,
  etagAfterCopy,
  headersAfterCopy,
  uploadPartCopy,
  partCopyPercent,
  objectTags,
  taggingHeader,
  objectAcl,
  aclSentWithCopy,
  aclSentWithUpload,
  storageClass,
  storageClassSentWithCopy,
  putIfMatch,
  copyIfMatch,
  copySourceIfMatch,
  partSourceIfMatch,
  completeIfMatch,
  ...keptByWays,
  ...readLocks,
  writeRetention,
  writeLegalHold,
];
