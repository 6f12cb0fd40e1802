import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  type Grant as SdkGrant,
} from "@aws-sdk/client-s3";
import type { Grant, ObjectHead, Tag, WriteResult } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import { copySource } from "../encode-key.js";
import type { CopyObjectInput, HeadObjectInput, ObjectInput, ObjectStore, WriteInput } from "../object-store.js";
import type { Operation } from "../operations.js";
import { writtenVersion } from "../written-version.js";
import { fromSdkError } from "./from-sdk-error.js";
import { incompleteAnswer } from "./incomplete-answer.js";
import { sendCommand } from "./send-command.js";

type ObjectCalls = Pick<
  ObjectStore,
  | "headObject"
  | "getFirstByte"
  | "getObject"
  | "putObject"
  | "deleteObject"
  | "getObjectTagging"
  | "putObjectTagging"
  | "getObjectAcl"
  | "copyObject"
>;

export function objectCalls(client: S3Client): ObjectCalls {
  return {
    headObject: (input) => headObject(client, input),
    getFirstByte: (input) => getFirstByte(client, input),
    getObject: (input) => getObject(client, input),
    putObject: (input) => putObject(client, input),
    deleteObject: async (input) => {
      await sendCommand(client, "deleteObject", new DeleteObjectCommand(addressOf(input)));
    },
    getObjectTagging: (input) => getObjectTagging(client, input),
    putObjectTagging: (input) => putObjectTagging(client, input),
    getObjectAcl: (input) => getObjectAcl(client, input),
    copyObject: (input) => copyObject(client, input),
  };
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
  const { headers } = await sendCommand(client, "headObject", command);
  return { headers, requestId: headers["x-amz-request-id"] ?? null };
}

async function getFirstByte(client: S3Client, input: ObjectInput): Promise<void> {
  const command = new GetObjectCommand({ ...addressOf(input), Range: "bytes=0-0" });
  const { output } = await sendCommand(client, "getFirstByte", command);
  await readBody("getFirstByte", output);
}

async function getObject(client: S3Client, input: ObjectInput): Promise<Uint8Array> {
  const { output } = await sendCommand(client, "getObject", new GetObjectCommand(addressOf(input)));
  return readBody("getObject", output);
}

/** A connection may break in the middle of a body, long after the headers said 200. */
async function readBody(operation: Operation, { Body }: GetObjectCommandOutput): Promise<Uint8Array> {
  try {
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    throw fromSdkError(operation, error);
  }
}

async function putObject(client: S3Client, input: WriteInput & { body: Uint8Array }): Promise<WriteResult> {
  const command = new PutObjectCommand({ Bucket: input.bucket, Key: input.key, Body: input.body });
  const { output, headers } = await sendCommand(client, "putObject", command, input.headers);
  return {
    etag: bareEtag(output.ETag ?? ""),
    versionId: writtenVersion(output.VersionId),
    requestId: headers["x-amz-request-id"] ?? null,
  };
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
  const { bucket, key, sourceVersionId } = input;
  const source = copySource(bucket, key, sourceVersionId);
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
