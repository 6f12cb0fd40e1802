import { parseQuery } from "../http/request-target.js";
import { S3Error } from "../http/s3-error.js";
import type { Tag } from "../storage/object-version.js";

const MAX_TAGS = 10;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export function parseTaggingHeader(header: string): readonly Tag[] {
  const pairs = header.split("&").filter((pair) => pair !== "");
  const tags = pairs.flatMap((pair) => [...parseQuery(pair)].map(([key, value]) => ({ key, value })));
  return checkTags(tags, MAX_TAGS);
}

export function checkTags(tags: readonly Tag[], most: number = MAX_TAGS): readonly Tag[] {
  if (tags.length > most) {
    throw new S3Error("InvalidTag", { status: 400, message: `Object tags cannot be greater than ${most}` });
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new S3Error("InvalidTag", { message: "Cannot provide multiple Tags with the same key" });
  }
  for (const { key, value } of tags) {
    if (key === "" || key.length > MAX_KEY_LENGTH || !ALLOWED.test(key)) {
      throw new S3Error("InvalidTag", { message: "The TagKey you have provided is invalid" });
    }
    if (value.length > MAX_VALUE_LENGTH || !ALLOWED.test(value)) {
      throw new S3Error("InvalidTag", { message: "The TagValue you have provided is invalid" });
    }
  }
  return tags;
}
