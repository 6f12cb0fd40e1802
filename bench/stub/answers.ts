import { writeAcl } from "../../sandbox/objects/acl.js";
import { ALL_USERS, OWNER, privateAcl } from "../../sandbox/storage/acl.js";
import type { KeySpace } from "./key-space.js";

const BODY_BYTES = 1024;
const ETAG = "0f343b0931126a20f133d67c2b018a3b";
const UPLOADED_AT = new Date("2024-01-01T00:00:00Z");
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** `owner`: each object has the ACL that a new object gets. `differing`: no two neighbours have the same grants. */
export type ObjectAcls = "owner" | "differing";

/** Whole answers, head and body, made once and sent as they are. */
export interface Answers {
  readonly head: { readonly plain: Buffer; readonly sealed: Buffer };
  readonly copy: Buffer;
  readonly tagging: Buffer;
  readonly slowDown: Buffer;
  readonly preconditionFailed: Buffer;
  readonly notImplemented: Buffer;
  acl(index: number): Buffer;
}

export interface Page {
  /** The indices from `first` up to `end` are on the page. */
  readonly first: number;
  readonly end: number;
  readonly isTruncated: boolean;
  readonly prefix: string;
  readonly encodingType: string | null;
}

/** Everything that an answer says of a copy dates from `copiedAt`: one bit an object keeps no date. */
export function prebuildAnswers(copiedAt: Date, acls: ObjectAcls): Answers {
  const headOf = (at: Date, more: readonly string[]) =>
    answer(
      200,
      [
        `Content-Length: ${BODY_BYTES}`,
        "Content-Type: binary/octet-stream",
        "Accept-Ranges: bytes",
        `ETag: "${ETAG}"`,
        `Last-Modified: ${at.toUTCString()}`,
        ...more,
      ],
      null,
    );
  const copied = `${XML}<CopyObjectResult ${NAMESPACE}><LastModified>${copiedAt.toISOString()}</LastModified><ETag>&quot;${ETAG}&quot;</ETag></CopyObjectResult>`;
  const aclAnswers = (acls === "owner" ? [[]] : Array.from({ length: 997 }, (_, reader) => [reader])).map((readers) =>
    answer(200, [], aclBody(readers)),
  );
  return {
    head: {
      plain: headOf(UPLOADED_AT, []),
      sealed: headOf(copiedAt, ["x-amz-server-side-encryption: AES256"]),
    },
    copy: answer(200, ["x-amz-server-side-encryption: AES256"], copied),
    tagging: answer(200, [], `${XML}<Tagging ${NAMESPACE}><TagSet></TagSet></Tagging>`),
    slowDown: error(503, "SlowDown", "Please reduce your request rate."),
    preconditionFailed: error(
      412,
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
    ),
    notImplemented: error(501, "NotImplemented", "The stub store answers HEAD, GET ?acl, GET ?tagging and COPY alone."),
    acl: (index) => aclAnswers[index % aclAnswers.length] as Buffer,
  };
}

/** Whether a condition on the ETag, as the request has it, holds for every object here. */
export function isEtag(condition: string): boolean {
  return condition === ETAG || condition === `"${ETAG}"` || condition === "*";
}

export function listingAnswer(
  keys: KeySpace,
  page: Page,
  isSealed: (index: number) => boolean,
  copiedAt: Date,
): Buffer {
  const { first, end, isTruncated, prefix, encodingType } = page;
  const rest = (at: Date) =>
    `</Key><LastModified>${at.toISOString()}</LastModified><ETag>&quot;${ETAG}&quot;</ETag><Size>${BODY_BYTES}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  const plain = rest(UPLOADED_AT);
  const sealed = rest(copiedAt);
  let contents = "";
  for (let index = first; index < end; index += 1) {
    contents += `<Contents><Key>${keys.keyAt(index)}${isSealed(index) ? sealed : plain}`;
  }
  const next = isTruncated ? `<NextContinuationToken>${keys.keyAt(end - 1)}</NextContinuationToken>` : "";
  const encoding = encodingType === null ? "" : `<EncodingType>${encodingType}</EncodingType>`;
  return answer(
    200,
    [],
    `${XML}<ListBucketResult ${NAMESPACE}><Name>bench</Name><Prefix>${encodeURIComponent(prefix).replaceAll("%2F", "/")}</Prefix><KeyCount>${end - first}</KeyCount><MaxKeys>1000</MaxKeys>${encoding}<IsTruncated>${isTruncated}</IsTruncated>${next}${contents}</ListBucketResult>`,
  );
}

export function jsonAnswer(value: unknown): Buffer {
  return answer(200, [], JSON.stringify(value));
}

function aclBody(readers: readonly number[]): string {
  const { grants } = privateAcl(OWNER);
  const others = readers.map((reader) =>
    reader % 2 === 0
      ? ({
          grantee: { kind: "user", id: `reader-${reader}`, displayName: `reader-${reader}` },
          permission: "READ",
        } as const)
      : ({ grantee: { kind: "group", uri: ALL_USERS }, permission: "READ" } as const),
  );
  return writeAcl({ grants: [...grants, ...others] }, OWNER);
}

function error(status: number, code: string, message: string): Buffer {
  return answer(status, [], `${XML}<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  412: "Precondition Failed",
  501: "Not Implemented",
  503: "Slow Down",
};

/** `null`: no body, and the headers name the length that HEAD reports. */
function answer(status: number, headers: readonly string[], body: string | null): Buffer {
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    `Date: ${new Date().toUTCString()}`,
    "Server: stub",
    "x-amz-request-id: 0000000000000000",
    ...headers,
    ...(body === null ? [] : [`Content-Type: application/xml`, `Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
}
