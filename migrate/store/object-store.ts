import type {
  FirstByte,
  Grant,
  LifecycleRule,
  ListedObject,
  ObjectHead,
  OpenedObject,
  ReplicationRule,
  Tag,
  UploadedPart,
  WholeObject,
  WriteResult,
} from "./answers.js";

export interface BucketInput {
  readonly bucket: string;
}

export interface ListObjectsInput extends BucketInput {
  readonly prefix: string;
  /** Lists only keys after this one, in the store's order (UTF-8 bytes). */
  readonly startAfter?: string | undefined;
  readonly continuationToken?: string | undefined;
  /** Objects per page. @default 1,000, the maximum */
  readonly limit?: number | undefined;
}

export interface ListObjectsPage {
  /** The caller's own. */
  readonly objects: ListedObject[];
  readonly nextToken: string | null;
  /** Whether the store encoded the keys as requested. If not, XML may have changed some of them. */
  readonly keysEncoded?: boolean;
}

export interface ObjectInput extends BucketInput {
  readonly key: string;
  /** @default the current version */
  readonly versionId?: string | undefined;
}

/** A request that may read an SSE-C object, which needs the headers of its customer key. */
export interface ReadInput extends ObjectInput {
  readonly headers?: RequestHeaders | undefined;
}

export interface HeadObjectInput extends ReadInput {
  /** Requests the size of one part instead of the whole object's. */
  readonly partNumber?: number | undefined;
}

/** Request headers by their names on the wire, in lower case. */
export type RequestHeaders = Readonly<Record<string, string>>;

export interface WriteInput extends BucketInput {
  readonly key: string;
  readonly headers: RequestHeaders;
}

/** A body that is reopened for every attempt, so that it need not be held in memory. */
export interface BodySource {
  readonly sizeBytes: number;
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

/** The object is copied onto itself unless `sourceKey` names another key of the bucket. */
export type CopyObjectInput = WriteInput & {
  readonly sourceKey?: string | undefined;
  readonly sourceVersionId?: string | undefined;
};

export interface UploadInput extends BucketInput {
  readonly key: string;
  readonly uploadId: string;
}

export interface UploadPartCopyInput extends UploadInput {
  readonly sourceVersionId?: string | undefined;
  readonly partNumber: number;
  /** First and last byte, both inclusive. */
  readonly range: readonly [number, number];
  readonly headers: RequestHeaders;
}

export interface CompleteUploadInput extends UploadInput {
  readonly parts: readonly UploadedPart[];
  readonly headers: RequestHeaders;
}

export interface UpdateEncryptionInput extends ObjectInput {
  /** No ID and no alias: S3 accepts only the ARN of a key. */
  readonly kmsKeyArn: string;
  readonly bucketKey: boolean;
}

export interface ObjectAcl {
  readonly ownerId: string | null;
  readonly grants: readonly Grant[];
}

export interface ObjectLockConfiguration {
  readonly enabled: boolean;
  /** Whether the bucket locks new objects by default. */
  readonly locksByDefault: boolean;
}

export interface ListedVersion {
  readonly key: string;
  /** The null version is the text "null", as in S3. */
  readonly versionId: string;
}

export interface VersionEntry extends ListedObject {
  /** A delete marker has no size, ETag or storage class. */
  readonly kind: "version" | "delete-marker";
  /** The null version is the text "null", as in S3. */
  readonly versionId: string;
  readonly isLatest: boolean;
}

export interface ListVersionsInput extends BucketInput {
  readonly prefix: string;
  /**
   * Lists only entries after this key or, with `versionIdMarker`, the entries of this key after that version
   * too.
   */
  readonly keyMarker?: string | undefined;
  readonly versionIdMarker?: string | undefined;
  /** Entries per page. @default 1,000, the maximum */
  readonly limit?: number | undefined;
}

export interface VersionsPage {
  /** In the store's order: by key, and the newest version of a key first. The caller's own. */
  readonly entries: VersionEntry[];
  readonly next: { readonly keyMarker: string; readonly versionIdMarker: string | undefined } | null;
  /** As in `ListObjectsPage`. */
  readonly keysEncoded?: boolean;
}

export interface DeleteResult {
  /** The version that was removed or the delete marker that was created; `null` if the answer names none. */
  readonly versionId: string | null;
  readonly requestId: string | null;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  /** ISO 8601; `null` if the store does not return it. */
  readonly initiatedAt: string | null;
}

export interface OpenUploads {
  readonly open: number;
  /**
   * Number of these that began at `begunUpTo` or earlier, or at an unknown time. Equals `open` if `begunUpTo`
   * is absent.
   */
  readonly earlier: number;
  /** The first of the earlier uploads, in listing order. */
  readonly firstEarlier: readonly OpenUpload[];
}

export interface ListBucketsInput {
  /** Aborts the listing, also while a page is awaited. */
  readonly signal?: AbortSignal | undefined;
}

export interface OpenUploadsInput extends BucketInput {
  readonly prefix: string;
  /** Aborts the listing, also while a page is awaited. */
  readonly signal?: AbortSignal | undefined;
  /** ISO 8601. */
  readonly begunUpTo?: string | undefined;
}

export interface PutBucketEncryptionInput extends BucketInput {
  /** @default SSE-S3 */
  readonly kmsKey?: { readonly given: string; readonly bucketKey: boolean } | undefined;
}

export interface BucketList {
  readonly names: readonly string[];
  /** Owner of these buckets, if the store returns it. */
  readonly owner: { readonly id: string; readonly displayName: string | null } | null;
}

/**
 * One method per S3 call. Every method rejects only with a `StoreError`. No method retries, and only those
 * that `OPERATIONS` marks as writes change anything. Keys and prefixes are sent unchanged, never normalised.
 */
export interface ObjectStore {
  listBuckets(input: ListBucketsInput): Promise<BucketList>;
  /**
   * HeadBucket: the region of the bucket, which the store returns even if it denies everything else; `null`
   * if it does not name one.
   */
  getBucketRegion(input: BucketInput): Promise<string | null>;
  getBucketEncryption(input: BucketInput): Promise<readonly string[]>;
  /** Sets SSE-S3 (AES256), or SSE-KMS under `kmsKey`, as the bucket's default encryption. Existing objects do not change. */
  putBucketEncryption(input: PutBucketEncryptionInput): Promise<void>;
  getBucketVersioning(input: BucketInput): Promise<"Enabled" | "Suspended" | null>;
  getObjectLockConfiguration(input: BucketInput): Promise<ObjectLockConfiguration>;
  getBucketLifecycle(input: BucketInput): Promise<readonly LifecycleRule[]>;
  getBucketReplication(input: BucketInput): Promise<readonly ReplicationRule[]>;
  /** Object Ownership, such as `BucketOwnerEnforced`: access control lists are disabled. Empty if the answer names none. */
  getBucketOwnership(input: BucketInput): Promise<string>;
  /** The policy document, unparsed. */
  getBucketPolicy(input: BucketInput): Promise<string>;
  /** Counts uploads page by page and keeps at most a hundred. Keys are decoded. */
  listMultipartUploads(input: OpenUploadsInput): Promise<OpenUploads>;
  /**
   * Lists every open multipart upload under a prefix, with decoded keys. Holds all of them in memory, so use
   * it for small results.
   */
  listOpenUploads(input: BucketInput & { readonly prefix: string }): Promise<readonly OpenUpload[]>;
  /**
   * Lists every version and delete marker under a prefix. Holds all of them in memory, so use it for small
   * results.
   */
  listObjectVersions(input: BucketInput & { readonly prefix: string }): Promise<readonly ListedVersion[]>;
  /** At most 1,000 versions and delete markers per page. Keys are decoded. */
  listVersions(input: ListVersionsInput): Promise<VersionsPage>;
  /** At most 1,000 objects per page. Keys are decoded. */
  listObjects(input: ListObjectsInput): Promise<ListObjectsPage>;
  /** Resolves only for status 200. An SSE-C object without its key rejects with `bad-request`. */
  headObject(input: HeadObjectInput): Promise<ObjectHead>;
  /** The whole body, held in memory. */
  getObject(input: ReadInput): Promise<WholeObject>;
  /** Resolves once the headers arrive, before the body is read. */
  openObject(input: ObjectInput & { readonly headers: RequestHeaders }): Promise<OpenedObject>;
  putObject(input: WriteInput & { readonly body: Uint8Array | BodySource }): Promise<WriteResult>;
  /** Adds a delete marker to a key of a versioned bucket. Sent twice, it adds two. */
  addDeleteMarker(input: BucketInput & { readonly key: string }): Promise<DeleteResult>;
  /** Without `versionId`, a versioned bucket adds a delete marker. */
  deleteObject(input: ObjectInput): Promise<DeleteResult>;
  /**
   * Reads and discards the first byte (nothing if the object is empty). Unlike HEAD, a rejection comes with
   * its error code, and the answer contains the size of the object.
   */
  getFirstByte(input: ReadInput): Promise<FirstByte>;
  getObjectTagging(input: ObjectInput): Promise<readonly Tag[]>;
  putObjectTagging(input: ObjectInput & { readonly tags: readonly Tag[] }): Promise<void>;
  getObjectAcl(input: ObjectInput): Promise<ObjectAcl>;
  /**
   * Only checks the permission to read the retention; HEAD returns the retention itself. Rejects with
   * `not-found` if the object has none.
   */
  getObjectRetention(input: ObjectInput): Promise<void>;
  /** As `getObjectRetention`. */
  getObjectLegalHold(input: ObjectInput): Promise<void>;
  /**
   * `retention`: the date is in ISO 8601. `null` sends no retention, which changes nothing on an object that
   * has none.
   */
  putObjectRetention(
    input: ObjectInput & { readonly retention: { readonly mode: string; readonly retainUntil: string } | null },
  ): Promise<void>;
  /** Sets a legal hold. Nothing here ever removes one. */
  putObjectLegalHold(input: ObjectInput): Promise<void>;
  /**
   * Puts an object that is under SSE-S3 or SSE-KMS under that KMS key, and writes no data: its bytes, ETag, date and
   * version stay. There is no condition to send. A store that does not know the call may take it for a PutObject, and
   * its body for the new object.
   */
  updateObjectEncryption(input: UpdateEncryptionInput): Promise<{ readonly requestId: string | null }>;
  /** Resolves only if the answer is a result: a 200 with an error document rejects. */
  copyObject(input: CopyObjectInput): Promise<WriteResult>;
  /** `retried`: an earlier attempt may also have created an upload, whose ID was lost. */
  createMultipartUpload(input: WriteInput): Promise<{ readonly uploadId: string; readonly retried?: boolean }>;
  uploadPartCopy(input: UploadPartCopyInput): Promise<UploadedPart>;
  /** As `copyObject`: a 200 with an error document rejects. */
  completeMultipartUpload(input: CompleteUploadInput): Promise<WriteResult>;
  /** Number of parts uploaded so far, counted on one page of at most 1,000. */
  listParts(input: UploadInput): Promise<{ readonly parts: number }>;
  abortMultipartUpload(input: UploadInput): Promise<void>;
}
