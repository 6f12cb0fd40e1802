import { ListMultipartUploadsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketInput, OpenUpload, OpenUploads, OpenUploadsInput } from "../object-store.js";
import { decodeKey } from "./decode-key.js";
import { sendCommand } from "./send-command.js";

const MOST_HELD = 100;

type Asking = "listOpenUploads" | "listMultipartUploads";

/** Keys come URL-encoded, where `+` is a space, as in every other listing. */
async function* openUploads(
  client: S3Client,
  operation: Asking,
  { bucket, prefix }: BucketInput & { readonly prefix: string },
): AsyncGenerator<OpenUpload> {
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (markers !== undefined) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: "url",
      ...markers,
    });
    const { output } = await sendCommand(client, operation, command);
    const isEncoded = output.EncodingType === "url";
    const decode = isEncoded ? decodeKey : (key: string) => key;
    const page = (output.Uploads ?? []).map(({ Key = "", UploadId = "", Initiated }) => ({
      key: isEncoded ? decodeKey(Key) : keyUnder(prefix, Key),
      uploadId: UploadId,
      initiatedAt: Initiated?.toISOString() ?? null,
    }));
    // Some stores list without regard to the prefix.
    yield* page.filter(({ key }) => key.startsWith(prefix));
    const { NextKeyMarker, NextUploadIdMarker: UploadIdMarker } = output;
    markers = output.IsTruncated && NextKeyMarker ? { KeyMarker: decode(NextKeyMarker), UploadIdMarker } : undefined;
  }
}

/** Some stores encode keys without saying so: a key that begins with what was asked for only once it is decoded was encoded. */
function keyUnder(prefix: string, key: string): string {
  if (key.startsWith(prefix) || !/%[0-9a-f]{2}/i.test(key)) return key;
  try {
    const decoded = decodeKey(key);
    return decoded.startsWith(prefix) ? decoded : key;
  } catch {
    return key;
  }
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
    if (firstEarlier.length < MOST_HELD) firstEarlier.push(upload);
  }
  return { open, earlier, firstEarlier };
}
