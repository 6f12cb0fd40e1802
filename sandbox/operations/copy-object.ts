import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { checksumHeader, readAlgorithm } from "../body/checksum.js";
import { type Answer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml } from "../http/xml.js";
import { commitObject } from "../objects/commit-version.js";
import { checkCopySource, checkWriteConditions } from "../objects/conditions.js";
import { planCopy } from "../objects/copy-plan.js";
import { type CopySource, checkSelfCopy, findCopySource, type StoredCopy, storeCopy } from "../objects/copy-source.js";
import { currentObject, findBucket, versionHeader } from "../objects/find.js";
import { checkKmsReadable } from "../objects/kms-keys.js";
import { contentEtag, writeEncryptionHeaders } from "../objects/target-encryption.js";
import type { StoredObject } from "../storage/object-version.js";
import type { Call, Context } from "./operation.js";

export async function copyObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const { behaviour } = context;
  const source = findCopySource(call, context);
  checkKmsReadable(call, context, source.object);
  checkCopySource(call.headers, source.object, behaviour.copySourceConditions);
  checkCopySize(source, behaviour.maxCopyBytes);
  checkSelfCopy(call, source, behaviour);
  const ofSource = behaviour.copyIfMatchOf === "source";
  checkWriteConditions(
    { ...context, conflicts: () => false },
    call.headers,
    ofSource ? source.object : currentObject(bucket, call.key),
    behaviour.copyConditions,
  );
  const { plan, target } = planCopy(call, context, bucket, source.object);
  const algorithm = readAlgorithm(call.headers) ?? source.object.checksum?.algorithm;
  const { sizeBytes } = source.object;
  const range = { start: 0, end: behaviour.copiedBytes === "all" ? sizeBytes : Math.min(sizeBytes, 10) };
  const copy = await storeCopy(context, source, range, target.sealing, algorithm);
  if (behaviour.copyTakesMs > 0) {
    await sleep(behaviour.copyTakesMs);
  }
  const object = {
    ...plan,
    sizeBytes: range.end,
    etag: contentEtag(copyEtag(source, copy, behaviour.etagAfterCopy), plan.encryption, behaviour),
    pieces: [copy.piece],
    ...(copy.checksum && { checksum: copy.checksum }),
  };
  try {
    const stored = await commitObject(call, context, bucket, object, ofSource ? "ignored" : behaviour.copyConditions);
    return copyAnswer(stored, { ...versionHeader(bucket, stored.versionId), ...sourceVersion(source) }, context);
  } catch (error) {
    await context.store.removeBlobs([copy.piece.blobId]);
    throw error;
  }
}

function checkCopySize({ object }: CopySource, maxCopyBytes: number): void {
  if (object.sizeBytes > maxCopyBytes) {
    throw new S3Error("InvalidRequest", {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
    });
  }
}

function copyEtag({ object }: CopySource, { md5 }: StoredCopy, rule: Context["behaviour"]["etagAfterCopy"]): string {
  switch (rule) {
    case "md5":
      return md5;
    case "source":
      return object.etag;
    case "random":
      return createHash("md5").update(randomBytes(16)).digest("hex");
  }
}

function sourceVersion({ bucket, object }: CopySource): Record<string, string> {
  return bucket.facts.versioning === "off" ? {} : { "x-amz-copy-source-version-id": object.versionId };
}

function copyAnswer(stored: StoredObject, headers: Record<string, string>, context: Context): Answer {
  const { checksum } = stored;
  const body = buildXml("CopyObjectResult", {
    LastModified: new Date(stored.lastModified).toISOString(),
    ETag: `"${stored.etag}"`,
    ...(checksum && { [checksumElement(checksumHeader(checksum.algorithm))]: checksum.value }),
    ...(checksum && { ChecksumType: checksum.type }),
  });
  return xmlAnswer(body, { ...headers, ...writeEncryptionHeaders(stored.encryption, context.behaviour) });
}

function checksumElement(header: string): string {
  return `Checksum${header.slice("x-amz-checksum-".length).toUpperCase()}`;
}
