import { randomBytes } from "node:crypto";
import { readAlgorithm } from "../body/read-algorithm.js";
import { type Answer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml } from "../http/xml.js";
import { findBucket } from "../objects/find.js";
import { asRemembered, planObject } from "../objects/object-plan.js";
import { writeEncryptionHeaders } from "../objects/target-encryption.js";
import type { Call, Context } from "./operation.js";

export async function createMultipartUpload(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const { plan } = planObject(asRemembered(call, context.behaviour, "upload"), context, bucket, "put");
  const checksumAlgorithm = readAlgorithm(call.headers);
  const asked = call.headers["x-amz-checksum-type"]?.toUpperCase();
  if (asked === "FULL_OBJECT" && checksumAlgorithm?.startsWith("SHA")) {
    const message = `The FULL_OBJECT checksum type cannot be used with the ${checksumAlgorithm.toLowerCase()} checksum algorithm.`;
    throw new S3Error("InvalidRequest", { message });
  }
  // CRC-64/NVME is never composite.
  const checksumType = checksumAlgorithm === "CRC64NVME" || asked === "FULL_OBJECT" ? "FULL_OBJECT" : "COMPOSITE";
  const uploadId = randomBytes(24).toString("base64url");
  const upload = {
    uploadId,
    startedAt: context.now(),
    plan,
    ...(checksumAlgorithm && { checksumAlgorithm, checksumType: checksumType as "FULL_OBJECT" | "COMPOSITE" }),
  };
  await context.store.commit(bucket, { kind: "upload", upload });
  return xmlAnswer(
    buildXml("InitiateMultipartUploadResult", { Bucket: call.bucket, Key: call.key, UploadId: uploadId }),
    {
      ...writeEncryptionHeaders(plan.encryption, context.behaviour),
      ...(checksumAlgorithm && {
        "x-amz-checksum-algorithm": checksumAlgorithm,
        "x-amz-checksum-type": checksumType,
      }),
    },
  );
}
