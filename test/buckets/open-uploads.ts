import { type RawS3, sendOk } from "./raw-s3.js";

/** The ids of the multipart uploads that are open in a bucket of fewer than a thousand. */
export async function openUploads(raw: RawS3, bucket: string): Promise<string[]> {
  const { body } = await sendOk(raw, { path: `/${bucket}?uploads=` });
  return [...body.toString().matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => id ?? "");
}
