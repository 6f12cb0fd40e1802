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
  /** Only keys after this one, in the store's own order (UTF-8 bytes). */
  readonly startAfter?: string | undefined;
  readonly continuationToken?: string | undefined;
}

export interface ListObjectsPage {
  readonly objects: readonly ListedObject[];
  readonly nextToken: string | null;
  /** Whether the store encoded the keys as it was asked to: where not, XML may have changed some. */
  readonly keysEncoded?: boolean;
}

export interface ObjectInput extends BucketInput {
  readonly key: string;
  /** The current version where absent. */
  readonly versionId?: string | undefined;
}

/** A request that reads what may be under a customer key, whose headers it then needs. */
export interface ReadInput extends ObjectInput {
  readonly headers?: RequestHeaders | undefined;
}

export interface HeadObjectInput extends ReadInput {
  /** Asks for one part's size instead of the whole object's. */
  readonly partNumber?: number | undefined;
}

/** Request headers by their names on the wire, in lower case. */
export type RequestHeaders = Readonly<Record<string, string>>;

export interface WriteInput extends BucketInput {
  readonly key: string;
  readonly headers: RequestHeaders;
}

/** A body that is read again for every attempt, so that none has to be held. */
export interface BodySource {
  readonly sizeBytes: number;
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

/** The source is the object itself, unless another key of the bucket is named. */
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
  /** First and last byte, both included. */
  readonly range: readonly [number, number];
  readonly headers: RequestHeaders;
}

export interface CompleteUploadInput extends UploadInput {
  readonly parts: readonly UploadedPart[];
  readonly headers: RequestHeaders;
}

export interface ObjectAcl {
  readonly ownerId: string | null;
  readonly grants: readonly Grant[];
}

export interface ObjectLockConfiguration {
  readonly enabled: boolean;
  /** Whether new objects are locked without anybody asking. */
  readonly locksByDefault: boolean;
}

export interface ListedVersion {
  readonly key: string;
  /** `null` stays the text "null", as S3 has it. */
  readonly versionId: string;
}

export interface VersionEntry extends ListedObject {
  /** A delete marker has no size, ETag or class. */
  readonly kind: "version" | "delete-marker";
  /** The null version is the text "null", as S3 has it. */
  readonly versionId: string;
  readonly isLatest: boolean;
}

export interface ListVersionsInput extends BucketInput {
  readonly prefix: string;
  /** Only what comes after: this key, or with `versionIdMarker` the entries of that key below that one. */
  readonly keyMarker?: string | undefined;
  readonly versionIdMarker?: string | undefined;
  /** Entries a page. @default 1,000, the most there is */
  readonly limit?: number | undefined;
}

export interface VersionsPage {
  /** As the store lists them: by key, and of one key the newest first. */
  readonly entries: readonly VersionEntry[];
  readonly next: { readonly keyMarker: string; readonly versionIdMarker: string | undefined } | null;
}

export interface DeleteResult {
  /** What was removed, or the delete marker that was made; `null` where the answer names none. */
  readonly versionId: string | null;
  readonly requestId: string | null;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  /** ISO 8601; `null` where the store does not tell. */
  readonly initiatedAt: string | null;
}

export interface OpenUploads {
  readonly open: number;
  /** Of these, what was begun at `begunUpTo` or before, or at a time that is not told; all where none was given. */
  readonly earlier: number;
  /** The first of the earlier ones, in the order of the listing. */
  readonly firstEarlier: readonly OpenUpload[];
}

export interface ListBucketsInput {
  /** Ends the listing between two pages, and the waiting for one. */
  readonly signal?: AbortSignal | undefined;
}

export interface OpenUploadsInput extends BucketInput {
  readonly prefix: string;
  /** Ends the listing between two pages, and the waiting for one. */
  readonly signal?: AbortSignal | undefined;
  /** ISO 8601. */
  readonly begunUpTo?: string | undefined;
}

export interface BucketList {
  readonly names: readonly string[];
  /** Whose buckets these are, where the store tells. */
  readonly owner: { readonly id: string; readonly displayName: string | null } | null;
}

/**
 * One method per S3 call. Every method rejects with a `StoreError` and nothing else, retries nothing by itself,
 * and changes nothing unless `OPERATIONS` calls it a write. Keys and prefixes go as they are, never normalised.
 */
export interface ObjectStore {
  listBuckets(input: ListBucketsInput): Promise<BucketList>;
  /** HeadBucket: the region that the bucket is in, also where it refuses all else; `null` where the store names none. */
  getBucketRegion(input: BucketInput): Promise<string | null>;
  getBucketEncryption(input: BucketInput): Promise<readonly string[]>;
  /** Sets SSE-S3 (AES256) as the bucket's default; objects that exist are not affected. */
  putBucketEncryption(input: BucketInput): Promise<void>;
  getBucketVersioning(input: BucketInput): Promise<"Enabled" | "Suspended" | null>;
  getObjectLockConfiguration(input: BucketInput): Promise<ObjectLockConfiguration>;
  getBucketLifecycle(input: BucketInput): Promise<readonly LifecycleRule[]>;
  getBucketReplication(input: BucketInput): Promise<readonly ReplicationRule[]>;
  /** The policy document as it stands. */
  getBucketPolicy(input: BucketInput): Promise<string>;
  /** Counts them page by page, keys decoded, and holds a hundred at most. */
  listMultipartUploads(input: OpenUploadsInput): Promise<OpenUploads>;
  /** Every open multipart upload under a prefix, keys decoded. Meant for a handful: it holds them all. */
  listOpenUploads(input: BucketInput & { readonly prefix: string }): Promise<readonly OpenUpload[]>;
  /** Every version and delete marker under a prefix. Meant for a handful: it holds them all. */
  listObjectVersions(input: BucketInput & { readonly prefix: string }): Promise<readonly ListedVersion[]>;
  /** At most 1,000 versions and delete markers a page, keys decoded. */
  listVersions(input: ListVersionsInput): Promise<VersionsPage>;
  /** At most 1,000 objects a page, keys decoded. */
  listObjects(input: ListObjectsInput): Promise<ListObjectsPage>;
  /** Resolves for 200 only; an SSE-C object without its key is a `bad-request`. */
  headObject(input: HeadObjectInput): Promise<ObjectHead>;
  /** The whole body, held in memory. */
  getObject(input: ReadInput): Promise<WholeObject>;
  /** Resolves with the headers, before the body is read. */
  openObject(input: ObjectInput & { readonly headers: RequestHeaders }): Promise<OpenedObject>;
  putObject(input: WriteInput & { readonly body: Uint8Array | BodySource }): Promise<WriteResult>;
  /** Puts a delete marker on top of a key of a versioned bucket. Made twice it puts two. */
  addDeleteMarker(input: BucketInput & { readonly key: string }): Promise<DeleteResult>;
  /** Without `versionId`, a versioned bucket gets a delete marker. */
  deleteObject(input: ObjectInput): Promise<DeleteResult>;
  /**
   * Reads the first byte, of an empty object nothing, and throws it away: unlike HEAD, a refusal comes with its error code, and the
   * answer says how large the object is.
   */
  getFirstByte(input: ReadInput): Promise<FirstByte>;
  getObjectTagging(input: ObjectInput): Promise<readonly Tag[]>;
  putObjectTagging(input: ObjectInput & { readonly tags: readonly Tag[] }): Promise<void>;
  getObjectAcl(input: ObjectInput): Promise<ObjectAcl>;
  /** For the right to see it alone: what it is, HEAD shows. An object without one is `not-found`. */
  getObjectRetention(input: ObjectInput): Promise<void>;
  /** As `getObjectRetention`. */
  getObjectLegalHold(input: ObjectInput): Promise<void>;
  /** `retention`: with a date in ISO 8601; `null` sends none, which of an object that has none changes nothing. */
  putObjectRetention(
    input: ObjectInput & { readonly retention: { readonly mode: string; readonly retainUntil: string } | null },
  ): Promise<void>;
  /** Puts a hold; nothing here ever lifts one. */
  putObjectLegalHold(input: ObjectInput): Promise<void>;
  /** Resolves only when the answer is a result: a 200 that carries an error document rejects. */
  copyObject(input: CopyObjectInput): Promise<WriteResult>;
  /** `retried`: an attempt before may have begun an upload too, whose id never came back. */
  createMultipartUpload(input: WriteInput): Promise<{ readonly uploadId: string; readonly retried?: boolean }>;
  uploadPartCopy(input: UploadPartCopyInput): Promise<UploadedPart>;
  /** As `copyObject`: a 200 that carries an error document rejects. */
  completeMultipartUpload(input: CompleteUploadInput): Promise<WriteResult>;
  /** How many parts were sent to it so far, as far as one page of 1,000 tells. */
  listParts(input: UploadInput): Promise<{ readonly parts: number }>;
  abortMultipartUpload(input: UploadInput): Promise<void>;
}
