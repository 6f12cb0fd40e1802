import type { Behaviour } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call } from "../operations/operation.js";
import type { CopySource } from "./copy-source.js";

const ILLEGAL =
  "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";

const CHANGING_HEADERS = ["x-amz-storage-class", "x-amz-website-redirect-location"];
const ENCRYPTION_HEADERS = ["x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm"];

/** Refuses a copy of an object onto itself that would change nothing. */
export function checkSelfCopy(call: Call, source: CopySource, behaviour: Behaviour): void {
  const { headers } = call;
  const onItself = source.bucket.facts.name === call.bucket && source.object.key === call.key && !source.isVersion;
  if (!onItself) {
    return;
  }
  const names =
    behaviour.selfCopyChangingSse === "accepted" ? [...CHANGING_HEADERS, ...ENCRYPTION_HEADERS] : CHANGING_HEADERS;
  const changes = names.some((name) => headers[name] !== undefined);
  if (!changes && headers["x-amz-metadata-directive"] !== "REPLACE") {
    throw new S3Error("InvalidRequest", { message: ILLEGAL });
  }
}
