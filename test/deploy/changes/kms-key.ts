import { defaultEncryption, removeDefault } from "./encryption.js";
import type { PropertyChange } from "./property-change.js";

const kmsKey = "arn:aws:kms:eu-west-3:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

export const kmsKeys: PropertyChange = {
  id: "keyed",
  before: {},
  after: { kmsKey },
  plan: { "aws_s3_bucket_server_side_encryption_configuration.keyed_encryption": "update" },
  leftOut: { "aws_s3_bucket_server_side_encryption_configuration.keyed_encryption": "update" },
  read: defaultEncryption,
  finds: {
    before: { SSEAlgorithm: "AES256", BucketKeyEnabled: false },
    after: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsKey, BucketKeyEnabled: true },
  },
  undo: removeDefault,
};
