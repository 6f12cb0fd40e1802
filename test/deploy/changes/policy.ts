import { DeleteBucketPolicyCommand, GetBucketPolicyCommand } from "@aws-sdk/client-s3";
import { orCode, type PropertyChange } from "./property-change.js";

interface Policy {
  readonly Statement: readonly { readonly Sid: string }[];
}

export const policy: PropertyChange = {
  id: "guarded",
  before: { denyCustomerKeys: true },
  after: { enforceTls: true, minimumTlsVersion: "1.2", denyUnencryptedUploads: true },
  plan: { "aws_s3_bucket_policy.guarded_policy": "update" },
  leftOut: { "aws_s3_bucket_policy.guarded_policy": "delete" },
  read: (s3, Bucket) =>
    orCode(
      s3.send(new GetBucketPolicyCommand({ Bucket })).then(({ Policy: text = "" }) => {
        const { Statement } = JSON.parse(text) as Policy;
        return Statement.map(({ Sid }) => Sid);
      }),
    ),
  finds: {
    before: ["DenyCustomerKeys"],
    after: ["DenyWithoutTls", "DenyOldTls", "DenyUploadsWithoutEncryption", "DenyOtherEncryption"],
  },
  undo: (s3, Bucket) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
};
