import { z } from "zod";
import type { BucketPolicyFinding } from "../journal/bucket-record.js";

const statementSchema = z.looseObject({
  Sid: z.string().optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
/** One statement may stand without its brackets. */
const policySchema = z.looseObject({ Statement: z.union([z.array(statementSchema), statementSchema]) });

/** Such as `s3:x-amz-server-side-encryption`, and the ones for keys and customer algorithms that begin with it. */
const ON_ENCRYPTION = /^s3:x-amz-server-side-encryption/i;

/** What a bucket policy has to do with encryption; `null` for a document that is none. */
export function policyStatements(document: string): BucketPolicyFinding | null {
  const policy = policySchema.safeParse(parsed(document));
  if (!policy.success) return null;
  const { Statement: given } = policy.data;
  const statements = Array.isArray(given) ? given : [given];
  const onEncryption = statements.flatMap(({ Sid, Condition = {} }, index) => {
    const keys = Object.values(Condition).flatMap((operands) => Object.keys(operands));
    return keys.some((key) => ON_ENCRYPTION.test(key)) ? [Sid ?? `statement ${index + 1}`] : [];
  });
  return { kind: "present", statements: statements.length, onEncryption };
}

function parsed(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}
