import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CopyPartResult,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  ListPartsCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { UploadedPart, WriteResult } from "../answers.js";
import { type ReadKey, readKey } from "../answers.js";
import type {
  BucketInput,
  CompleteUploadInput,
  ObjectStore,
  OpenUpload,
  OpenUploads,
  OpenUploadsInput,
  UploadInput,
  UploadPartCopyInput,
  WriteInput,
} from "../object-store.js";
import { walkPages } from "../page-walk.js";
import { StoreError } from "../store-error.js";
import { bareEtag, copySource, isPartSource, writtenVersion } from "../wire.js";
import { keyUnder, nextMarker } from "./listing-fields.js";
import { incompleteAnswer, sendCommand } from "./send-command.js";

type UploadCalls = Pick<
  ObjectStore,
  "createMultipartUpload" | "uploadPartCopy" | "completeMultipartUpload" | "listParts" | "abortMultipartUpload"
>;

export function uploadCalls(client: S3Client): UploadCalls {
  return {
    createMultipartUpload: (input) => createMultipartUpload(client, input),
    uploadPartCopy: (input) => uploadPartCopy(client, input),
    completeMultipartUpload: (input) => completeMultipartUpload(client, input),
    listParts: async (input) => {
      const { output } = await sendCommand(client, "listParts", new ListPartsCommand(addressOf(input)));
      return { parts: output.Parts?.length ?? 0 };
    },
    abortMultipartUpload: async (input) => {
      await sendCommand(client, "abortMultipartUpload", new AbortMultipartUploadCommand(addressOf(input)));
    },
  };
}

function addressOf({ bucket, key, uploadId }: UploadInput) {
  return { Bucket: bucket, Key: key, UploadId: uploadId };
}

async function createMultipartUpload(client: S3Client, { bucket, key, headers }: WriteInput) {
  const command = new CreateMultipartUploadCommand({ Bucket: bucket, Key: key });
  const { output } = await sendCommand(client, "createMultipartUpload", command, headers);
  if (output.UploadId === undefined) throw incompleteAnswer("createMultipartUpload", "upload id");
  return { uploadId: output.UploadId };
}

async function uploadPartCopy(client: S3Client, input: UploadPartCopyInput): Promise<UploadedPart> {
  if (!isPartSource(input.key)) throw ambiguousSource(input.key);
  const command = new UploadPartCopyCommand({
    ...addressOf(input),
    PartNumber: input.partNumber,
    CopySource: copySource(input.bucket, input.key, input.sourceVersionId),
    CopySourceRange: `bytes=${input.range[0]}-${input.range[1]}`,
  });
  const { output } = await sendCommand(client, "uploadPartCopy", command, input.headers);
  const etag = output.CopyPartResult?.ETag;
  if (etag === undefined) throw incompleteAnswer("uploadPartCopy", "ETag");
  return { partNumber: input.partNumber, etag, checksums: checksumsOf(output.CopyPartResult) };
}

/** Such a key is never sent, not even to a store that was never seen to misread it. */
function ambiguousSource(key: string): StoreError {
  return new StoreError({
    kind: "not-implemented",
    operation: "uploadPartCopy",
    status: null,
    code: "NotSent",
    message: `the key ${JSON.stringify(key)} cannot be the source of a part: some stores would copy another object's bytes`,
    requestId: null,
  });
}

/** Maps `ChecksumCRC32` to `crc32`, as in the headers. */
function checksumsOf(result: CopyPartResult = {}): Readonly<Record<string, string>> {
  const named = Object.entries(result).filter(([name, value]) => name.startsWith("Checksum") && value !== undefined);
  return Object.fromEntries(named.map(([name, value]) => [name.slice("Checksum".length).toLowerCase(), String(value)]));
}

const CHECKSUM_FIELDS: Readonly<Record<string, keyof CompletedPart>> = {
  crc32: "ChecksumCRC32",
  crc32c: "ChecksumCRC32C",
  crc64nvme: "ChecksumCRC64NVME",
  sha1: "ChecksumSHA1",
  sha256: "ChecksumSHA256",
};

function completedPart({ partNumber, etag, checksums }: UploadedPart): CompletedPart {
  const fields = Object.entries(checksums).flatMap(([name, value]) => {
    const field = CHECKSUM_FIELDS[name];
    return field === undefined ? [] : [[field, value]];
  });
  return { PartNumber: partNumber, ETag: etag, ...Object.fromEntries(fields) };
}

async function completeMultipartUpload(client: S3Client, input: CompleteUploadInput): Promise<WriteResult> {
  const Parts = input.parts.map(completedPart);
  const command = new CompleteMultipartUploadCommand({ ...addressOf(input), MultipartUpload: { Parts } });
  const { output, headers } = await sendCommand(client, "completeMultipartUpload", command, input.headers);
  if (output.ETag === undefined) throw incompleteAnswer("completeMultipartUpload", "ETag");
  return {
    etag: bareEtag(output.ETag),
    versionId: writtenVersion(output.VersionId),
    requestId: headers["x-amz-request-id"] ?? null,
  };
}

const MAX_KEPT = 100;

type ListingOperation = "listOpenUploads" | "listMultipartUploads";

interface ListedUpload extends ReadKey {
  readonly id: string;
  readonly initiatedAt: string | null;
}

interface Markers {
  readonly KeyMarker: string;
  readonly UploadIdMarker: string | undefined;
}

/** Keys arrive URL-encoded, with `+` for a space, as in every other listing. */
async function* openUploads(
  client: S3Client,
  operation: ListingOperation,
  { bucket, prefix, signal }: OpenUploadsInput,
): AsyncGenerator<OpenUpload> {
  const fetch = async (markers: Markers | null) => {
    const output = await readUploads(client, operation, { Bucket: bucket, Prefix: prefix, ...markers });
    const isEncoded = output.EncodingType === "url";
    const entries = (output.Uploads ?? []).map(
      ({ Key = "", UploadId = "", Initiated }): ListedUpload => ({
        ...(isEncoded ? readKey(Key, true) : { key: keyUnder(prefix, Key) }),
        id: UploadId,
        initiatedAt: Initiated?.toISOString() ?? null,
      }),
    );
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = output;
    if (!IsTruncated) return { entries, next: null };
    const { key, id } = nextMarker(operation, { key: NextKeyMarker, id: NextUploadIdMarker }, isEncoded, entries);
    return { entries, next: { KeyMarker: key, UploadIdMarker: id } };
  };
  const nameOf = ({ key, id }: { readonly key: string; readonly id: string }) => JSON.stringify([key, id]);
  for await (const page of walkPages({ operation, fetch, nameOf, signal })) {
    // Some stores ignore the prefix.
    const inPrefix = page.filter(({ key }) => key.startsWith(prefix));
    yield* inPrefix.map(({ key, id, initiatedAt }) => ({ key, uploadId: id, initiatedAt }));
  }
}

const MAY_BE_ENCODED = /%[0-9a-f]{2}|\+/i;

/** Some stores encode keys without saying so. A listing that does not ask for it shows those keys as they are. */
async function readUploads(client: S3Client, operation: ListingOperation, input: ListMultipartUploadsCommandInput) {
  const list = async (asked: ListMultipartUploadsCommandInput) =>
    (await sendCommand(client, operation, new ListMultipartUploadsCommand(asked))).output;
  const output = await list({ ...input, EncodingType: "url" });
  const isInDoubt = output.EncodingType !== "url" && output.Uploads?.some(({ Key = "" }) => MAY_BE_ENCODED.test(Key));
  return isInDoubt ? list(input) : output;
}

export async function listOpenUploads(
  client: S3Client,
  input: BucketInput & { readonly prefix: string },
): Promise<readonly OpenUpload[]> {
  const uploads: OpenUpload[] = [];
  for await (const upload of openUploads(client, "listOpenUploads", input)) uploads.push(upload);
  return uploads;
}

export async function listMultipartUploads(client: S3Client, input: OpenUploadsInput): Promise<OpenUploads> {
  const upToMs = input.begunUpTo === undefined ? Number.POSITIVE_INFINITY : Date.parse(input.begunUpTo);
  const firstEarlier: OpenUpload[] = [];
  let open = 0;
  let earlier = 0;
  for await (const upload of openUploads(client, "listMultipartUploads", input)) {
    open += 1;
    if (upload.initiatedAt !== null && Date.parse(upload.initiatedAt) > upToMs) continue;
    earlier += 1;
    if (firstEarlier.length < MAX_KEPT) firstEarlier.push(upload);
  }
  return { open, earlier, firstEarlier };
}
