import { ListMultipartUploadsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketInput, OpenUpload } from "../object-store.js";
import { decodeKey } from "./decode-key.js";
import { sendCommand } from "./send-command.js";

/** Keys come URL-encoded, where `+` is a space, as in every other listing. */
export async function listOpenUploads(
  client: S3Client,
  { bucket, prefix }: BucketInput & { readonly prefix: string },
): Promise<readonly OpenUpload[]> {
  const uploads: OpenUpload[] = [];
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (markers !== undefined) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: "url",
      ...markers,
    });
    const { output } = await sendCommand(client, "listOpenUploads", command);
    const decode = output.EncodingType === "url" ? decodeKey : (key: string) => key;
    const page = (output.Uploads ?? []).map(({ Key = "", UploadId = "", Initiated }) => ({
      key: decode(Key),
      uploadId: UploadId,
      initiatedAt: Initiated?.toISOString() ?? null,
    }));
    // Some stores list without regard to the prefix.
    uploads.push(...page.filter(({ key }) => key.startsWith(prefix)));
    const { NextKeyMarker, NextUploadIdMarker: UploadIdMarker } = output;
    markers = output.IsTruncated && NextKeyMarker ? { KeyMarker: decode(NextKeyMarker), UploadIdMarker } : undefined;
  }
  return uploads;
}
