import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { checksumHeader, readAlgorithm } from "../body/checksum.js";
import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, childText, parseXml } from "../http/xml.js";
import { commitObject } from "../objects/commit-version.js";
import { checkCopySource, checkWriteConditions } from "../objects/conditions.js";
import { type CopySource, checkSelfCopy, findCopySource, type StoredCopy, storeCopy } from "../objects/copy-source.js";
import { currentObject, findBucket, findObject, versionHeader } from "../objects/find.js";
import { checkKmsReadable } from "../objects/kms-keys.js";
import { checkLockedUpload } from "../objects/lock.js";
import { asRemembered, planCopy, planObject } from "../objects/object-plan.js";
import { contentEtag, writeEncryptionHeaders } from "../objects/target-encryption.js";
import { NULL_VERSION, type StoredObject } from "../storage/object-version.js";
import { writePiece } from "../storage/pieces.js";
import type { Call, Context } from "./operation.js";

export async function putObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const { plan, target } = planObject(asRemembered(call, context.behaviour, "put"), context, bucket, "put");
  checkLockedUpload(call.headers, plan, "Put Object");
  const conditions = context.behaviour.putConditions;
  refuseNamedVersion(call, context, currentObject(bucket, call.key));
  if (conditions === "honoured") {
    // Checked early, so that a rejected upload need not be read to its end.
    checkWriteConditions(
      { ...context, conflicts: () => false },
      call.headers,
      currentObject(bucket, call.key),
      conditions,
    );
  }
  const piece = await writePiece(context.store, call.body.chunks(), target.sealing);
  const { sizeBytes, md5, checksum } = call.body.received();
  const object = {
    ...plan,
    sizeBytes,
    etag: contentEtag(md5, plan.encryption, context.behaviour),
    pieces: [{ ...piece, sizeBytes }],
    ...(checksum && { checksum }),
  };
  try {
    const stored = await commitObject(call, context, bucket, object, conditions);
    return emptyAnswer(200, putHeaders(stored, versionHeader(bucket, stored.versionId), context));
  } catch (error) {
    await context.store.removeBlobs([piece.blobId]);
    throw error;
  }
}

function refuseNamedVersion({ headers }: Call, { behaviour }: Context, current: StoredObject | undefined): void {
  const isRefused = behaviour.putConditionsOnNamedVersions === "refused" && headers["if-match"] !== undefined;
  if (isRefused && current !== undefined && current.versionId !== NULL_VERSION) {
    throw new S3Error("PreconditionFailed", { fields: { Condition: "If-Match" } });
  }
}

function putHeaders(stored: StoredObject, version: Record<string, string>, context: Context): Record<string, string> {
  const { checksum } = stored;
  return {
    etag: `"${stored.etag}"`,
    ...version,
    ...writeEncryptionHeaders(stored.encryption, context.behaviour),
    ...(checksum && { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type }),
  };
}

const DAY_MS = 24 * 3600 * 1000;

/** Restores at once, while real archives take minutes or hours. */
export async function restoreObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const days = Number(childText(parseXml(await readText(call.body), "RestoreRequest"), "Days"));
  const object = findObject(bucket, call);
  if (!context.behaviour.archiveClasses.includes(object.storageClass)) {
    throw new S3Error("InvalidObjectState", {
      message: "Restore is not allowed for the object's current storage class",
    });
  }
  if (!Number.isInteger(days) || days < 1) {
    throw new S3Error("MalformedXML");
  }
  const again = object.restoredUntil !== undefined && object.restoredUntil > context.now();
  const restoredUntil = context.now() + days * DAY_MS;
  await context.store.commit(bucket, { kind: "update", version: { ...object, restoredUntil } });
  return emptyAnswer(again ? 200 : 202);
}

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
