import { EncryptedBucket, type EncryptedBucketProps, type Replication } from "../../../../constructs/index.js";
import type { ProviderId } from "../../../../providers/index.js";
import { stackOn } from "../../synth.js";

export const role = "arn:aws:iam::123456789012:role/replication";

export interface Ends {
  readonly rule?: Partial<Replication>;
  readonly source?: EncryptedBucketProps;
  readonly destination?: EncryptedBucketProps;
}

/** A versioned bucket that replicates into another; with a role if the store requires one. */
export function replicating(provider: ProviderId, { rule = {}, source = {}, destination = {} }: Ends = {}) {
  const { stack, storage } = stackOn(provider);
  const backup = new EncryptedBucket(stack, "backup", { versioning: "enabled", ...destination });
  const replication = { destination: backup, ...(provider === "aws" ? { role } : {}), ...rule };
  const invoices = new EncryptedBucket(stack, "invoices", { versioning: "enabled", replication, ...source });
  return { stack, storage, backup, invoices };
}
