import type { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore } from "../object-store.js";
import { ownErrors } from "../store-error.js";
import { bucketCalls, lockCalls } from "./bucket-calls.js";
import { listObjects, listObjectVersions, listVersions } from "./listing-calls.js";
import { bodyCalls, objectCalls } from "./object-calls.js";
import { ruleCalls } from "./rule-calls.js";
import { listMultipartUploads, listOpenUploads, uploadCalls } from "./upload-calls.js";

/** Implements every call of `ObjectStore` with @aws-sdk/client-s3. */
export function sdkStore(client: S3Client): ObjectStore {
  return ownErrors({
    ...bucketCalls(client),
    ...ruleCalls(client),
    ...objectCalls(client),
    ...bodyCalls(client),
    ...lockCalls(client),
    ...uploadCalls(client),
    listMultipartUploads: (input) => listMultipartUploads(client, input),
    listOpenUploads: (input) => listOpenUploads(client, input),
    listObjectVersions: (input) => listObjectVersions(client, input),
    listVersions: (input) => listVersions(client, input),
    listObjects: (input) => listObjects(client, input),
  });
}
