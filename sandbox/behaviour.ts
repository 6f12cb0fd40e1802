import type { BucketSubResource } from "../providers/index.js";

/** How a store handles a condition header. */
export type ConditionSupport = "honoured" | "ignored" | "not-implemented";

/** A key of the store's key service. */
export interface KmsKey {
  readonly id: string;
  /** Each as `alias/name`. */
  readonly aliases: readonly string[];
  readonly enabled: boolean;
}

/** The differences between stores. Every switch is something that a probe can detect. */
export interface Behaviour {
  /** Whether HEAD and GET return `x-amz-server-side-encryption` for an uploaded object. */
  readonly headReportsSseAfterPut: boolean;
  /** The same for an object created by CopyObject or UploadPartCopy. */
  readonly headReportsSseAfterCopy: boolean;
  /** Whether the answers to PUT, copy and complete return it. */
  readonly writesReportSse: boolean;
  /** A self-copy that changes only the encryption. */
  readonly selfCopyChangingSse: "accepted" | "refused";
  /** `ignored`: 200, but stored in plaintext. `corrupts`: 200, but the object is no longer readable. */
  readonly sseHeaderOnCopy: "applied" | "ignored" | "corrupts";
  /** A copy with an encrypted source. */
  readonly copyOfEncryptedSource: "supported" | "not-implemented";
  /** Whether the bucket's default encryption also applies to copies. */
  readonly defaultEncryptionOnCopy: boolean;
  /**
   * How often PutBucketEncryption on a bucket is rejected as XML with an unexpected element. Reported for
   * some buckets of OVHcloud.
   */
  readonly defaultEncryptionRefused: "never" | "first-time" | "always";
  /** The answer of GetBucketEncryption if no default was set. `aes256`: every new object is encrypted. */
  readonly unsetDefaultEncryption: "not-found" | "empty" | "plaintext" | "aes256";
  /** `refused`: 501 for every write that requests AES256. */
  readonly sseS3: "supported" | "refused";
  readonly sseKms: "supported" | "refused";
  /** The keys that SSE-KMS may name; the first is used if none is named. */
  readonly kmsKeys: readonly KmsKey[];
  /** Does HEAD name the KMS key of an object, and its bucket key? */
  readonly headNamesKmsKey: boolean;
  /** Is `x-amz-server-side-encryption-bucket-key-enabled` acted on? */
  readonly bucketKeys: "honoured" | "ignored";
  /**
   * UpdateObjectEncryption. `taken-for-put`: the sub-resource is not known, and the body becomes the object, as on
   * moto. `ignored`: 200, and nothing changes. `rewrites`: the object gets a new date, or version.
   */
  readonly updateObjectEncryption: "supported" | "not-implemented" | "taken-for-put" | "ignored" | "rewrites";
  readonly putConditions: ConditionSupport;
  /**
   * `refused`: 412 for every PUT with If-Match if the current version has a version ID, as if somebody had
   * written.
   */
  readonly putConditionsOnNamedVersions: "honoured" | "refused";
  readonly deleteConditions: ConditionSupport;
  readonly completeConditions: ConditionSupport;
  readonly copyConditions: ConditionSupport;
  /** The end of a copy whose ETag `If-Match` is compared with, if it is honoured. S3 uses the destination. */
  readonly copyIfMatchOf: "destination" | "source";
  readonly copySourceConditions: ConditionSupport;
  /**
   * The uploads that ListMultipartUploads returns: all, none, or all with keys that are encoded as asked, without
   * saying so.
   */
  readonly uploadListing: "all" | "empty" | "encoded-unsaid";
  readonly uploadPartCopy: "supported" | "not-implemented";
  /**
   * How the source of UploadPartCopy is decoded. `decoded-first`: before looking for a version ID, so that a
   * key can seem to contain one, as on Ceph. `decoded-twice`: the same, and decoded once more, as on Ceph 18.
   */
  readonly partSource: "exact" | "decoded-first" | "decoded-twice";
  /** UploadPartCopy from a source under a customer key, or to an upload under one. */
  readonly partCopyOfCustomerKeys: "supported" | "refused";
  readonly uploadPartCopyConditions: ConditionSupport;
  /** The error of an UploadPartCopy whose range ends after the last byte of the source. */
  readonly partBeyondSource: "InvalidArgument" | "InvalidRange";
  /**
   * How conditions on a write are handled if the object is under a customer key (SSE-C) before or after it.
   */
  readonly conditionsOnCustomerKeys: ConditionSupport;
  /**
   * Whether HEAD and GET of an object under a customer key also return its SSE-C headers. Without the key
   * they are rejected in any case.
   */
  readonly headNamesCustomerKey: boolean;
  /** Whether a range beyond the object is rejected (416) before a missing customer key is. */
  readonly rangeBeforeCustomerKey: boolean;
  /** The answer to a read with a wrong customer key: 403 or 400. */
  readonly wrongCustomerKey: "access-denied" | "invalid-request";
  /** Whether completing an upload under a customer key requires that key. */
  readonly completeNeedsCustomerKey: boolean;
  /** A write with an ETag in `If-None-Match`. S3 only supports `*`. */
  readonly writeUnlessEtag: "honoured" | "not-implemented";
  /** The form in which an ETag in `If-Match` can match. */
  readonly ifMatchEtags: "quoted" | "bare" | "both";
  /** Every nth conditional write answers 409 ConditionalRequestConflict; 0 for never. */
  readonly conditionalConflictEvery: number;
  /** `source`: a copy keeps the ETag of its source. `random`: neither that nor the MD5. */
  readonly etagAfterCopy: "md5" | "source" | "random";
  /** Whether the ETag of objects under SSE-C or KMS is the MD5 of their bytes. */
  readonly etagOfForeignKeys: "md5" | "opaque";
  /**
   * Headers that the store silently ignores, including those for encryption and tags, by the call that sends
   * them.
   */
  readonly forgottenBy: Readonly<Partial<Record<"put" | "copy" | "upload", readonly string[]>>>;
  /**
   * Whether removing a version also removes the bytes of the current object, as if a copy shared its data
   * with its source.
   */
  readonly removalTakesCurrentBody: boolean;
  readonly metadataAfterCopy: "kept" | "dropped";
  /** `misread`: content headers in UTF-8 are read as Latin-1, and come back as other characters. */
  readonly headerEncoding: "utf-8" | "misread";
  readonly tagsAfterCopy: "kept" | "dropped";
  /** `x-amz-tagging` on PUT, on copies with REPLACE, and on the creation of an upload. */
  readonly taggingHeader: "honoured" | "ignored" | "not-implemented";
  readonly aclAfterCopy: "reset" | "kept";
  /** `x-amz-acl` and `x-amz-grant-*` on CopyObject. If `ignored`, `aclAfterCopy` applies. */
  readonly aclSentWithCopy: "taken" | "ignored" | "refused";
  /** `x-amz-grant-*` on PUT and on the creation of an upload. `refused`: 400, although objects have ACLs. */
  readonly aclSentWithWrites: "taken" | "refused";
  /**
   * The accepted form of a grantee in `x-amz-grant-*`, on any call: `id="..."`, `id=...`, or both. Other
   * forms get 400.
   */
  readonly grantForm: "both" | "quoted" | "bare";
  /** PutObjectTagging. `refused`: 400, although objects have tags. */
  readonly putObjectTagging: "taken" | "refused";
  readonly storageClassAfterCopy: "reset" | "kept";
  /** `x-amz-storage-class` on CopyObject, as `aclSentWithCopy`. */
  readonly storageClassSentWithCopy: "taken" | "ignored" | "refused";
  /** Whether HEAD returns `x-amz-storage-class` for STANDARD objects too. */
  readonly headSendsStandardClass: boolean;
  /** The order of keys in listings: by UTF-8 bytes, or as JavaScript and Java compare strings. */
  readonly listingOrder: "utf-8" | "utf-16";
  /** Whether HEAD and GET return `x-amz-tagging-count` for an object with tags. */
  readonly headCountsTags: boolean;
  /** Whether HEAD returns `Content-Length`. */
  readonly headSendsLength: boolean;
  /** Whether a copy contains all bytes of its source, or only the first ten. */
  readonly copiedBytes: "all" | "first-ten";
  /** `declared-only`: a listing declares its keys as URL-encoded, but returns them unencoded. */
  readonly encodingType: "supported" | "ignored" | "declared-only";
  /** How listings write sizes. */
  readonly listedSizes: "true" | "too-large" | "negative" | "not-a-number" | "missing";
  /**
   * How listings write the dates of objects and versions with `odd-date` in their key. All other dates are
   * correct.
   */
  readonly listedDates: "true" | "not-a-date" | "other-format" | "missing";
  /**
   * How listings of objects, versions, uploads and buckets continue. `repeat`: always the first page, with
   * the same token. `renew`: always the first page, with a new token each time. `cycle`: the first page again
   * after the last.
   */
  readonly nextPages: "advance" | "repeat" | "renew" | "cycle";
  /** The most entries on a page of a listing. */
  readonly pageEntries: number;
  /** How a listing with encoded keys writes a space. */
  readonly encodedSpace: "plus" | "percent";
  /**
   * Age of the state that a listing shows, in milliseconds: newer writes and deletes are missing. 0 for none.
   */
  readonly listingLagMs: number;
  /**
   * Milliseconds between the moment when CopyObject reads its source and the moment when it takes effect, in
   * addition to the time for the bytes.
   */
  readonly copyTakesMs: number;
  readonly versioning: "supported" | "unsupported";
  readonly objectLock: "supported" | "unsupported";
  /** How HEAD and GET write the end of a retention. Ceph writes nine fractional digits. */
  readonly lockDates: "as-sent" | "nanoseconds";
  readonly objectAcl: "supported" | "unsupported";
  /** Whether a user can only read an object or its ACL if that ACL or a policy (`allow`) grants it. */
  readonly objectAclDecides: boolean;
  /** Whether users other than its owner can only access a bucket if its ACL or its policy grants it. */
  readonly bucketAclDecides: boolean;
  /** Whether bucket policies are enforced, or only stored and returned. */
  readonly bucketPolicy: "enforced" | "kept";
  /**
   * Whether user policies have separate actions for requests that name a version, or the object's action
   * covers them.
   */
  readonly versionActions: "own" | "of-object";
  readonly objectTagging: "supported" | "unsupported";
  /**
   * The answer of GetObjectTagging for an object without tags: an empty set, or no bytes at all, as on Ceph
   * 18.
   */
  readonly emptyTagSet: "empty-set" | "no-bytes";
  /** The error for a part number that an object does not have: 400 or 416. */
  readonly partNumberBeyond: "InvalidPart" | "InvalidPartNumber";
  /**
   * Whether GetObjectAttributes lists the parts of every multipart object, or only if the parts have
   * checksums.
   */
  readonly attributesListParts: "always" | "with-checksums";
  /** Largest source of one CopyObject or UploadPartCopy, in bytes. */
  readonly maxCopyBytes: number;
  /** Smallest part of a multipart upload except the last, in bytes. */
  readonly minPartBytes: number;
  /**
   * `x-amz-transition-default-minimum-object-size` in answers about lifecycle rules. Only Amazon S3 documents
   * it.
   */
  readonly transitionSizeHeader: "sent" | "absent";
  /**
   * How a lifecycle rule for the whole bucket is returned: with its empty `Filter`, or with an empty `Prefix`
   * instead, as on Ceph.
   */
  readonly emptyLifecycleFilter: "kept" | "prefix";
  /** Sub-resources of a bucket that answer 501 NotImplemented. */
  readonly unsupportedSubResources: readonly BucketSubResource[];
  /** Storage classes whose objects answer 403 InvalidObjectState until they are restored. */
  readonly archiveClasses: readonly string[];
  /** Buckets that reject every call except their creation, from every caller. */
  readonly deniedBuckets: readonly string[];
  /**
   * The regions of buckets outside the sandbox's own region. A call to them must be signed for that region,
   * and go to its host if the host names one.
   */
  readonly bucketRegions: Readonly<Record<string, string>>;
  /**
   * How a call to a bucket in another region is rejected if it is signed for the region that it was sent to.
   * `redirect`: 301 PermanentRedirect, without a body for HEAD. `malformed`: 400
   * AuthorizationHeaderMalformed, as for a signature for any other region. Both name the region.
   */
  readonly otherRegion: "redirect" | "malformed";
}
