import { type _Object, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import type { ListObjectsInput, ListObjectsPage } from "../object-store.js";
import { sendCommand } from "./send-command.js";

/** Keys may hold characters that XML cannot: they are listed URL-encoded, where `+` is a space. */
export async function listObjects(client: S3Client, input: ListObjectsInput): Promise<ListObjectsPage> {
  const command = new ListObjectsV2Command({
    Bucket: input.bucket,
    Prefix: input.prefix,
    StartAfter: input.startAfter,
    ContinuationToken: input.continuationToken,
    EncodingType: "url",
  });
  const { output } = await sendCommand(client, "listObjects", command);
  const decode = output.EncodingType === "url" ? decodeKey : (key: string) => key;
  return {
    objects: (output.Contents ?? []).map((entry) => toListedObject(entry, decode)),
    nextToken: (output.IsTruncated && output.NextContinuationToken) || null,
  };
}

function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll("+", " "));
}

function toListedObject(entry: _Object, decode: (key: string) => string): ListedObject {
  return {
    key: decode(entry.Key ?? ""),
    sizeBytes: entry.Size ?? 0,
    etag: bareEtag(entry.ETag ?? ""),
    lastModified: entry.LastModified?.toISOString() ?? "",
    storageClass: entry.StorageClass ?? "STANDARD",
  };
}
