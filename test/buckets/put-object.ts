import { pathOf, type RawS3, sendOk } from "./raw-s3.js";

export interface NewObject {
  readonly key: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Put by a call of their own, so that they may be longer than a header. */
  readonly tags?: readonly (readonly [string, string])[];
  /** Uploaded in parts of this size. */
  readonly partBytes?: number;
}

export async function createBucket(raw: RawS3, bucket: string, headers: Record<string, string> = {}): Promise<void> {
  await sendOk(raw, { method: "PUT", path: `/${bucket}`, headers });
}

export async function putObject(raw: RawS3, bucket: string, object: NewObject): Promise<void> {
  const { key, body, headers = {}, tags = [], partBytes } = object;
  if (partBytes === undefined) {
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key), headers, body });
  } else {
    await putInParts(raw, bucket, object, partBytes);
  }
  if (tags.length > 0) {
    await sendOk(raw, { method: "PUT", path: pathOf(bucket, key, "?tagging"), body: taggingXml(tags) });
  }
}

async function putInParts(raw: RawS3, bucket: string, { key, body, headers = {} }: NewObject, partBytes: number) {
  const begun = await sendOk(raw, { method: "POST", path: pathOf(bucket, key, "?uploads"), headers });
  const uploadId = /<UploadId>([^<]*)</.exec(begun.body.toString())?.[1] ?? "";
  const parts: string[] = [];
  for (let start = 0; start < body.length; start += partBytes) {
    const number = parts.length + 1;
    const path = pathOf(bucket, key, `?partNumber=${number}&uploadId=${encodeURIComponent(uploadId)}`);
    const { headers: answer } = await sendOk(raw, {
      method: "PUT",
      path,
      headers: keyHeadersOf(headers),
      body: body.subarray(start, start + partBytes),
    });
    parts.push(`<Part><PartNumber>${number}</PartNumber><ETag>${answer.etag}</ETag></Part>`);
  }
  const xml = Buffer.from(`<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`);
  const path = pathOf(bucket, key, `?uploadId=${encodeURIComponent(uploadId)}`);
  await sendOk(raw, { method: "POST", path, headers: keyHeadersOf(headers), body: xml });
}

/** Each part, and completing them, brings the customer key again that the upload began with. */
function keyHeadersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.includes("-customer-")));
}

function taggingXml(tags: readonly (readonly [string, string])[]): Buffer {
  const set = tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join("");
  return Buffer.from(`<Tagging><TagSet>${set}</TagSet></Tagging>`);
}
