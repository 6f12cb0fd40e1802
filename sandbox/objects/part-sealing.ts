import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";
import type { Bucket } from "../storage/bucket.js";
import type { MultipartUpload } from "../storage/multipart-upload.js";
import type { Sealing } from "../storage/pieces.js";
import type { Store } from "../storage/store.js";
import { readCustomerKey } from "./customer-key.js";

/** What the parts of an upload are encrypted with; SSE-C parts bring the key that the upload began with. */
export function partSealing(store: Store, bucket: Bucket, upload: MultipartUpload, headers: RequestHeaders): Sealing {
  const { encryption } = upload.plan;
  const customer = readCustomerKey(headers);
  switch (encryption.kind) {
    case "none":
      refuseKey(customer !== undefined);
      return { kind: "none" };
    case "sse-s3":
    case "sse-kms":
      refuseKey(customer !== undefined);
      return { kind: "key", key: store.keyRing.bucketKey(bucket.facts.wrappedKey) };
    case "sse-c":
      if (customer === undefined) {
        throw new S3Error("InvalidRequest", {
          message:
            "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
        });
      }
      if (customer.md5 !== encryption.keyMd5) {
        throw new S3Error("InvalidRequest", {
          message: "The provided encryption parameters did not match the ones used originally.",
        });
      }
      return { kind: "key", key: customer.key };
  }
}

function refuseKey(given: boolean): void {
  if (given) {
    throw new S3Error("InvalidRequest", {
      message:
        "The multipart upload initiate did not request encryption. Please resend the request without sending encryption parameters.",
    });
  }
}
