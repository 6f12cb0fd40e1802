import type { S3Client } from "@aws-sdk/client-s3";
import type { ObjectStore } from "../object-store.js";
import { ownErrors } from "../own-errors.js";
import { bodyCalls } from "./body-calls.js";
import { bucketCalls } from "./bucket-calls.js";
import { listVersions } from "./list-versions.js";
import { listObjects, listObjectVersions } from "./listing-call.js";
import { lockCalls } from "./lock-calls.js";
import { objectCalls } from "./object-calls.js";
import { listMultipartUploads, listOpenUploads } from "./open-uploads.js";
import { ruleCalls } from "./rule-calls.js";
import { uploadCalls } from "./upload-calls.js";

/** Every call of the port through @aws-sdk/client-s3. */
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
