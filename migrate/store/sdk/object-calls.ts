import { Readable } from "node:stream";
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
  UpdateObjectEncryptionCommand,
} from "@aws-sdk/client-s3";
import type { FirstByte, Grant, ObjectHead, OpenedObject, Tag, WholeObject, WriteResult } from "../answers.js";
import type {
  BodySource,
  CopyObjectInput,
  HeadObjectInput,
  ObjectInput,
  ObjectStore,
  ReadInput,
  RequestHeaders,
  UpdateEncryptionInput,
  WriteInput,
} from "../object-store.js";
import type { Operation } from "../operations.js";
import { StoreError } from "../store-error.js";
import { bareEtag, copySource, writtenVersion } from "../wire.js";
import { fromSdkError, incompleteAnswer, sendCommand } from "./send-command.js";

type ObjectCalls = Pick<
  ObjectStore,
  | "headObject"
  | "addDeleteMarker"
  | "deleteObject"
  | "getObjectTagging"
  | "putObjectTagging"
  | "getObjectAcl"
  | "updateObjectEncryption"
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
    updateObjectEncryption: (input) => updateObjectEncryption(client, input),
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

async function updateObjectEncryption(client: S3Client, input: UpdateEncryptionInput) {
  const SSEKMS = { KMSKeyArn: input.kmsKeyArn, BucketKeyEnabled: input.bucketKey };
  const command = new UpdateObjectEncryptionCommand({ ...addressOf(input), ObjectEncryption: { SSEKMS } });
  const { headers } = await sendCommand(client, "updateObjectEncryption", command);
  return { requestId: headers["x-amz-request-id"] ?? null };
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

type BodyCalls = Pick<ObjectStore, "getFirstByte" | "getObject" | "openObject" | "putObject">;

/** The calls that transfer an object's bytes. */
export function bodyCalls(client: S3Client): BodyCalls {
  return {
    getFirstByte: (input) => getFirstByte(client, input),
    getObject: (input) => getObject(client, input),
    openObject: (input) => openObject(client, input),
    putObject: (input) => putObject(client, input),
  };
}

const NO_SUCH_RANGE = 416;

/**
 * An empty object has no first byte, and some stores say so before they check its customer key. It is then
 * requested without a range.
 */
async function getFirstByte(client: S3Client, input: ReadInput): Promise<FirstByte> {
  const ask = async (Range?: string) => {
    const command = new GetObjectCommand({ ...addressOf(input), Range });
    const { output, headers } = await sendCommand(client, "getFirstByte", command, input.headers);
    await readFirst(output);
    return firstByteOf(headers);
  };
  try {
    return await ask("bytes=0-0");
  } catch (error) {
    if (!(error instanceof StoreError && error.facts.status === NO_SUCH_RANGE)) throw error;
    return await ask();
  }
}

/** If a store ignores the range, it sends the whole body, of which only the first chunk is read. */
async function readFirst(output: GetObjectCommandOutput): Promise<void> {
  try {
    for await (const _chunk of (output.Body ?? []) as AsyncIterable<Uint8Array>) break;
  } catch (error) {
    throw fromSdkError("getFirstByte", error);
  }
}

function firstByteOf(headers: Readonly<Record<string, string>>): FirstByte {
  const range = headers["content-range"];
  const total = range === undefined ? headers["content-length"] : /^bytes 0-0\/(\d+)$/.exec(range)?.[1];
  const totalBytes = /^\d+$/.test(total ?? "") ? Number(total) : Number.NaN;
  return {
    totalBytes: Number.isSafeInteger(totalBytes) ? totalBytes : null,
    etag: bareEtag(headers.etag ?? ""),
  };
}

async function getObject(client: S3Client, input: ReadInput): Promise<WholeObject> {
  const { output, headers } = await sendCommand(
    client,
    "getObject",
    new GetObjectCommand(addressOf(input)),
    input.headers,
  );
  return { headers, body: await readBody("getObject", output) };
}

/** A connection may break within a body, long after the 200. */
async function readBody(operation: Operation, { Body }: GetObjectCommandOutput): Promise<Uint8Array> {
  try {
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  } catch (error) {
    throw fromSdkError(operation, error);
  }
}

async function openObject(
  client: S3Client,
  input: ObjectInput & { readonly headers: RequestHeaders },
): Promise<OpenedObject> {
  const command = new GetObjectCommand(addressOf(input));
  const { output, headers } = await sendCommand(client, "openObject", command, input.headers);
  return { headers, body: chunksOf(output) };
}

async function* chunksOf({ Body }: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
  try {
    // In Node the SDK returns the raw response stream.
    if (Body !== undefined) yield* Body as Readable;
  } catch (error) {
    throw fromSdkError("openObject", error);
  }
}

async function putObject(
  client: S3Client,
  input: WriteInput & { readonly body: Uint8Array | BodySource },
): Promise<WriteResult> {
  const { bucket, key, body, headers: given } = input;
  const address = { Bucket: bucket, Key: key };
  const { output, headers } =
    body instanceof Uint8Array
      ? await sendCommand(client, "putObject", new PutObjectCommand({ ...address, Body: body }), given)
      : await putStreamed(client, address, body, given);
  return {
    etag: bareEtag(output.ETag ?? ""),
    versionId: writtenVersion(output.VersionId),
    requestId: headers["x-amz-request-id"] ?? null,
  };
}

/**
 * If the source breaks, the request ends at once, because the SDK would wait for the rest of the body. The
 * source's error is the one that is reported.
 */
async function putStreamed(
  client: S3Client,
  address: { readonly Bucket: string; readonly Key: string },
  { sizeBytes, open }: BodySource,
  headers: RequestHeaders,
) {
  const Body = Readable.from(await open(), { objectMode: false });
  const broken = new AbortController();
  Body.once("error", (error) => broken.abort(error));
  const command = new PutObjectCommand({ ...address, Body, ContentLength: sizeBytes });
  try {
    return await sendCommand(client, "putObject", command, headers, { abortSignal: broken.signal });
  } catch (error) {
    throw broken.signal.aborted ? fromSdkError("putObject", broken.signal.reason) : error;
  } finally {
    Body.destroy();
  }
}
