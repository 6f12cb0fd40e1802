import { BUCKET_SETTINGS } from "../storage/bucket-settings.js";

/** The parts of a request that determine its operation. */
export interface RouteInput {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly isCopy: boolean;
}

type Routes = Readonly<Record<string, OperationName>>;

// "METHOD sub-resource", with the empty sub-resource last. The first one in the query decides.
const BUCKET_ROUTES: Routes = {
  "GET location": "GetBucketLocation",
  "GET versions": "ListObjectVersions",
  "GET uploads": "ListMultipartUploads",
  "GET versioning": "GetBucketVersioning",
  "PUT versioning": "PutBucketVersioning",
  "GET object-lock": "GetObjectLockConfiguration",
  "PUT object-lock": "PutObjectLockConfiguration",
  "GET acl": "GetBucketAcl",
  "PUT acl": "PutBucketAcl",
  "GET encryption": "GetBucketEncryption",
  "PUT encryption": "PutBucketEncryption",
  "DELETE encryption": "DeleteBucketEncryption",
  "POST delete": "DeleteObjects",
  "GET list-type": "ListObjectsV2",
  "GET ": "ListObjects",
  "PUT ": "CreateBucket",
  "HEAD ": "HeadBucket",
  "DELETE ": "DeleteBucket",
};

const SETTING_ROUTES: Readonly<Record<string, OperationName>> = {
  GET: "GetBucketSetting",
  PUT: "PutBucketSetting",
  DELETE: "DeleteBucketSetting",
};

const OBJECT_ROUTES: Routes = {
  "GET tagging": "GetObjectTagging",
  "PUT tagging": "PutObjectTagging",
  "DELETE tagging": "DeleteObjectTagging",
  "GET acl": "GetObjectAcl",
  "PUT acl": "PutObjectAcl",
  "GET retention": "GetObjectRetention",
  "PUT retention": "PutObjectRetention",
  "GET legal-hold": "GetObjectLegalHold",
  "PUT legal-hold": "PutObjectLegalHold",
  "PUT encryption": "UpdateObjectEncryption",
  "GET attributes": "GetObjectAttributes",
  "POST restore": "RestoreObject",
  "POST uploads": "CreateMultipartUpload",
  "POST uploadId": "CompleteMultipartUpload",
  "DELETE uploadId": "AbortMultipartUpload",
  "GET uploadId": "ListParts",
  "PUT uploadId": "UploadPart",
  "GET ": "GetObject",
  "HEAD ": "HeadObject",
  "PUT ": "PutObject",
  "DELETE ": "DeleteObject",
};

const COPIES: Partial<Record<OperationName, OperationName>> = { PutObject: "CopyObject", UploadPart: "UploadPartCopy" };

/** The operation of a request; undefined if S3 has none. */
export function routeOperation(input: RouteInput): OperationName | undefined {
  if (input.bucket === "") {
    return input.method === "GET" ? "ListBuckets" : undefined;
  }
  if (input.key === "") {
    return settingRoute(input) ?? matchRoute(BUCKET_ROUTES, input);
  }
  const found = matchRoute(OBJECT_ROUTES, input);
  return input.isCopy && found !== undefined ? (COPIES[found] ?? found) : found;
}

function matchRoute(routes: Routes, { method, query }: RouteInput): OperationName | undefined {
  for (const name of query.keys()) {
    const found = name === "" ? undefined : routes[`${method} ${name}`];
    if (found !== undefined) {
      return found;
    }
  }
  return routes[`${method} `];
}

function settingRoute({ method, query }: RouteInput): OperationName | undefined {
  for (const name of query.keys()) {
    if (Object.hasOwn(BUCKET_SETTINGS, name)) {
      return SETTING_ROUTES[method];
    }
  }
  return undefined;
}

/** Every operation that the sandbox supports, by its S3 API name. */
const OPERATION_NAMES = [
  "ListBuckets",
  "CreateBucket",
  "HeadBucket",
  "DeleteBucket",
  "GetBucketLocation",
  "ListObjects",
  "ListObjectsV2",
  "ListObjectVersions",
  "ListMultipartUploads",
  "DeleteObjects",
  "GetBucketVersioning",
  "PutBucketVersioning",
  "GetObjectLockConfiguration",
  "PutObjectLockConfiguration",
  "GetBucketAcl",
  "PutBucketAcl",
  "GetBucketSetting",
  "PutBucketSetting",
  "DeleteBucketSetting",
  "GetBucketEncryption",
  "PutBucketEncryption",
  "DeleteBucketEncryption",
  "PutObject",
  "GetObject",
  "HeadObject",
  "DeleteObject",
  "CopyObject",
  "GetObjectAttributes",
  "RestoreObject",
  "GetObjectTagging",
  "PutObjectTagging",
  "DeleteObjectTagging",
  "GetObjectAcl",
  "PutObjectAcl",
  "GetObjectRetention",
  "PutObjectRetention",
  "GetObjectLegalHold",
  "PutObjectLegalHold",
  "UpdateObjectEncryption",
  "CreateMultipartUpload",
  "UploadPart",
  "UploadPartCopy",
  "CompleteMultipartUpload",
  "AbortMultipartUpload",
  "ListParts",
] as const;

export type OperationName = (typeof OPERATION_NAMES)[number];

/** The S3 name of an operation. The many bucket settings share three operations here. */
export function operationTitle(operation: OperationName, query: ReadonlyMap<string, string>): string {
  if (!operation.endsWith("BucketSetting")) {
    return operation;
  }
  const parameter = [...query.keys()].find((name) => Object.hasOwn(BUCKET_SETTINGS, name)) ?? "";
  return operation.replace("Setting", BUCKET_SETTINGS[parameter]?.title ?? "");
}
