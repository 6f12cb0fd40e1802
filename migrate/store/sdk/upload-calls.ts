import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { UploadedPart, WriteResult } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import { copySource } from "../encode-key.js";
import type {
  CompleteUploadInput,
  ObjectStore,
  UploadInput,
  UploadPartCopyInput,
  WriteInput,
} from "../object-store.js";
import { writtenVersion } from "../written-version.js";
import { incompleteAnswer } from "./incomplete-answer.js";
import { sendCommand } from "./send-command.js";

type UploadCalls = Pick<
  ObjectStore,
  "createMultipartUpload" | "uploadPartCopy" | "completeMultipartUpload" | "abortMultipartUpload"
>;

export function uploadCalls(client: S3Client): UploadCalls {
  return {
    createMultipartUpload: (input) => createMultipartUpload(client, input),
    uploadPartCopy: (input) => uploadPartCopy(client, input),
    completeMultipartUpload: (input) => completeMultipartUpload(client, input),
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
  const command = new UploadPartCopyCommand({
    ...addressOf(input),
    PartNumber: input.partNumber,
    CopySource: copySource(input.bucket, input.key, input.sourceVersionId),
    CopySourceRange: `bytes=${input.range[0]}-${input.range[1]}`,
  });
  const { output } = await sendCommand(client, "uploadPartCopy", command, input.headers);
  const etag = output.CopyPartResult?.ETag;
  if (etag === undefined) throw incompleteAnswer("uploadPartCopy", "ETag");
  return { partNumber: input.partNumber, etag };
}

async function completeMultipartUpload(client: S3Client, input: CompleteUploadInput): Promise<WriteResult> {
  const Parts = input.parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
  const command = new CompleteMultipartUploadCommand({ ...addressOf(input), MultipartUpload: { Parts } });
  const { output, headers } = await sendCommand(client, "completeMultipartUpload", command, input.headers);
  if (output.ETag === undefined) throw incompleteAnswer("completeMultipartUpload", "ETag");
  return {
    etag: bareEtag(output.ETag),
    versionId: writtenVersion(output.VersionId),
    requestId: headers["x-amz-request-id"] ?? null,
  };
}
