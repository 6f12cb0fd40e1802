import type { OperationName } from "../http/routes.js";
import { deleteBucketSetting, getBucketSetting, putBucketSetting } from "./bucket-settings.js";
import {
  getBucketVersioning,
  getObjectLockConfiguration,
  putBucketVersioning,
  putObjectLockConfiguration,
} from "./bucket-versioning.js";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.js";
import { completeMultipartUpload } from "./complete-multipart-upload.js";
import { deleteObject, deleteObjects } from "./delete-objects.js";
import {
  deleteBucketEncryption,
  getBucketEncryption,
  putBucketEncryption,
  updateObjectEncryption,
} from "./encryption.js";
import { getObject, headObject } from "./get-object.js";
import { getObjectAttributes } from "./get-object-attributes.js";
import { listObjectVersions } from "./list-object-versions.js";
import { listObjects, listObjectsV2 } from "./list-objects.js";
import { abortMultipartUpload, createMultipartUpload, listMultipartUploads, listParts } from "./multipart-uploads.js";
import {
  deleteObjectTagging,
  getBucketAcl,
  getObjectAcl,
  getObjectLegalHold,
  getObjectRetention,
  getObjectTagging,
  putBucketAcl,
  putObjectAcl,
  putObjectLegalHold,
  putObjectRetention,
  putObjectTagging,
} from "./object-sub-resources.js";
import type { Operation } from "./operation.js";
import { copyObject, putObject, restoreObject } from "./put-object.js";
import { uploadPart, uploadPartCopy } from "./upload-part.js";

export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  GetBucketVersioning: getBucketVersioning,
  PutBucketVersioning: putBucketVersioning,
  GetObjectLockConfiguration: getObjectLockConfiguration,
  PutObjectLockConfiguration: putObjectLockConfiguration,
  GetBucketAcl: getBucketAcl,
  PutBucketAcl: putBucketAcl,
  GetBucketSetting: getBucketSetting,
  PutBucketSetting: putBucketSetting,
  DeleteBucketSetting: deleteBucketSetting,
  GetBucketEncryption: getBucketEncryption,
  PutBucketEncryption: putBucketEncryption,
  DeleteBucketEncryption: deleteBucketEncryption,
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: headObject,
  DeleteObject: deleteObject,
  CopyObject: copyObject,
  GetObjectAttributes: getObjectAttributes,
  RestoreObject: restoreObject,
  GetObjectTagging: getObjectTagging,
  PutObjectTagging: putObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  GetObjectAcl: getObjectAcl,
  PutObjectAcl: putObjectAcl,
  GetObjectRetention: getObjectRetention,
  PutObjectRetention: putObjectRetention,
  GetObjectLegalHold: getObjectLegalHold,
  PutObjectLegalHold: putObjectLegalHold,
  UpdateObjectEncryption: updateObjectEncryption,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
};
