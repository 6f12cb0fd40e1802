import type { Experiment } from "../probe-session.js";
import { bodyAfterCopy, etagAfterCopy, headersAfterCopy, headSseAfterCopy } from "./after-copy.js";
import { defaultEncryption, listingEncoding, objectLock, versioning } from "./bucket.js";
import { completeIfMatch, copyIfMatch, copySourceIfMatch, partSourceIfMatch, putIfMatch } from "./conditions.js";
import { aclSentWithCopy, aclSentWithUpload, selfCopy, selfCopyReplacing, storageClassSentWithCopy } from "./copies.js";
import { keptByWays } from "./kept-by-ways.js";
import { readLocks, readLocksOfNothing, writeLegalHold, writeRetention } from "./locks.js";
import { partCopyPercent, uploadPartCopy } from "./part-copies.js";
import { putWithoutSse, putWithSse, storageClass } from "./puts.js";
import { objectAcl, objectTags, taggingHeader } from "./tags-and-acl.js";

/** Experiments that need no object. */
export const READING: readonly Experiment[] = [versioning, objectLock, defaultEncryption, ...readLocksOfNothing];

/** Experiments that need test objects. Some use the findings of earlier ones. */
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
