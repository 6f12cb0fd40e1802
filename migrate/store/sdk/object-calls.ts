import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  type Grant as SdkGrant,
} from "@aws-sdk/client-s3";
import type { Grant, ObjectHead, Tag, WriteResult } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import { copySource } from "../encode-key.js";
import type { CopyObjectInput, HeadObjectInput, ObjectInput, ObjectStore } from "../object-store.js";
import { writtenVersion } from "../written-version.js";
import { incompleteAnswer } from "./incomplete-answer.js";
import { sendCommand } from "./send-command.js";

type ObjectCalls = Pick<
  ObjectStore,
  | "headObject"
  | "addDeleteMarker"
  | "deleteObject"
  | "getObjectTagging"
  | "putObjectTagging"
  | "getObjectAcl"
  | "copyObject"
>;

export function objectCalls(client: S3Client): ObjectCalls {
  return {
    headObject: (input) => headObject(client, input),
    addDeleteMarker: ({ bucket, key }) => deleteObject(client, "addDeleteMarker", { bucket, key }),
    deleteObject: (input) => deleteObject(client, "deleteObject", input),
    getObjectTagging: (input) => getObjectTagging(client, input),
    putObjectTagging: (input) => putObjectTagging(client, input),
    getObjectAcl: (input) => getObjectAcl(client, input),
    copyObject: (input) => copyObject(client, input),
  };
}

async function deleteObject(client: S3Client, operation: "addDeleteMarker" | "deleteObject", input: ObjectInput) {
  const { output, headers } = await sendCommand(client, operation, new DeleteObjectCommand(addressOf(input)));
  return { versionId: output.VersionId ?? null, requestId: headers["x-amz-request-id"] ?? null };
}

function addressOf({ bucket, key, versionId }: ObjectInput) {
  return { Bucket: bucket, Key: key, VersionId: versionId };
}

async function headObject(client: S3Client, input: HeadObjectInput): Promise<ObjectHead> {
  const command = new HeadObjectCommand({
    ...addressOf(input),
    PartNumber: input.partNumber,
    ChecksumMode: "ENABLED",
  });
  const { headers } = await sendCommand(client, "headObject", command, input.headers);
  return { headers, requestId: headers["x-amz-request-id"] ?? null };
}

async function getObjectTagging(client: S3Client, input: ObjectInput): Promise<readonly Tag[]> {
  const { output } = await sendCommand(client, "getObjectTagging", new GetObjectTaggingCommand(addressOf(input)));
  if (output.TagSet === undefined) throw incompleteAnswer("getObjectTagging", "tag set");
  return output.TagSet.map(({ Key = "", Value = "" }) => ({ key: Key, value: Value }));
}

async function putObjectTagging(client: S3Client, input: ObjectInput & { tags: readonly Tag[] }): Promise<void> {
  const TagSet = input.tags.map(({ key, value }) => ({ Key: key, Value: value }));
  const command = new PutObjectTaggingCommand({ ...addressOf(input), Tagging: { TagSet } });
  await sendCommand(client, "putObjectTagging", command);
}

async function getObjectAcl(client: S3Client, input: ObjectInput) {
  const { output } = await sendCommand(client, "getObjectAcl", new GetObjectAclCommand(addressOf(input)));
  if (output.Owner === undefined && output.Grants === undefined) throw incompleteAnswer("getObjectAcl", "grants");
  return { ownerId: output.Owner?.ID ?? null, grants: (output.Grants ?? []).flatMap(toGrant) };
}

function toGrant({ Grantee, Permission }: SdkGrant): Grant | [] {
  if (!Grantee || !Permission) return [];
  const permission = Permission as Grant["permission"];
  if (Grantee.URI) return { permission, grantee: { kind: "uri", value: Grantee.URI } };
  if (Grantee.ID) return { permission, grantee: { kind: "id", value: Grantee.ID } };
  return { permission, grantee: { kind: "emailAddress", value: Grantee.EmailAddress ?? "" } };
}

async function copyObject(client: S3Client, input: CopyObjectInput): Promise<WriteResult> {
  const { bucket, key, sourceKey = key, sourceVersionId } = input;
  const source = copySource(bucket, sourceKey, sourceVersionId);
  const command = new CopyObjectCommand({ Bucket: bucket, Key: key, CopySource: source });
  const { output, headers } = await sendCommand(client, "copyObject", command, input.headers);
  const etag = output.CopyObjectResult?.ETag;
  if (etag === undefined) throw incompleteAnswer("copyObject", "ETag");
  return {
    etag: bareEtag(etag),
    versionId: writtenVersion(output.VersionId),
    requestId: headers["x-amz-request-id"] ?? null,
  };
}
