import { z } from "zod";
import type { Attempt } from "../copy/attempt.js";
import { ENCRYPTION_STATES, EVIDENCE } from "../model/encryption.js";
import { LOSSES } from "../model/object.js";
import { STRATEGIES } from "../model/strategy.js";

const texts = z.record(z.string(), z.string());
const text = z.string().nullable();

const facts = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: text,
  sizeBytes: z.number(),
  etag: z.string(),
  lastModified: text,
  storageClass: z.string(),
  encryption: z.object({ state: z.enum(ENCRYPTION_STATES), evidence: z.enum(EVIDENCE) }),
  customerKey: z.null(),
  content: texts,
  userMetadata: texts,
  hiddenMetadata: z.number(),
  tagCount: z.number().nullable(),
  websiteRedirect: text,
  lock: z.object({ mode: text, retainUntil: text, legalHold: text }),
  checksums: texts,
  archived: z.boolean(),
  restored: z.boolean().optional(),
  copyClass: z.string().exactOptional(),
  clientSideEncrypted: z.boolean(),
  requestId: text,
});

const grant = z.object({
  permission: z.enum(["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"]),
  grantee: z.object({ kind: z.enum(["id", "uri", "emailAddress"]), value: z.string() }),
});

const attemptSchema = z.object({
  facts,
  carried: z.object({
    grants: z.array(grant).nullable(),
    tags: z.array(z.object({ key: z.string(), value: z.string() })),
    losses: z.array(z.object({ of: z.enum(LOSSES), words: z.string() })),
    owner: z.object({ before: z.string(), after: z.string() }).exactOptional(),
    newClass: z.object({ before: z.string(), after: z.string() }).exactOptional(),
  }),
  strategy: z.enum(STRATEGIES),
});

/** `null` for a line that a kill cut off. */
export function parseAttempt(line: string): Attempt | null {
  try {
    return attemptSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
