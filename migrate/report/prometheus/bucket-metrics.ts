import type { RunRecord } from "../../journal/run-record.js";
import { isEncrypting } from "../../model/encryption.js";
import { defaultNow, uploadsBefore } from "../remains/upload-remains.js";
import { gauge, type Metric } from "./metric.js";

/** The buckets themselves. */
export function bucketMetrics({ buckets }: RunRecord): Metric[] {
  return [
    gauge(
      "bucket_default_encryption",
      "1 where the bucket was seen to encrypt by default when last read.",
      buckets.map((found) => ({
        labels: { bucket: found.bucket, default: defaultNow(found) },
        value: Number(isEncrypting(defaultNow(found))),
      })),
    ),
    gauge(
      "bucket_earlier_uploads_open",
      "Multipart uploads still open that may land as the default was before; absent where they could not be listed.",
      buckets.flatMap((found) => {
        const count = uploadsBefore(found);
        return count === null ? [] : [{ labels: { bucket: found.bucket }, value: count }];
      }),
    ),
  ];
}
