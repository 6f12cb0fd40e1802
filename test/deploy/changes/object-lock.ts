import { GetObjectLockConfigurationCommand, PutObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import type { PropertyChange } from "./property-change.js";

export const defaultRetention: PropertyChange = {
  id: "locked",
  before: { defaultRetention: { mode: "governance", days: 1 } },
  after: { defaultRetention: { mode: "governance", days: 2 } },
  // A bucket without Object Lock would be another bucket.
  keeps: { objectLock: true },
  plan: { "aws_s3_bucket_object_lock_configuration.locked_object-lock": "update" },
  leftOut: { "aws_s3_bucket_object_lock_configuration.locked_object-lock": "delete" },
  read: async (s3, Bucket) => {
    const { ObjectLockConfiguration: found } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const rule = found?.Rule?.DefaultRetention;
    return [found?.ObjectLockEnabled, rule?.Mode, rule?.Days];
  },
  finds: {
    before: ["Enabled", "GOVERNANCE", 1],
    after: ["Enabled", "GOVERNANCE", 2],
  },
  undo: (s3, Bucket) =>
    s3.send(
      new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } }),
    ),
};
