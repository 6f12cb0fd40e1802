import { DeleteBucketEncryptionCommand, GetBucketEncryptionCommand, type S3Client } from "@aws-sdk/client-s3";
import { orCode } from "./property-change.js";

/** What a bucket does with objects that ask for nothing. */
export function defaultEncryption(s3: S3Client, Bucket: string): Promise<unknown> {
  return orCode(
    s3.send(new GetBucketEncryptionCommand({ Bucket })).then(({ ServerSideEncryptionConfiguration: found }) => {
      const rule = found?.Rules?.[0];
      return { ...rule?.ApplyServerSideEncryptionByDefault, BucketKeyEnabled: rule?.BucketKeyEnabled === true };
    }),
  );
}

export function removeDefault(s3: S3Client, Bucket: string): Promise<unknown> {
  return s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
}
