import { createHash } from "node:crypto";
import { targetKey } from "../model/target.js";
import type { UploadedPart, WriteResult } from "../store/answers.js";
import { bareEtag, writtenVersion } from "../store/wire.js";
import type { CopyJob } from "./copied.js";

/**
 * The upload whose completion seemed to fail, where the object is what it would have made: its answer was lost, and the
 * call that was made again found the upload gone. `null` where it is not, or cannot be told.
 */
export async function landedUpload(
  { store, facts, policy }: CopyJob,
  parts: readonly UploadedPart[],
): Promise<WriteResult | null> {
  const { bucket, key } = facts;
  const made = multipartEtag(parts);
  if (made === null || made === facts.etag) return null;
  try {
    const { headers, requestId } = await store.headObject({
      bucket,
      key,
      headers: targetKey(policy.target)?.headers(),
    });
    const etag = bareEtag(headers.etag ?? "");
    return etag === made ? { etag, versionId: writtenVersion(headers["x-amz-version-id"]), requestId } : null;
  } catch {
    // The error of the completion is the one to tell.
    return null;
  }
}

/** As S3 makes it: the MD5 of the MD5s of the parts, and their count. */
function multipartEtag(parts: readonly UploadedPart[]): string | null {
  const etags = parts.map(({ etag }) => bareEtag(etag));
  if (!etags.every((etag) => /^[0-9a-f]{32}$/.test(etag))) return null;
  const digest = createHash("md5")
    .update(Buffer.from(etags.join(""), "hex"))
    .digest("hex");
  return `${digest}-${parts.length}`;
}
