import { DeleteBucketLifecycleCommand, GetBucketLifecycleConfigurationCommand } from "@aws-sdk/client-s3";
import { orCode, type Plan, type PropertyChange } from "./property-change.js";

const abortIncompleteMultipartUploadDays = 7;
const ABORT = ["abort-incomplete-multipart-uploads", undefined, undefined, 7];

/** Rules are a part of their own on Amazon S3, and belong to the bucket elsewhere, where those that are left out stay in effect. */
export function lifecycle(part: string, leftOut: Plan): PropertyChange {
  return {
    id: "aged",
    before: {
      abortIncompleteMultipartUploadDays,
      lifecycleRules: [{ id: "drafts", prefix: "drafts/", expirationDays: 30 }],
    },
    after: {
      abortIncompleteMultipartUploadDays,
      lifecycleRules: [{ id: "drafts", prefix: "drafts/", expirationDays: 60 }],
    },
    plan: { [part]: "update" },
    leftOut,
    read: (s3, Bucket) =>
      orCode(
        s3
          .send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
          .then(({ Rules = [] }) =>
            Rules.toSorted((one, other) => (String(one.ID) < String(other.ID) ? -1 : 1)).map(
              ({ ID, Filter, Expiration, AbortIncompleteMultipartUpload: abort }) => [
                ID,
                Filter?.Prefix || undefined,
                Expiration?.Days,
                abort?.DaysAfterInitiation,
              ],
            ),
          ),
      ),
    finds: {
      before: [ABORT, ["drafts", "drafts/", 30, undefined]],
      after: [ABORT, ["drafts", "drafts/", 60, undefined]],
    },
    undo: (s3, Bucket) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
  };
}
